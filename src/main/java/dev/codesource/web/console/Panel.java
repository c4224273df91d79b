package dev.codesource.web.console;

import dev.codesource.web.console.Access.Right;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A part of a page that the visitor may not be allowed to see.
 *
 * @param missing what they would have to be allowed; null: nothing
 */
record Panel<T>(List<T> rows, @Nullable String missing) {

  static <T> Panel<T> of(Right right, Supplier<List<T>> read) {
    try {
      return new Panel<>(read.get(), null);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return new Panel<>(List.of(), right.toString());
      }
      throw e;
    }
  }
}
