package dev.codesource.node;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.cluster.Cluster;
import dev.codesource.operator.Team;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A trigger in the cluster, which is asked to look at its repository after each push. */
final class WatchedRepository {

  /** Some pods, one after the other. */
  private static final Duration BUILD = Duration.ofMinutes(3);

  private static final AtomicInteger REQUESTS = new AtomicInteger();

  private final Cluster cluster;
  private final String namespace;
  private final String name;

  private WatchedRepository(Cluster cluster, String namespace, String name) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.name = name;
  }

  /** Waits until the trigger knows what there is in the repository: what comes then is pushed. */
  static WatchedRepository of(Cluster cluster, String namespace, String trigger) {
    WatchedRepository watched = new WatchedRepository(cluster, namespace, trigger);
    watched.await(status -> status.repository() != null);
    return watched;
  }

  String namespace() {
    return namespace;
  }

  /** Has the trigger look now. */
  void look() {
    cluster
        .kubectl(
            "annotate",
            "--overwrite",
            "cst/" + name,
            "-n",
            namespace,
            "codesource.dev/requested-at=" + REQUESTS.incrementAndGet())
        .orFail();
  }

  /** Waits for the end of the build of a commit by a rule. */
  BuildStatus ended(String rule, String commit) {
    return build(rule, commit, build -> build.state().isEnd());
  }

  /** Waits for a build of a commit by a rule that is as wanted. */
  BuildStatus build(String rule, String commit, Predicate<BuildStatus> wanted) {
    TriggerStatus status =
        await(
            found -> Stream.of(found).flatMap(each -> builds(each, rule, commit)).anyMatch(wanted));
    return builds(status, rule, commit).filter(wanted).findFirst().orElseThrow();
  }

  private static Stream<BuildStatus> builds(TriggerStatus status, String rule, String commit) {
    return Optional.ofNullable(status.rules()).orElse(List.of()).stream()
        .filter(each -> each.name().equals(rule))
        .flatMap(each -> Optional.ofNullable(each.builds()).orElse(List.of()).stream())
        .filter(build -> build.sha().equals(commit));
  }

  private TriggerStatus await(Predicate<TriggerStatus> wanted) {
    return Team.patiently()
        .atMost(BUILD)
        .until(this::status, status -> status.isPresent() && wanted.test(status.get()))
        .orElseThrow();
  }

  Optional<TriggerStatus> status() {
    return Optional.ofNullable(
        cluster
            .admin()
            .resources(CodeSourceTrigger.class)
            .inNamespace(namespace)
            .withName(name)
            .require()
            .getStatus());
  }
}
