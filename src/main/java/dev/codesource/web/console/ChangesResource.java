package dev.codesource.web.console;

import dev.codesource.web.console.Changes.Wanted;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;

/**
 * Tells open pages that something changed, as server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). The page then asks for itself.
 */
@Path(Paths.NAMESPACE + "/changes")
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class ChangesResource {

  /** A connection with more is not counted apart (WatchedConnection): it would keep others out. */
  private static final int MOST_HEADERS = 64;

  private final Visits visits;
  private final Changes changes;

  ChangesResource(Visits visits, Changes changes) {
    this.visits = visits;
    this.changes = changes;
  }

  /**
   * The events of a namespace, of a binding or of a trigger.
   *
   * @param version what the page shows
   * @param last what the browser knows, if the connection broke
   */
  @GET
  @Blocking
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public Multi<OutboundSseEvent> changes(
      @PathParam("namespace") String namespace,
      @QueryParam("binding") @DefaultValue("") String binding,
      @QueryParam("trigger") @DefaultValue("") String trigger,
      @QueryParam("version") @DefaultValue("") String version,
      @HeaderParam("Last-Event-ID") @DefaultValue("") String last,
      @Context HttpHeaders headers,
      @Context Sse sse) {
    if (SameOrigin.isOfAnother(headers)) {
      // It could read nothing, but would take the places of the visitor's own pages.
      throw refused(Response.Status.FORBIDDEN.getStatusCode());
    }
    if (headers.getRequestHeaders().values().stream().mapToInt(List::size).sum() > MOST_HEADERS) {
      throw refused(Response.Status.REQUEST_HEADER_FIELDS_TOO_LARGE.getStatusCode());
    }
    Optional<Visitor> visitor = visitor(headers);
    if (visitor.isEmpty()) {
      // The session has ended. The page asks for itself, and so shows the login.
      return Multi.createFrom().item(event(Changes.Told.refused(true), sse));
    }
    Wanted wanted = new Wanted(namespace, binding, trigger, last.isEmpty() ? version : last);
    if (!wanted.isValid()) {
      throw refused(Response.Status.NO_CONTENT.getStatusCode());
    }
    Optional<Multi<Changes.Told>> stream = changes.open(visitor.get(), wanted);
    return stream
        .orElseThrow(() -> refused(Response.Status.TOO_MANY_REQUESTS.getStatusCode()))
        .map(told -> event(told, sse));
  }

  /** Empty also if the token is refused: the session is over. */
  private Optional<Visitor> visitor(HttpHeaders headers) {
    try {
      return visits.visitor(headers);
    } catch (KubernetesClientException e) {
      return overOrAway(e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED);
    } catch (TokenExchange.NotExchanged e) {
      return overOrAway(e.isRefused());
    }
  }

  private static Optional<Visitor> overOrAway(boolean isOver) {
    if (isOver) {
      return Optional.empty();
    }
    throw refused(Response.Status.SERVICE_UNAVAILABLE.getStatusCode());
  }

  /** An event without data tells the browser only where to go on. */
  private static OutboundSseEvent event(Changes.Told told, Sse sse) {
    OutboundSseEvent.Builder event =
        sse.newEventBuilder().comment("").reconnectDelay(told.again().toMillis());
    if (!told.version().isEmpty()) {
      event.id(told.version());
    }
    return (told.isChange() ? event.name("changed").data("1") : event).build();
  }

  private static WebApplicationException refused(int status) {
    return new WebApplicationException(Response.status(status).build());
  }
}
