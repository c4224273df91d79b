package dev.codesource.web.console;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.web.console.Layout.Crumb;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;

/** The triggers of a namespace, with what they built last. */
@Path(Paths.NAMESPACE + "/triggers")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class TriggersResource {

  /** On one page. */
  private static final long MOST = 2000;

  private final Visits visits;
  private final InstantSource clock;

  TriggersResource(Visits visits, Clock clock) {
    this.visits = visits;
    this.clock = clock;
  }

  /** The list. */
  @GET
  public Response triggers(@BeanParam Call call) {
    return visits.show(
        call,
        visit -> {
          String namespace = visit.namespace();
          Instant now = clock.instant();
          Lists.Read<TriggersPage.Row> list =
              Lists.rows(
                  visit.share(),
                  visit.api().resources(CodeSourceTrigger.class).inNamespace(namespace)::list,
                  MOST,
                  trigger -> TriggersPage.Row.of(trigger, now));
          return Visits.page(
              200,
              ConsolePages.triggers(
                  visit.layout("Triggers", Crumb.START, Crumb.namespace(namespace)).wide(),
                  new TriggersPage(
                      namespace,
                      list.version(),
                      list.rows().stream()
                          .sorted(Comparator.comparing(TriggersPage.Row::name))
                          .toList(),
                      !list.isAll())));
        });
  }
}
