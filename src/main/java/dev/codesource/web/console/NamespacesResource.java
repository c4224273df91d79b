package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.web.console.Access.Right;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The start page: the namespaces, or the projects, as far as the visitor may list them. */
@Path("/")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class NamespacesResource {

  private static final long MOST_NAMESPACES = 2_000;

  /** Bindings that are read for the overview. */
  private static final long MOST = 5_000;

  private final Visits visits;
  private final InstantSource clock;
  private final Projects projects;

  NamespacesResource(Visits visits, Clock clock) {
    this.visits = visits;
    this.clock = clock;
    this.projects = new Projects(clock);
  }

  /** The start page; with {@code ns} the way to that namespace, which works without a script. */
  @GET
  public Response namespaces(@QueryParam("ns") @Nullable String typed, @BeanParam Call call) {
    if (typed != null && typed.strip().matches(Paths.NAMESPACE_NAME)) {
      return Visits.to(Paths.namespace(typed.strip()));
    }
    return visits.show(
        call,
        visit ->
            Visits.page(
                200, ConsolePages.namespaces(visit.layout("Namespaces").wide(), page(visit))));
  }

  private NamespacesPage page(Visits.Visit visit) {
    try {
      Lists.Read<String> names =
          Lists.rows(
              visit.share(),
              visit.api().namespaces()::list,
              MOST_NAMESPACES,
              namespace -> namespace.getMetadata().getName());
      Instant now = clock.instant();
      Panel<Status> bindings =
          Panel.of(
              Right.onBindings("list"),
              () ->
                  Lists.rows(
                          visit.share(),
                          visit.api().resources(CodeSourceBinding.class).inAnyNamespace()::list,
                          MOST,
                          binding ->
                              new Status(
                                  binding.getMetadata().getNamespace(),
                                  StatusWord.of(binding, now)))
                      .rows());
      Map<String, List<Status>> byNamespace =
          bindings.rows().stream().collect(Collectors.groupingBy(Status::namespace));
      return new NamespacesPage(
          true,
          names.rows().stream()
              .sorted()
              .map(name -> row(name, bindings, byNamespace.getOrDefault(name, List.of())))
              .toList(),
          names.isAll());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return NamespacesPage.ofProjects(projects.of(visit.api()));
      }
      throw e;
    }
  }

  /** Of a binding. */
  private record Status(String namespace, StatusWord word) {}

  private static NamespacesPage.Row row(String name, Panel<Status> all, List<Status> own) {
    // With more than were read, those of a namespace may not be all.
    boolean isKnown = all.missing() == null && all.rows().size() < MOST;
    return new NamespacesPage.Row(
        name,
        isKnown ? Integer.toString(own.size()) : "",
        isKnown
            ? own.stream()
                .map(Status::word)
                .min(Comparator.comparingInt(StatusWord::rank))
                .orElse(null)
            : null);
  }
}
