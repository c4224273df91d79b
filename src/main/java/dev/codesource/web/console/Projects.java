package dev.codesource.web.console;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The projects of OpenShift. It lists to each person those that they may see, also to who may not
 * list namespaces (https://docs.redhat.com/en/documentation/openshift_container_platform, Project
 * and project request APIs). A project is a namespace, and has its name.
 */
final class Projects {

  /** That are asked for and shown. */
  static final int MOST = 1_000;

  /** How long a cluster that has no projects is not asked again. */
  private static final Duration REMEMBERED = Duration.ofMinutes(5);

  private static final ResourceDefinitionContext PROJECTS =
      new ResourceDefinitionContext.Builder()
          .withGroup("project.openshift.io")
          .withVersion("v1")
          .withKind("Project")
          .withPlural("projects")
          .withNamespaced(false)
          .build();

  private final InstantSource clock;
  private volatile Instant absentUntil = Instant.MIN;

  Projects(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The names of the visitor's projects, sorted; empty: the cluster has none, or does not tell.
   *
   * @throws KubernetesClientException if the API server no longer accepts the visitor's token
   */
  List<String> of(KubernetesClient api) {
    if (clock.instant().isBefore(absentUntil)) {
      return List.of();
    }
    try {
      return api
          .genericKubernetesResources(PROJECTS)
          .list(new ListOptionsBuilder().withLimit((long) MOST).build())
          .getItems()
          .stream()
          .map(GenericKubernetesResource::getMetadata)
          .flatMap(metadata -> Optional.ofNullable(metadata).map(ObjectMeta::getName).stream())
          .filter(name -> name.matches(Paths.NAMESPACE_NAME))
          .sorted()
          .limit(MOST)
          .toList();
    } catch (KubernetesClientException e) {
      switch (e.getCode()) {
        case HttpURLConnection.HTTP_UNAUTHORIZED -> throw e;
        case HttpURLConnection.HTTP_NOT_FOUND -> absentUntil = clock.instant().plus(REMEMBERED);
        default -> {
          // The server of this group is another one, which may be away: people can type a name.
        }
      }
      return List.of();
    }
  }
}
