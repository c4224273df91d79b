package dev.codesource.demo;

import dev.codesource.cluster.Cluster;
import dev.codesource.gitserver.GitClient;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.WebhookShelf;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Alice's private repository, cloned with what a binding published. */
record PublishedClone(Cluster cluster, String namespace, String repository, Path folder) {

  private static final String REPOSITORY = "team/app";
  private static final String SECRET = "published-git";
  private static final String FILE = ".git-credentials";

  /** GitLab with this project, which a person finds there and makes a trigger for. */
  static Dialect projects() {
    WebhookShelf shelf = new WebhookShelf(GitLabWording.current());
    shelf.put(REPOSITORY);
    return shelf;
  }

  /** Makes the repository, has the code host serve it to alice, and applies a binding. */
  static PublishedClone prepare(Cluster cluster, String namespace, LoopbackCodeHost gitLab)
      throws IOException {
    Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/demo")), "git");
    GitClient.repository(
        folder.toAbsolutePath(), REPOSITORY + ".git", "Hello from a private repository");
    gitLab.serving("/team", new GitHttpBackend(folder.toAbsolutePath(), "", "alice:alices-token"));
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceBinding
            metadata: {name: published}
            spec: {platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: alices-token}, publish: [Flux, Git]}
            """
                .formatted(gitLab.url()),
            "-n",
            namespace)
        .orFail();
    return new PublishedClone(
        cluster, namespace, gitLab.url() + "/" + REPOSITORY + ".git", folder.toAbsolutePath());
  }

  void show(PrintStream out) {
    out.println("\n$ kubectl get secrets -n " + namespace + " -l codesource.dev/published-for");
    out.print(
        cluster
            .kubectl("get", "secrets", "-n", namespace, "-l", "codesource.dev/published-for")
            .orFail()
            .stdout());
    Secret secret = cluster.admin().secrets().inNamespace(namespace).withName(SECRET).get();
    if (secret == null) {
      throw new IllegalStateException("there is no Secret " + SECRET);
    }
    GitClient git =
        new GitClient(folder)
            .file(
                FILE,
                new String(
                    Base64.getDecoder().decode(secret.getData().get(FILE)), StandardCharsets.UTF_8))
            .config("credential.helper", "store");
    out.printf("%n$ git clone %s   # with %s of the Secret %s%n", repository, FILE, SECRET);
    out.printf("$ cat app/README%n%s%n", git.clone(repository).orFail().stdout());
  }
}
