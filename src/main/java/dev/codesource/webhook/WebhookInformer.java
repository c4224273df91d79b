package dev.codesource.webhook;

import dev.codesource.digest.Sha256;
import dev.codesource.runtime.ControllerDefaults;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Watches the Secrets of webhooks. Every replica does, also one that does not lead: a delivery
 * comes to any of them. All shards have all webhooks for the same reason.
 */
public final class WebhookInformer implements KnownWebhooks, AutoCloseable {

  private static final Logger LOG = Logger.getLogger("dev.codesource.webhook");

  private static final String BY_PATH = "path";
  private static final String BY_UID = "uid";

  /** Whoever may write Secrets can give two the same path; the older one has it. */
  static final Comparator<Secret> OLDEST_FIRST =
      Comparator.<Secret, String>comparing(
              secret -> Objects.requireNonNullElse(metadata(secret).getCreationTimestamp(), ""))
          .thenComparing(secret -> metadata(secret).getNamespace())
          .thenComparing(secret -> metadata(secret).getName());

  private final List<SharedIndexInformer<Secret>> informers;

  /**
   * Informers that are not started yet.
   *
   * @param namespaces empty: all
   */
  public WebhookInformer(KubernetesClient client, Set<String> namespaces) {
    this.informers =
        namespaces.isEmpty()
            ? List.of(
                prepared(
                    client
                        .secrets()
                        .inAnyNamespace()
                        .withField("type", StoredWebhook.TYPE)
                        .withLimit(ControllerDefaults.SECRETS_PAGE)
                        .runnableInformer(0)))
            : namespaces.stream()
                .sorted()
                .map(
                    namespace ->
                        prepared(
                            client
                                .secrets()
                                .inNamespace(namespace)
                                .withField("type", StoredWebhook.TYPE)
                                .withLimit(ControllerDefaults.SECRETS_PAGE)
                                .runnableInformer(0)))
                .toList();
  }

  private static SharedIndexInformer<Secret> prepared(SharedIndexInformer<Secret> informer) {
    Map<String, Function<Secret, List<String>>> indexes =
        Map.of(
            BY_PATH,
            secret -> StoredWebhook.in(secret).map(each -> digest(each.path())).stream().toList(),
            BY_UID,
            secret -> List.of(metadata(secret).getUid()));
    return informer
        .addIndexers(indexes)
        .exceptionHandler(
            (_, failure) -> {
              LOG.warnf("webhooks cannot be watched: %s", failure.getMessage());
              return true; // it tries again
            });
  }

  /** Begins to watch, in other threads. */
  public void start() {
    for (SharedIndexInformer<Secret> informer : informers) {
      var _ = informer.start();
    }
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::stop);
  }

  @Override
  public boolean isComplete() {
    return informers.stream().allMatch(SharedIndexInformer::hasSynced);
  }

  @Override
  public Optional<Known> byPath(String path) {
    return indexed(BY_PATH, digest(path));
  }

  @Override
  public Optional<Known> byUid(String uid) {
    return indexed(BY_UID, uid);
  }

  private Optional<Known> indexed(String index, String key) {
    return informers.stream()
        .flatMap(informer -> informer.getIndexer().byIndex(index, key).stream())
        .min(OLDEST_FIRST)
        .flatMap(WebhookInformer::known);
  }

  @Override
  public Optional<Known> find(String namespace, String name) {
    return informers.stream()
        .map(informer -> informer.getStore().getByKey(namespace + "/" + name))
        .filter(Objects::nonNull)
        .findFirst()
        .flatMap(WebhookInformer::known);
  }

  @Override
  public List<Known> all() {
    return informers.stream()
        .flatMap(informer -> informer.getStore().list().stream())
        .flatMap(secret -> known(secret).stream())
        .toList();
  }

  @Override
  public void onAdded(Consumer<Known> listener) {
    informers.forEach(informer -> informer.addEventHandler(new Added(listener)));
  }

  private record Added(Consumer<Known> listener) implements ResourceEventHandler<Secret> {
    @Override
    public void onAdd(Secret secret) {
      known(secret).ifPresent(listener);
    }

    @Override
    public void onUpdate(Secret before, Secret secret) {
      // It was known before.
    }

    @Override
    public void onDelete(Secret secret, boolean isLate) {
      // Whoever asks for it finds none.
    }
  }

  private static Optional<Known> known(Secret secret) {
    ObjectMeta metadata = metadata(secret);
    return StoredWebhook.in(secret)
        .map(
            webhook ->
                new Known(metadata.getNamespace(), metadata.getName(), metadata.getUid(), webhook));
  }

  private static ObjectMeta metadata(Secret secret) {
    return secret.getMetadata();
  }

  /** Who asks for a path cannot choose its digest, so the time of a comparison tells nothing. */
  private static String digest(String path) {
    return Sha256.hex(path);
  }
}
