package dev.codesource.web.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.Platform;
import dev.codesource.codehost.WebhookSecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A delivery that was recorded from a real platform.
 *
 * @param name of its folder
 * @param headers those that it was recorded with
 */
public record RecordedDelivery(
    String name, Platform platform, Map<String, String> headers, byte[] body) {

  private static final Map<String, Platform> PLATFORMS =
      Map.of(
          "bitbucket-cloud", Platform.Bitbucket,
          "bitbucket-dc", Platform.Bitbucket,
          "gitea", Platform.Gitea,
          "gitee", Platform.Gitee,
          "github", Platform.GitHub,
          "gitlab", Platform.GitLab);

  private static final Path FOLDER =
      Path.of(Optional.ofNullable(System.getenv("RECORDINGS")).orElse("../shared/recordings"))
          .resolve("webhooks");

  /** All of them; without recordings the test is aborted. */
  public static List<RecordedDelivery> all() {
    Assumptions.assumeTrue(Files.isDirectory(FOLDER), "There are no recordings.");
    return children(FOLDER)
        .flatMap(RecordedDelivery::children)
        .map(RecordedDelivery::read)
        .toList();
  }

  /** The proof is made anew: the secrets of the recordings have not the operator's form. */
  public Map<String, String> signedWith(WebhookSecret secret) {
    Map<String, String> signed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    signed.putAll(headers);
    // A GitLab that signs is believed by its signature only, and Gitea sends more than one.
    signed.putAll(Signing.headers(platform, secret, body));
    return signed;
  }

  private static RecordedDelivery read(Path folder) {
    try {
      Map<String, String> headers =
          new ObjectMapper()
              .readTree(folder.resolve("headers.json").toFile()).properties().stream()
                  .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().asText()));
      return new RecordedDelivery(
          FOLDER.relativize(folder).toString(),
          Optional.ofNullable(PLATFORMS.get(folder.getParent().getFileName().toString()))
              .orElseThrow(),
          headers,
          Files.readAllBytes(folder.resolve("body.raw")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> children(Path parent) {
    try (Stream<Path> folders = Files.list(parent)) {
      return folders.filter(Files::isDirectory).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
