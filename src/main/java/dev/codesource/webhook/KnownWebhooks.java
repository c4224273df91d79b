package dev.codesource.webhook;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The webhooks that are stored, as this process knows them. No call asks the API server. */
public interface KnownWebhooks extends KnownPaths {

  /**
   * A webhook and its Secret.
   *
   * @param uid of the Secret
   */
  record Known(String namespace, String name, String uid, StoredWebhook webhook) {}

  /**
   * The webhook of an address; of several with the same path, the one of the oldest Secret. How
   * long it takes tells nothing about the paths that there are.
   *
   * @param path anybody's
   */
  Optional<Known> byPath(String path);

  @Override
  default Optional<Holder> holder(String path) {
    return byPath(path).map(known -> new Holder(known.namespace(), known.name()));
  }

  Optional<Known> byUid(String uid);

  Optional<Known> find(String namespace, String name);

  List<Known> all();

  /** Calls a listener for each webhook that becomes known. The listener must not block. */
  void onAdded(Consumer<Known> listener);
}
