package dev.codesource.bench;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.bench.ApiWriter.Write;
import dev.codesource.cluster.Cluster;
import dev.codesource.runtime.Shard;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Many bindings, each with a Secret of its own, a hundred to a namespace. */
public record Fleet(Cluster cluster, int size, String url) {

  public static final String TOKEN = "glpat-0123456789abcdefghij";
  static final String OTHER_TOKEN = "glpat-abcdefghij0123456789";

  private static final int TO_A_NAMESPACE = 100;
  private static final int WORKERS = 32;

  /** Writes from which a rate can be told. */
  private static final int ENOUGH = 2_000;

  static Fleet create(Cluster cluster, int size, String url) {
    return create(cluster, size, url, "");
  }

  /**
   * Creates the Secrets, and then the bindings.
   *
   * @param publish the entries of {@code spec.publish}, as JSON without brackets; none if empty
   */
  public static Fleet create(Cluster cluster, int size, String url, String publish) {
    Fleet fleet = new Fleet(cluster, size, url);
    IntStream.rangeClosed(0, (size - 1) / TO_A_NAMESPACE)
        .forEach(
            i ->
                cluster
                    .admin()
                    .namespaces()
                    .resource(
                        new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(namespace(i * TO_A_NAMESPACE))
                            .endMetadata()
                            .build())
                    .create());
    fleet.writer().write(fleet.all().mapToObj(i -> secret(i, url)).toList());
    fleet.writer().write(fleet.all().mapToObj(i -> binding(i, url, publish)).toList());
    return fleet;
  }

  private ApiWriter writer() {
    return new ApiWriter(cluster.admin(), WORKERS);
  }

  private IntStream all() {
    return IntStream.range(0, size);
  }

  static String namespace(int i) {
    return "fleet-" + i / TO_A_NAMESPACE;
  }

  static String name(int i) {
    return "binding-" + i;
  }

  private static Write secret(int i, String url) {
    return new Write(
        "api/v1/namespaces/%s/secrets".formatted(namespace(i)),
        ApiWriter.CREATE,
        """
        {"apiVersion":"v1","kind":"Secret","metadata":{"name":"%s"},"type":"codesource.dev/token",
         "stringData":{"url":"%s","token":"%s"}}"""
            .formatted(name(i), url, TOKEN));
  }

  static Write binding(int i, String url) {
    return binding(i, url, "");
  }

  private static Write binding(int i, String url, String publish) {
    return new Write(
        "apis/codesource.dev/v1alpha1/namespaces/%s/codesourcebindings".formatted(namespace(i)),
        ApiWriter.CREATE,
        """
        {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceBinding","metadata":{"name":"%s"},
         "spec":{"platform":"GitLab","url":"%s","username":"alice","tokenSecretRef":{"name":"%s"}%s}}"""
            .formatted(
                name(i), url, name(i), publish.isEmpty() ? "" : ",\"publish\":[" + publish + "]"));
  }

  private static String statusPath(String namespace, String name) {
    return "apis/codesource.dev/v1alpha1/namespaces/%s/codesourcebindings/%s/status"
        .formatted(namespace, name);
  }

  /** Replaces a binding's token by one as good. */
  void changeSecret(int i, String token) {
    new ApiWriter(cluster.admin(), 1)
        .write(
            List.of(
                new Write(
                    "api/v1/namespaces/%s/secrets/%s".formatted(namespace(i), name(i)),
                    ApiWriter.MERGE,
                    "{\"stringData\":{\"token\":\"%s\"}}".formatted(token))));
  }

  /** Adds a binding whose Secret is there. */
  void bindAgain(int i, String name) {
    Write write = binding(i, url);
    new ApiWriter(cluster.admin(), 1)
        .write(
            List.of(
                new Write(
                    write.path(),
                    write.contentType(),
                    write.body().replaceFirst("binding-" + i, name))));
  }

  /** Takes every status away, so that nothing counts as proven. */
  void forget() {
    writer()
        .write(
            all()
                .mapToObj(
                    i ->
                        new Write(
                            statusPath(namespace(i), name(i)),
                            ApiWriter.MERGE,
                            "{\"status\":null}"))
                .toList());
  }

  /** Labels the bindings so that each of some shards has as many. */
  void spread(int shards) {
    writer()
        .write(
            all()
                .mapToObj(
                    i ->
                        new Write(
                            path(i),
                            ApiWriter.MERGE,
                            "{\"metadata\":{\"labels\":{\"%s\":\"%d\"}}}"
                                .formatted(Shard.LABEL, i % shards)))
                .toList());
  }

  private static String path(int i) {
    return "apis/codesource.dev/v1alpha1/namespaces/%s/codesourcebindings/%s"
        .formatted(namespace(i), name(i));
  }

  /**
   * The API server's limit: the operator's own status writes, each with another time, by a client
   * that does nothing else.
   */
  double statusWritesPerSecond(int workers) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    List<Write> writes =
        cluster
            .admin()
            .resources(CodeSourceBinding.class)
            .inAnyNamespace()
            .list()
            .getItems()
            .stream()
            .limit(ENOUGH)
            .map(binding -> again(binding, now))
            .toList();
    Duration took = new ApiWriter(cluster.admin(), workers).write(writes);
    return writes.size() / seconds(took);
  }

  private static Write again(CodeSourceBinding binding, String now) {
    @SuppressWarnings("unchecked")
    Map<String, Object> status =
        Serialization.jsonMapper().convertValue(binding.getStatus(), Map.class);
    status.put("lastVerifiedAt", now);
    String body =
        Serialization.asJson(
            Map.of(
                "apiVersion",
                binding.getApiVersion(),
                "kind",
                binding.getKind(),
                "metadata",
                Map.of(
                    "name", binding.getMetadata().getName(),
                    "namespace", binding.getMetadata().getNamespace()),
                "status",
                status));
    return new Write(
        statusPath(binding.getMetadata().getNamespace(), binding.getMetadata().getName())
            + "?fieldManager=code-source-operator&force=true&fieldValidation=Ignore",
        ApiWriter.APPLY,
        body);
  }

  /** As {@link #statusWritesPerSecond}, by merge patches of one field. */
  double mergePatchesPerSecond(int workers) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    List<Write> writes =
        all()
            .limit(ENOUGH)
            .mapToObj(
                i ->
                    new Write(
                        statusPath(namespace(i), name(i)),
                        ApiWriter.MERGE,
                        "{\"status\":{\"lastVerifiedAt\":\"%s\"}}".formatted(now)))
            .toList();
    return writes.size() / seconds(new ApiWriter(cluster.admin(), workers).write(writes));
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
