package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.web.console.Access.Right;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The start page: the namespaces, as far as the visitor may list them. */
@Path("/")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class NamespacesResource {

  static final String NAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

  /** Bindings that are read for the overview. */
  private static final long MOST = 5000;

  private final Visits visits;
  private final InstantSource clock;

  NamespacesResource(Visits visits, Clock clock) {
    this.visits = visits;
    this.clock = clock;
  }

  /** The start page; with {@code ns} the way to that namespace, which works without a script. */
  @GET
  public Response namespaces(
      @QueryParam("ns") @Nullable String typed,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    if (typed != null && typed.strip().matches(NAME)) {
      return Visits.to("/ns/" + typed.strip()).build();
    }
    return visits.show(
        headers,
        uri,
        visit ->
            Visits.page(
                200,
                ConsolePages.namespaces(
                    Layout.of("Namespaces", Optional.of(visit.visitor())).wide(), page(visit))));
  }

  private NamespacesPage page(Visits.Visit visit) {
    try {
      List<String> names =
          visit.api().namespaces().list().getItems().stream()
              .map(Namespace::getMetadata)
              .map(ObjectMeta::getName)
              .sorted()
              .toList();
      Panel<CodeSourceBinding> bindings =
          Panel.of(
              Right.onBindings("list"),
              () ->
                  visit
                      .api()
                      .resources(CodeSourceBinding.class)
                      .inAnyNamespace()
                      .list(new ListOptionsBuilder().withLimit(MOST).build())
                      .getItems());
      Map<String, List<CodeSourceBinding>> byNamespace =
          bindings.rows().stream()
              .collect(Collectors.groupingBy(each -> each.getMetadata().getNamespace()));
      return new NamespacesPage(
          true,
          names.stream()
              .map(name -> row(name, bindings, byNamespace.getOrDefault(name, List.of())))
              .toList());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return new NamespacesPage(false, List.of());
      }
      throw e;
    }
  }

  private NamespacesPage.Row row(
      String name, Panel<CodeSourceBinding> all, List<CodeSourceBinding> own) {
    // With more than were read, those of a namespace may not be all.
    boolean isKnown = all.missing() == null && all.rows().size() < MOST;
    Instant now = clock.instant();
    return new NamespacesPage.Row(
        name,
        isKnown ? Integer.toString(own.size()) : "",
        isKnown
            ? own.stream()
                .map(binding -> StatusWord.of(binding, now))
                .min(Comparator.comparingInt(StatusWord::rank))
                .orElse(null)
            : null);
  }
}
