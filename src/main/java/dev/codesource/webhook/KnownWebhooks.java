package dev.codesource.webhook;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The webhooks that are stored, as this process knows them. No call asks the API server. */
public interface KnownWebhooks {

  /**
   * A webhook and its Secret.
   *
   * @param uid of the Secret
   */
  record Known(String namespace, String name, String uid, StoredWebhook webhook) {}

  /** Whether all of them are known; until then nobody can say that there is none. */
  boolean isComplete();

  /**
   * The webhook of an address. How long it takes tells nothing about the paths that there are.
   *
   * @param path anybody's
   */
  Optional<Known> byPath(String path);

  Optional<Known> byUid(String uid);

  Optional<Known> find(String namespace, String name);

  List<Known> all();

  /** Calls a listener for each webhook that becomes known. The listener must not block. */
  void onAdded(Consumer<Known> listener);
}
