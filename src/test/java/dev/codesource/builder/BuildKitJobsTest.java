package dev.codesource.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildKitJobsTest {

  /** As BuildKit writes it (cmd/buildctl/build.go, writeMetadataFile). */
  private static final String METADATA =
      """
      {
        "containerimage.config.digest": "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "containerimage.descriptor": {
          "mediaType": "application/vnd.oci.image.index.v1+json",
          "digest": "DIGEST",
          "size": 1609
        },
        "containerimage.digest": "DIGEST",
        "image.name": "registry.example.com/a:1,registry.example.com/a:2"
      }
      """;

  @TempDir private Path folder;

  /** How a script ended, and what it wrote. */
  private record Ended(int status, String output) {}

  /** With the files of the pod in a folder of this test. */
  private Ended run(String script, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", here(script), "build"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private String here(String script) {
    return script
        .replace("/build/", folder + "/")
        .replace("/dev/termination-log", folder + "/termination-log")
        .replace("/etc/ssl/certs/", folder + "/")
        .replace("/secrets/git/", folder + "/")
        .replace("/trust/", folder + "/trust-");
  }

  @Test
  void theDigestIsTheTerminationMessage() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("metadata.json"), METADATA.replace("DIGEST", Statuses.DIGEST));

    assertThat(run(BuildKitJobs.SCRIPT, "true").status()).isZero();

    String message = Files.readString(folder.resolve("termination-log"));
    assertThat(message).isEqualTo(Statuses.DIGEST + "\n");
    assertThat(BuildKitJobs.digest(message)).contains(Statuses.DIGEST);
  }

  @Test
  void noMessageAndNonsenseAreNoDigest() {
    assertThat(BuildKitJobs.digest(null)).isEmpty();
    assertThat(BuildKitJobs.digest("")).isEmpty();
    assertThat(BuildKitJobs.digest("{\"a\": \"" + Statuses.DIGEST + "\"}")).isEmpty();
    assertThat(BuildKitJobs.digest("x".repeat(100_000))).isEmpty();
  }

  @Test
  void aBuildThatFailsFailsTheContainer() throws IOException, InterruptedException {
    assertThat(run(BuildKitJobs.SCRIPT, "sh", "-c", "exit 7").status()).isEqualTo(7);
    assertThat(folder.resolve("termination-log")).doesNotExist();
  }

  @Test
  void aBuildWithoutMetadataSucceeds() throws IOException, InterruptedException {
    assertThat(run(BuildKitJobs.SCRIPT, "true").status()).isZero();
  }

  /** One of them would end in a file if a shell read it. */
  @Test
  void theShellTakesArgumentsAsTheyAre() throws IOException, InterruptedException {
    Files.createFile(folder.resolve("metadata.json"));
    String hostile = "$(touch " + folder + "/a) `touch " + folder + "/b`; '\" \n *";

    Ended ended = run(BuildKitJobs.SCRIPT, "printf", "%s", hostile);

    assertThat(ended.output()).isEqualTo(hostile);
    assertThat(folder.resolve("a")).doesNotExist();
    assertThat(folder.resolve("b")).doesNotExist();
  }

  @Test
  void theCaOfTheBindingIsTrustedBesideThoseOfTheImage() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("ca-certificates.crt"), "public\n");
    assertThat(run(BuildKitJobs.TRUST_SCRIPT).status()).isZero();
    assertThat(folder.resolve("trust-ca-certificates.crt")).hasContent("public\n");

    Files.writeString(folder.resolve("ca.crt"), "private\n");
    assertThat(run(BuildKitJobs.TRUST_SCRIPT).status()).isZero();
    assertThat(folder.resolve("trust-ca-certificates.crt")).hasContent("public\nprivate\n");

    Files.delete(folder.resolve("ca-certificates.crt"));
    assertThat(run(BuildKitJobs.TRUST_SCRIPT).status()).isZero();
    assertThat(folder.resolve("trust-ca-certificates.crt")).hasContent("private\n");
  }

  /** https://github.com/moby/buildkit, frontend/dockerfile/dfgitutil and source/git/source.go. */
  @ParameterizedTest
  @CsvSource({
    "https://gitlab.com/a/b.git, https://gitlab.com/a/b.git#SHA:services/a+b@~, gitlab.com, gitlab.com",
    "https://gitlab.com/a/b, https://gitlab.com/a/b.git#SHA:services/a+b@~, gitlab.com, gitlab.com",
    "https://gitlab.com/a/b/, https://gitlab.com/a/b.git#SHA:services/a+b@~, gitlab.com, gitlab.com",
    "https://GitLab.com:443/a/b.git, https://gitlab.com/a/b.git#SHA:services/a+b@~, gitlab.com, gitlab.com",
    "https://user@git.example:8443/a/b.git, https://git.example:8443/a/b.git#SHA:services/a+b@~, git.example:8443, git.example_8443",
    "http://git.example:80/a/b.git, http://git.example/a/b.git#SHA:services/a+b@~, git.example, git.example",
    "http://git.example:443/a/b.git, http://git.example:443/a/b.git#SHA:services/a+b@~, git.example:443, git.example_443",
    "https://[2001:db8::1]:8443/b.git, https://[2001:db8::1]:8443/b.git#SHA:services/a+b@~, [2001:db8::1]:8443, _2001_db8__1__8443",
  })
  void theRepositoryAndItsCredentialAreNamedAsBuildKitDoes(
      URI cloneUrl, String context, String host, String key) {
    List<String> arguments = arguments(cloneUrl);

    assertThat(arguments).contains("context=" + context.replace("SHA", Orders.SHA));
    assertThat(arguments)
        .contains("id=GIT_AUTH_HEADER." + host + ",src=/secrets/git/GIT_AUTH_HEADER." + key);
  }

  @Test
  void allNamesOfTheImageAreOneFieldOfTheOutput() {
    assertThat(arguments(URI.create("https://gitlab.com/a/b.git")))
        .containsSequence("--output", "type=image,\"name=r.example/a:1,r.example/a:2\",push=true");
  }

  @SuppressWarnings("unchecked")
  private static List<String> arguments(URI cloneUrl) {
    Outcome<GenericKubernetesResource> object =
        Orders.RUNS.object(
            new Builder.BuildKit("buildkit", Optional.empty(), Optional.empty()),
            Orders.order(
                "refs/heads/main", Map.of(), cloneUrl, List.of("r.example/a:1", "r.example/a:2")));
    return (List<String>)
        GenericKubernetesResource.get(
            ((Outcome.Done<GenericKubernetesResource>) object).value().getAdditionalProperties(),
            "spec",
            "template",
            "spec",
            "containers",
            0,
            "args");
  }
}
