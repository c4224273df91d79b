package dev.codesource.webhook;

import dev.codesource.api.Platform;
import dev.codesource.codehost.WebhookSecret;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Webhooks that a test adds. */
public final class InMemoryWebhooks implements KnownWebhooks {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Map<String, Known> byPath = new ConcurrentHashMap<>();
  private final Map<String, Known> byUid = new ConcurrentHashMap<>();
  private final List<Consumer<Known>> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean isComplete = true;

  /** A webhook of a namespace, which is not added yet. */
  public static Known webhook(String namespace, Platform platform, WebhookSecret... secrets) {
    String uid = UUID.randomUUID().toString();
    return new Known(
        namespace,
        "hook-" + uid,
        uid,
        new StoredWebhook(
            "binding",
            platform,
            "https://git.example.com",
            "42",
            "path-" + UUID.randomUUID(),
            secrets.length == 0 ? secret() : secrets[0],
            secrets.length < 2 ? Optional.empty() : Optional.of(secrets[1]),
            Optional.of("7"),
            Instant.EPOCH));
  }

  public static WebhookSecret secret() {
    return WebhookSecret.random(RANDOM);
  }

  /** Adds a webhook. */
  public Known add(Known known) {
    byPath.put(known.webhook().path(), known);
    byUid.put(known.uid(), known);
    listeners.forEach(each -> each.accept(known));
    return known;
  }

  /** From now on it does not know all. */
  public void loseSight() {
    isComplete = false;
  }

  @Override
  public boolean isComplete() {
    return isComplete;
  }

  @Override
  public Optional<Known> byPath(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  @Override
  public Optional<Known> byUid(String uid) {
    return Optional.ofNullable(byUid.get(uid));
  }

  @Override
  public Optional<Known> find(String namespace, String name) {
    return byUid.values().stream()
        .filter(known -> known.namespace().equals(namespace) && known.name().equals(name))
        .findFirst();
  }

  @Override
  public List<Known> all() {
    return List.copyOf(byUid.values());
  }

  @Override
  public void onAdded(Consumer<Known> listener) {
    listeners.add(listener);
  }
}
