package dev.codesource.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

/** A kubeconfig of one server and one user who has a bearer token. */
record Kubeconfig(String server, String caPem, String token, String namespace) {

  /** The same server for another user. */
  static Kubeconfig like(Config admin, String token, String namespace) {
    return new Kubeconfig(admin.getMasterUrl(), caOf(admin), token, namespace);
  }

  private static String caOf(Config config) {
    try {
      return config.getCaCertData() != null
          ? new String(Base64.getDecoder().decode(config.getCaCertData()), UTF_8)
          : Files.readString(Path.of(config.getCaCertFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client of the user in that file. */
  static KubernetesClient connect(Path file) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(file.toFile()))
        // The factory found by default is Quarkus'. Outside of Quarkus nobody ends its threads, and
        // they
        // keep a JVM from ending; this one's end with the client.
        .withHttpClientFactory(new VertxHttpClientFactory())
        .build();
  }

  Path write(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, yaml());
  }

  private String yaml() {
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: test
      cluster:
        server: %s
        certificate-authority-data: %s
    users:
    - name: user
      user:
        token: %s
    contexts:
    - name: test
      context:
        cluster: test
        user: user
        namespace: %s
    current-context: test
    """
        .formatted(
            server, Base64.getEncoder().encodeToString(caPem.getBytes(UTF_8)), token, namespace);
  }

  @Override
  public String toString() {
    return "Kubeconfig[server=" + server + "]";
  }
}
