package dev.codesource.builder;

import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that build with BuildKit: with one of their own, as
 * https://github.com/moby/buildkit/blob/master/examples/kubernetes/job.rootless.yaml does, or as a
 * client of a buildkitd.
 *
 * <p>A client fits the Pod Security standard {@code restricted}. A BuildKit of its own does not
 * even fit {@code baseline}: without root it needs to make user namespaces and to mount, which the
 * default profiles of seccomp and AppArmor forbid
 * (https://github.com/moby/buildkit/blob/master/docs/rootless.md).
 *
 * <p>All that users write stands in arguments of its own. The only shell text is {@link #SCRIPT}.
 *
 * <p>The credential for git is a secret of the build. BuildKit gives it to a Dockerfile that mounts
 * it ({@code RUN --mount=type=secret,id=GIT_AUTH_HEADER.…}), so whoever may push code may read it.
 * In a BuildKit of the Job's own, a step of a Dockerfile can also read what is mounted into the
 * pod, because there is no process sandbox.
 */
final class BuildKitJobs implements RunObjects<Builder.BuildKit> {

  /** The secret of a build that BuildKit sends to a host (source/git/source.go). */
  static final String GIT_HEADER = "GIT_AUTH_HEADER.";

  /**
   * Runs its arguments, and makes the digest of the image the termination message.
   *
   * <p>BuildKit cannot write there itself: it writes a file beside the one that is asked for, and
   * renames it (vendor/github.com/containerd/continuity/ioutils.go), which a mounted file does not
   * allow. A message has 4096 bytes at most, and all of the metadata can have more.
   */
  static final String SCRIPT =
      """
      "$@" || exit
      sed -n 's/^  "containerimage\\.digest": "\\(sha256:[0-9a-f]*\\)",*$/\\1/p' /build/metadata.json >/dev/termination-log || true
      """;

  /**
   * Adds the CA of the binding to those that the image trusts: BuildKit's git knows no variable for
   * one (util/gitutil/git_cli.go). What is missing is left out.
   */
  static final String TRUST_SCRIPT =
      """
      cat /etc/ssl/certs/ca-certificates.crt /secrets/git/ca.crt >/trust/ca-certificates.crt 2>/dev/null || true
      """;

  /** The user of the image (its Dockerfile, "adduser -D -u 1000 user"). */
  private static final int USER = 1_000;

  /** Octal 0440: the group is that of the user. */
  private static final int READABLE = 0440;

  /** Nothing is to be saved when a build ends early, and a shell does not end by itself. */
  private static final int GRACE_SECONDS = 5;

  private static final String SHELL = "sh";
  private static final String NAME = "name";
  private static final String VALUE = "value";
  private static final String OPTION = "--opt";

  private static final Mount WORK = new Mount("work", "/build");
  private static final Mount STATE = new Mount("state", "/home/user/.local/share/buildkit");
  private static final Mount TRUST = new Mount("trust", "/trust");
  private static final Mount GIT_SECRET = new Mount("git", "/secrets/git");
  private static final Mount PUSH_SECRET = new Mount("push", "/secrets/push");
  private static final Mount CLIENT_SECRET = new Mount("client", "/secrets/client");

  private static final String TRUSTED = "/etc/ssl/certs/ca-certificates.crt";

  private final String image;
  private final Map<String, Object> resources;

  /**
   * @param image of BuildKit, with {@code buildctl}, {@code sh} and {@code sed}; the rootless one
   *     where Jobs run a BuildKit of their own
   * @param resources of the container that builds, as {@code resources} of a container has them:
   *     requests, limits; may be empty
   */
  BuildKitJobs(String image, Map<String, Object> resources) {
    this.image = image;
    this.resources = Map.copyOf(resources);
  }

  /** A volume, and where it is mounted. */
  private record Mount(String name, String path) {

    Map<String, Object> writable() {
      return Map.of(NAME, name, "mountPath", path);
    }

    Map<String, Object> readOnly() {
      Map<String, Object> mount = new LinkedHashMap<>(writable());
      mount.put("readOnly", true);
      return mount;
    }

    Map<String, Object> folder() {
      return Map.of(NAME, name, "emptyDir", Map.of());
    }

    Map<String, Object> secret(String secret) {
      return Map.of(NAME, name, "secret", Map.of("secretName", secret, "defaultMode", READABLE));
    }
  }

  @Override
  public Outcome<Map<String, Object>> spec(Builder.BuildKit builder, BuildOrder order) {
    return Templates.fill(order.buildArgs(), order)
        .map(
            arguments -> {
              Map<String, Object> spec = new LinkedHashMap<>();
              spec.put("backoffLimit", 0);
              spec.put("activeDeadlineSeconds", order.timeout().toSeconds());
              spec.put(
                  "template",
                  Map.of(
                      "metadata",
                      Map.of("labels", RunMetadata.labels(order)),
                      "spec",
                      pod(builder, order, arguments)));
              return spec;
            });
  }

  private Map<String, Object> pod(
      Builder.BuildKit builder, BuildOrder order, SortedMap<String, String> arguments) {
    boolean isClient = builder.address().isPresent();
    Map<String, Object> pod = new LinkedHashMap<>();
    pod.put("restartPolicy", "Never");
    pod.put("serviceAccountName", order.serviceAccount());
    pod.put("automountServiceAccountToken", false);
    pod.put("enableServiceLinks", false);
    pod.put("terminationGracePeriodSeconds", GRACE_SECONDS);
    pod.put(
        "securityContext",
        Map.of("runAsNonRoot", true, "runAsUser", USER, "runAsGroup", USER, "fsGroup", USER));
    if (!isClient) {
      pod.put("initContainers", List.of(trusting()));
    }
    pod.put("containers", List.of(container(builder, order, arguments)));
    pod.put("volumes", volumes(builder, order));
    return pod;
  }

  private Map<String, Object> trusting() {
    Map<String, Object> container = new LinkedHashMap<>();
    container.put(NAME, "trust");
    container.put("image", image);
    container.put("command", command(SHELL, "-c", TRUST_SCRIPT));
    container.put("resources", resources);
    container.put("securityContext", restricted());
    container.put("volumeMounts", List.of(TRUST.writable(), GIT_SECRET.readOnly()));
    return container;
  }

  private Map<String, Object> container(
      Builder.BuildKit builder, BuildOrder order, SortedMap<String, String> arguments) {
    boolean isClient = builder.address().isPresent();
    Map<String, Object> container = new LinkedHashMap<>();
    container.put(NAME, "buildkit");
    container.put("image", image);
    // The last is the name under which the shell knows itself.
    container.put("command", command(SHELL, "-c", SCRIPT, "build"));
    container.put("args", command(buildctl(builder, order, arguments).toArray(String[]::new)));
    container.put("env", variables(order, isClient));
    container.put("resources", resources);
    container.put("securityContext", isClient ? restricted() : rootless());
    container.put("terminationMessagePolicy", "File");
    container.put("volumeMounts", mounts(builder, order));
    return container;
  }

  private static List<String> command(String... texts) {
    return List.of(texts).stream().map(Kubelet::literally).toList();
  }

  /** https://github.com/moby/buildkit/blob/master/docs/reference/buildctl.md. */
  private static List<String> buildctl(
      Builder.BuildKit builder, BuildOrder order, SortedMap<String, String> arguments) {
    List<String> all = new ArrayList<>();
    builder
        .address()
        .ifPresentOrElse(
            address -> {
              all.addAll(List.of("buildctl", "--addr", address));
              // Its files may be called as cert-manager does, too.
              builder
                  .clientSecret()
                  .ifPresent(secret -> all.addAll(List.of("--tlsdir", CLIENT_SECRET.path())));
            },
            () -> all.add("buildctl-daemonless.sh"));
    all.addAll(List.of("build", "--progress", "plain", "--frontend", "dockerfile.v0"));
    all.addAll(List.of(OPTION, "context=" + context(order)));
    order.dockerfile().ifPresent(file -> all.addAll(List.of(OPTION, "filename=" + file)));
    if (!order.platforms().isEmpty()) {
      all.addAll(List.of(OPTION, "platform=" + String.join(",", order.platforms())));
    }
    arguments.forEach(
        (name, value) -> all.addAll(List.of(OPTION, "build-arg:" + name + "=" + value)));
    all.addAll(List.of("--secret", secret(order)));
    // One line of CSV, in which the names of the image are one field.
    all.addAll(
        List.of(
            "--output", "type=image,\"name=" + String.join(",", order.images()) + "\",push=true"));
    all.addAll(List.of("--metadata-file", WORK.path() + "/metadata.json"));
    return all;
  }

  /**
   * The commit and the folder stand in the fragment: in a query a plus would be a space. BuildKit
   * takes an address for a repository only if its path ends in .git
   * (frontend/dockerfile/dfgitutil/git_ref.go).
   */
  private static String context(BuildOrder order) {
    URI url = order.cloneUrl();
    String path = url.getRawPath().replaceAll("/+$", "");
    String repository = path.endsWith(".git") ? path : path + ".git";
    return "%s://%s%s#%s%s"
        .formatted(
            url.getScheme().toLowerCase(Locale.ROOT),
            authority(url),
            repository,
            order.due().sha(),
            order.contextDir().map(folder -> ":" + folder).orElse(""));
  }

  /** Of the build it is called as the repository's host, of Kubernetes as its keys can be. */
  private static String secret(BuildOrder order) {
    String host = authority(order.cloneUrl());
    return "id=%s%s,src=%s/%s%s"
        .formatted(
            GIT_HEADER,
            host,
            GIT_SECRET.path(),
            GIT_HEADER,
            host.replaceAll("[^A-Za-z0-9._-]", "_"));
  }

  /** Without a user, and without the port that the scheme has anyway. */
  private static String authority(URI url) {
    String host = url.getHost().toLowerCase(Locale.ROOT);
    int usual = "http".equalsIgnoreCase(url.getScheme()) ? 80 : 443;
    return url.getPort() < 0 || url.getPort() == usual ? host : host + ":" + url.getPort();
  }

  private static List<Map<String, Object>> variables(BuildOrder order, boolean isClient) {
    List<Map<String, Object>> all = new ArrayList<>();
    // BuildKit makes this folder, if it is not there.
    all.add(
        variable(
            "DOCKER_CONFIG",
            order.pushSecret().isPresent() ? PUSH_SECRET.path() : WORK.path() + "/docker"));
    if (isClient) {
      all.add(variable("HOME", WORK.path()));
      all.add(variable("TMPDIR", WORK.path()));
    } else {
      all.add(variable("BUILDKITD_FLAGS", "--oci-worker-no-process-sandbox"));
      // Two minutes in all; the default is four seconds (buildctl-daemonless.sh).
      all.add(variable("BUILDCTL_CONNECT_RETRIES_MAX", "100"));
    }
    return all;
  }

  private static Map<String, Object> variable(String name, String value) {
    return Map.of(NAME, name, VALUE, value);
  }

  private static List<Map<String, Object>> mounts(Builder.BuildKit builder, BuildOrder order) {
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(WORK.writable());
    all.add(GIT_SECRET.readOnly());
    order.pushSecret().ifPresent(secret -> all.add(PUSH_SECRET.readOnly()));
    builder.clientSecret().ifPresent(secret -> all.add(CLIENT_SECRET.readOnly()));
    if (builder.address().isEmpty()) {
      all.add(STATE.writable());
      all.add(
          Map.of(
              NAME,
              TRUST.name(),
              "mountPath",
              TRUSTED,
              "subPath",
              "ca-certificates.crt",
              "readOnly",
              true));
    }
    return all;
  }

  private static List<Map<String, Object>> volumes(Builder.BuildKit builder, BuildOrder order) {
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(WORK.folder());
    all.add(GIT_SECRET.secret(order.gitSecret()));
    order
        .pushSecret()
        .ifPresent(
            secret ->
                all.add(
                    Map.of(
                        NAME,
                        PUSH_SECRET.name(),
                        "secret",
                        Map.of(
                            "secretName",
                            secret,
                            "defaultMode",
                            READABLE,
                            "items",
                            List.of(Map.of("key", ".dockerconfigjson", "path", "config.json"))))));
    builder.clientSecret().ifPresent(secret -> all.add(CLIENT_SECRET.secret(secret)));
    if (builder.address().isEmpty()) {
      all.add(STATE.folder());
      all.add(TRUST.folder());
    }
    return all;
  }

  /** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted. */
  private static Map<String, Object> restricted() {
    return Map.of(
        "allowPrivilegeEscalation",
        false,
        "readOnlyRootFilesystem",
        true,
        "capabilities",
        Map.of("drop", List.of("ALL")),
        "seccompProfile",
        Map.of("type", "RuntimeDefault"));
  }

  /** Privileges may be gained: newuidmap belongs to root. */
  private static Map<String, Object> rootless() {
    return Map.of(
        "seccompProfile",
        Map.of("type", "Unconfined"),
        "appArmorProfile",
        Map.of("type", "Unconfined"));
  }

  /**
   * Of a Job of one pod
   * (https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup).
   * It does not have what its pod says: see {@link #digest}.
   */
  @Override
  public Progress progress(GenericKubernetesResource run) {
    Reported status = Reported.status(run);
    Reported failed = status.condition("Failed");
    BuildState state = state(status);
    return Progress.of(
        state,
        failed.explanation(),
        Optional.empty(),
        status.at("startTime").time(),
        status.at("completionTime").time().or(failed.at("lastTransitionTime")::time));
  }

  private static BuildState state(Reported status) {
    if (isTrue(status, "Complete")) {
      return BuildState.Succeeded;
    }
    if (isTrue(status, "Failed")) {
      return BuildState.Failed;
    }
    // A pod that runs is ready: it has no probe. One that has ended is only not counted yet.
    return Stream.of("ready", "succeeded", "failed")
            .anyMatch(count -> status.at(count).isPositive())
        ? BuildState.Running
        : BuildState.Pending;
  }

  private static boolean isTrue(Reported status, String type) {
    return status.condition(type).at("status").is("True");
  }

  /**
   * The digest of the image.
   *
   * @param message with which a container of the pod ended
   */
  static Optional<String> digest(@Nullable String message) {
    return new Reported(message).digest();
  }

  @Override
  public Optional<Map<String, Object>> cancellation(RunKind kind) {
    return Optional.empty();
  }
}
