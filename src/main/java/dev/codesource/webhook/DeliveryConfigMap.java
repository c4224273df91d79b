package dev.codesource.webhook;

import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.Instance;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.URLUtils;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The ConfigMap in which all processes of the operator note deliveries, each under the name of its
 * pod. Its name is fixed, so that the operator's permission is for it alone
 * (docs/decisions/deliveries.md).
 *
 * @param namespace that the operator runs in
 */
public record DeliveryConfigMap(KubernetesClient client, String namespace, String name) {

  /** What is appended to the name of the Lease. */
  public static final String SUFFIX = "-deliveries";

  private static final int SECONDS = 2;
  private static final String APPLY = "application/apply-patch+yaml";
  private static final String MERGE = "application/merge-patch+json";

  private static final String METADATA_ONLY =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

  /** The entry of one replica. */
  NoteStore of(Instance instance) {
    return new Entry(key(instance.name()));
  }

  /** A name of a pod is a key already. */
  private static String key(String name) {
    String key = name.replaceAll("[^-._a-zA-Z0-9]", "_");
    return key.substring(0, Math.min(key.length(), 253));
  }

  /**
   * Removes the entry of a replica that is gone.
   *
   * @param version the resource version in which the entry was read; if there is a later one,
   *     nothing is removed
   */
  void remove(String key, String version) throws InterruptedException {
    Map<String, @Nullable String> none = new HashMap<>();
    none.put(key, null);
    String patch = json(Map.of("metadata", Map.of("resourceVersion", version), "data", none));
    HttpResponse<String> answer = send(patching("", MERGE, patch));
    if (answer.code() != HttpURLConnection.HTTP_CONFLICT) {
      orFail(answer);
    }
  }

  private final class Entry implements NoteStore {
    private final String key;

    private Entry(String key) {
      this.key = key;
    }

    @Override
    public Optional<String> read() throws InterruptedException {
      HttpResponse<String> answer = send(request(""));
      if (answer.code() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Optional.empty();
      }
      ConfigMap found =
          client.getKubernetesSerialization().unmarshal(orFail(answer), ConfigMap.class);
      return Optional.ofNullable(found.getData()).map(data -> data.get(key));
    }

    /** By server-side apply, with an owner of its own, so that it changes no other entry. */
    @Override
    public void write(String notes) throws InterruptedException {
      String applied =
          json(
              Map.of(
                  "apiVersion",
                  "v1",
                  "kind",
                  "ConfigMap",
                  "metadata",
                  Map.of("name", name, "namespace", namespace),
                  "data",
                  Map.of(key, notes)));
      String query =
          "?force=true&fieldManager=%s-deliveries-%08x"
              .formatted(ControllerDefaults.FIELD_MANAGER, key.hashCode());
      orFail(send(patching(query, APPLY, applied)));
    }
  }

  private HttpRequest.Builder request(String query) {
    URI uri =
        URI.create(
            URLUtils.join(
                    client.getMasterUrl().toString(),
                    "api/v1/namespaces",
                    namespace,
                    "configmaps",
                    name)
                + query);
    return client.getHttpClient().newHttpRequestBuilder().uri(uri);
  }

  /** The answer would be the whole ConfigMap otherwise. */
  private HttpRequest.Builder patching(String query, String type, String patch) {
    return request(query).header("Accept", METADATA_ONLY).method("PATCH", type, patch);
  }

  private String json(Object value) {
    return client.getKubernetesSerialization().asJson(value);
  }

  private static String orFail(HttpResponse<String> answer) {
    if (!answer.isSuccessful()) {
      throw new KubernetesClientException("the API server answers " + answer.code());
    }
    return Optional.ofNullable(answer.body()).orElse("");
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws InterruptedException {
    CompletableFuture<HttpResponse<String>> answer =
        client
            .getHttpClient()
            .sendAsync(request.timeout(SECONDS, TimeUnit.SECONDS).build(), String.class);
    try {
      return answer.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new KubernetesClientException("the API server does not answer", e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new KubernetesClientException("the API server does not answer in time", e);
    }
  }
}
