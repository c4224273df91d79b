package dev.codesource.runtime;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.URLUtils;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the metadata of Secrets that the operator does not watch. The requests are for metadata
 * only (https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches), so the
 * data of these Secrets never reaches the operator.
 */
public record SecretMetadataClient(KubernetesClient client) {

  private static final String METADATA_ONLY =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record MetadataList(@Nullable List<Item> items) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Item(ObjectMeta metadata) {}

  public boolean hasOtherType(String namespace, String name, String type) {
    return find(namespace, "metadata.name=%s,type!=%s".formatted(name, type)).isPresent();
  }

  /** The metadata of a Secret, if it exists. */
  public Optional<ObjectMeta> metadata(String namespace, String name) {
    return find(namespace, "metadata.name=" + name);
  }

  private Optional<ObjectMeta> find(String namespace, String selector) {
    URI list =
        URI.create(
            URLUtils.join(
                client.getMasterUrl().toString(),
                "api/v1/namespaces/"
                    + namespace
                    + "/secrets?fieldSelector="
                    + URLEncoder.encode(selector, StandardCharsets.UTF_8)));
    HttpRequest request =
        client
            .getHttpClient()
            .newHttpRequestBuilder()
            .uri(list)
            .header("Accept", METADATA_ONLY)
            .build();
    MetadataList found =
        client.getKubernetesSerialization().unmarshal(send(request), MetadataList.class);
    return Optional.ofNullable(found.items()).orElse(List.of()).stream()
        .map(Item::metadata)
        .findFirst();
  }

  private String send(HttpRequest request) {
    try {
      HttpResponse<String> response =
          client.getHttpClient().sendAsync(request, String.class).get(30, TimeUnit.SECONDS);
      if (!response.isSuccessful()) {
        throw new KubernetesClientException(
            "the API server answered " + response.code() + " to a list of Secrets' names");
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KubernetesClientException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new KubernetesClientException("the API server did not list Secrets' names", e);
    }
  }
}
