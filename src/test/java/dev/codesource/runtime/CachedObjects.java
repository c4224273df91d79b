package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Objects as an informer's cache holds them. All who ask for one are given the same instance, since
 * the Operator SDK copies none here, so a change by one would be seen by all.
 */
public final class CachedObjects {

  private final Map<Object, String> asGiven = new IdentityHashMap<>();

  /** Remembers what an object says before it is handed out. */
  public synchronized <T> T cached(T object) {
    asGiven.putIfAbsent(object, Serialization.asJson(object));
    return object;
  }

  public synchronized void assertUnchanged() {
    asGiven.forEach(
        (object, before) ->
            assertThat(Serialization.asJson(object))
                .as("an object of an informer's cache, which nobody may change")
                .isEqualTo(before));
  }
}
