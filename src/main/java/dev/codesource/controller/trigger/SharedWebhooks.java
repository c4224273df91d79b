package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.webhook.Deliveries.Delivered;
import dev.codesource.webhook.WebhookKeeper;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which triggers share a webhook: those whose status names the same Secret of a webhook. */
@Singleton
final class SharedWebhooks {

  private static final String BY_SECRET = "webhook";

  private volatile @Nullable IndexerResourceCache<CodeSourceTrigger> triggers;

  SharedWebhooks() {}

  /** Begins, with the triggers of their informer. */
  void observe(IndexerResourceCache<CodeSourceTrigger> cache) {
    cache.addIndexer(
        BY_SECRET,
        trigger ->
            secretName(trigger)
                .map(name -> List.of(key(trigger.getMetadata().getNamespace(), name)))
                .orElse(List.of()));
    triggers = cache;
  }

  /** The Secret that the status names. */
  static Optional<String> secretName(CodeSourceTrigger trigger) {
    return WebhookReport.in(Optional.ofNullable(trigger.getStatus()))
        .flatMap(webhook -> Optional.ofNullable(webhook.secretName()));
  }

  /** The triggers of a webhook. */
  List<CodeSourceTrigger> sharing(String namespace, String secretName) {
    return Optional.ofNullable(triggers)
        .map(cache -> cache.byIndex(BY_SECRET, key(namespace, secretName)))
        .orElse(List.of());
  }

  /** The triggers of a webhook of which a delivery came. */
  List<CodeSourceTrigger> sharing(Delivered delivered) {
    return sharing(delivered.namespace(), WebhookKeeper.secretName(delivered.webhook()));
  }

  /** Who keeps the webhook when a trigger does not need it any more: the oldest of the others. */
  Optional<CodeSourceTrigger> successor(CodeSourceTrigger trigger, String secretName) {
    return successor(trigger, sharing(trigger.getMetadata().getNamespace(), secretName));
  }

  /** One without the finalizer could be gone before it is asked. */
  static Optional<CodeSourceTrigger> successor(
      CodeSourceTrigger trigger, List<CodeSourceTrigger> sharing) {
    return sharing.stream()
        .filter(
            other -> !Objects.equals(other.getMetadata().getUid(), trigger.getMetadata().getUid()))
        .filter(other -> !other.isMarkedForDeletion())
        .filter(other -> other.hasFinalizer(TriggerWebhooks.FINALIZER))
        .min(
            Comparator.comparing(SharedWebhooks::made)
                .thenComparing(other -> other.getMetadata().getName()));
  }

  private static Instant made(CodeSourceTrigger trigger) {
    return Optional.ofNullable(trigger.getMetadata().getCreationTimestamp())
        .map(Instant::parse)
        .orElse(Instant.MAX);
  }

  private static String key(String namespace, String secretName) {
    return namespace + "/" + secretName;
  }
}
