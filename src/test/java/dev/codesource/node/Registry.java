package dev.codesource.node;

import dev.codesource.operator.Team;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/** The repository {@code team/app} of the registry in the node, as the machine reaches it. */
final class Registry {

  /** As the machine names it. */
  static final String HOST = "192.168.77.1:30500";

  private static final String URL = "http://" + HOST + "/v2/team/app/";

  private Registry() {}

  /**
   * Waits until the Service leads to the registry: its pod is ready some time before kube-proxy has
   * written the rules, which it does for all addresses of a Service at once.
   */
  static void await() {
    Team.patiently().ignoreExceptions().until(() -> get("tags/list").length > 0);
  }

  static byte[] manifest(String tag) throws IOException, InterruptedException {
    return get("manifests/" + tag);
  }

  static byte[] blob(String digest) throws IOException, InterruptedException {
    return get("blobs/" + digest);
  }

  private static byte[] get(String path) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create(URL + path))
                  .header("Accept", "application/vnd.oci.image.manifest.v1+json")
                  .header("Accept", "application/vnd.docker.distribution.manifest.v2+json")
                  .timeout(Duration.ofSeconds(20))
                  .build(),
              BodyHandlers.ofByteArray())
          .body();
    }
  }

  /** As registries name content. */
  static String digest(byte[] content) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
