package dev.codesource.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That the API server takes them is for {@link ChartIT}. */
class SamplesTest {
  private static final Path FOLDER = Path.of("deploy/samples");

  static List<Path> samples() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void thereIsOneForEachPlatform() {
    assertThat(samples().stream().flatMap(file -> bindings(file).stream()))
        .extracting(binding -> binding.at("/spec/platform").asText())
        .contains(Stream.of(Platform.values()).map(Platform::name).toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void saysWhereItsTokenIsMade(Path file) throws IOException {
    assertThat(Files.readString(file)).contains("# The token: ");
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyTokenMayGoWhereItsBindingSends(Path file) {
    Manifests manifests = new Manifests(Chart.documents(file));
    assertThat(bindings(file))
        .isNotEmpty()
        .allSatisfy(
            binding -> {
              JsonNode secret = named(manifests, binding.at("/spec/tokenSecretRef/name").asText());
              assertThat(secret.path("type").asText()).isEqualTo("codesource.dev/token");
              assertThat(secret.at("/stringData/token").asText()).isEqualTo("REPLACE_ME");
              JsonNode url = binding.at("/spec/url");
              assertThat(url.isMissingNode() ? "a public site" : url.asText())
                  .isIn("a public site", secret.at("/stringData/url").asText());
            });
  }

  private static List<JsonNode> bindings(Path file) {
    return new Manifests(Chart.documents(file)).all("CodeSourceBinding");
  }

  private static JsonNode named(Manifests manifests, String secret) {
    return manifests.all("Secret").stream()
        .filter(object -> object.at("/metadata/name").asText().equals(secret))
        .findFirst()
        .orElseThrow();
  }
}
