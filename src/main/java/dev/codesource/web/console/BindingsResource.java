package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.web.console.Access.Right;
import dev.codesource.web.console.Layout.Crumb;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;

/** The bindings of a namespace. */
@Path("/ns/{namespace: " + NamespacesResource.NAME + "}")
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
      @PathParam("namespace") String namespace,
      @QueryParam("status") @DefaultValue("") String status,
      @QueryParam("platform") @DefaultValue("") String platform,
      @QueryParam("text") @DefaultValue("") String text,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    String wanted = text.strip().substring(0, Math.min(text.strip().length(), LONGEST_TEXT));
    return visits.show(
        headers,
        uri,
        visit -> {
          KubernetesResourceList<CodeSourceBinding> list =
              visit
                  .api()
                  .resources(CodeSourceBinding.class)
                  .inNamespace(namespace)
                  .list(new ListOptionsBuilder().withLimit(MOST).build());
          Instant now = clock.instant();
          return Visits.page(
              200,
              ConsolePages.bindings(
                  Layout.of(namespace, Optional.of(visit.visitor()), Crumb.START).wide(),
                  new BindingsPage(
                      namespace,
                      visit.path(),
                      list.getMetadata().getResourceVersion(),
                      list.getItems().stream()
                          .map(binding -> BindingRow.of(binding, now))
                          .filter(row -> row.matches(status, platform, wanted))
                          .sorted(Comparator.comparing(BindingRow::name))
                          .toList(),
                      list.getItems().size(),
                      list.getMetadata().getContinue() != null
                          && !list.getMetadata().getContinue().isEmpty(),
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
