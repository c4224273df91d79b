package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.web.console.Access.Right;
import dev.codesource.web.console.Layout.Crumb;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;

/** The bindings of a namespace. */
@Path(Paths.NAMESPACE)
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class BindingsResource {

  /** In characters. */
  private static final int LONGEST_TEXT = 100;

  /** On one page. */
  private static final long MOST = 2000;

  private final Visits visits;
  private final InstantSource clock;

  BindingsResource(Visits visits, Clock clock) {
    this.visits = visits;
    this.clock = clock;
  }

  /** The list, or those of it that the filters let through. */
  @GET
  public Response bindings(
      @QueryParam("status") @DefaultValue("") String status,
      @QueryParam("platform") @DefaultValue("") String platform,
      @QueryParam("text") @DefaultValue("") String text,
      @BeanParam Call call) {
    String wanted = text.strip().substring(0, Math.min(text.strip().length(), LONGEST_TEXT));
    return visits.show(
        call,
        visit -> {
          String namespace = visit.namespace();
          Instant now = clock.instant();
          Lists.Read<BindingRow> list =
              Lists.rows(
                  visit.share(),
                  visit.api().resources(CodeSourceBinding.class).inNamespace(namespace)::list,
                  MOST,
                  binding -> BindingRow.of(binding, now));
          return Visits.page(
              200,
              ConsolePages.bindings(
                  visit.layout(namespace, Crumb.START).wide(),
                  new BindingsPage(
                      namespace,
                      call.path(),
                      list.version(),
                      list.rows().stream()
                          .filter(row -> row.matches(status, platform, wanted))
                          .sorted(Comparator.comparing(BindingRow::name))
                          .toList(),
                      list.rows().size(),
                      !list.isAll(),
                      new Access(visit.api(), namespace)
                          .missing(Right.onBindings("create"))
                          .map(Right::toString)
                          .orElse(null),
                      status,
                      platform,
                      wanted)));
        });
  }
}
