package dev.codesource.web.console;

import dev.codesource.web.console.Changes.Wanted;
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
import java.util.Optional;

/**
 * Tells open pages that something changed, as server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). The page then asks for itself.
 */
@Path("/ns/{namespace: " + NamespacesResource.NAME + "}/changes")
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class ChangesResource {

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
    Visitor visitor =
        visits
            .visitor(headers)
            // The browser does not try again; the page goes to the login when it is used.
            .orElseThrow(() -> refused(Response.Status.NO_CONTENT.getStatusCode()));
    Wanted wanted = new Wanted(namespace, binding, trigger, last.isEmpty() ? version : last);
    if (!wanted.isValid()) {
      throw refused(Response.Status.NO_CONTENT.getStatusCode());
    }
    Optional<Multi<Changes.Told>> stream = changes.open(visitor, wanted);
    return stream
        .orElseThrow(() -> refused(Response.Status.TOO_MANY_REQUESTS.getStatusCode()))
        .map(
            told ->
                told.isChange()
                    ? sse.newEventBuilder().name("changed").id(told.version()).data("1").build()
                    : sse.newEventBuilder().comment("").build());
  }

  private static WebApplicationException refused(int status) {
    return new WebApplicationException(Response.status(status).build());
  }
}
