package dev.codesource.web.console;

import dev.codesource.reason.Reason;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.stream.Stream;

/** What reasons mean. It asks the API server for nothing. */
@Path("/help")
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class HelpResource {

  private final Visits visits;

  HelpResource(Visits visits) {
    this.visits = visits;
  }

  /** The page of a reason. */
  @GET
  @Path("{reason: [A-Za-z]{1,60}}")
  public Response reason(@PathParam("reason") String name, @Context HttpHeaders headers) {
    Optional<Visitor> visitor = visits.visitorToShow(headers);
    return Stream.of(Reason.values())
        .filter(reason -> reason.name().equals(name))
        .findFirst()
        .map(
            reason ->
                Visits.page(
                    200,
                    ConsolePages.help(
                        Layout.of(reason.name(), visitor, Layout.Crumb.START),
                        HelpPage.of(reason))))
        .orElseGet(() -> Visits.problem(404, visitor, Problem.NOT_FOUND));
  }
}
