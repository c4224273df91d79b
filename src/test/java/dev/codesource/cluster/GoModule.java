package dev.codesource.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of a Go module, in the version that a {@code go.mod} of this checkout requires. */
public final class GoModule {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private GoModule() {}

  /**
   * Downloads the module (and none that it needs) unless it is in Go's module cache.
   *
   * @param user the folder with the {@code go.mod}
   * @param module its path, such as {@code github.com/tektoncd/pipeline}
   * @return the folder, which is read-only; empty without Go
   * @throws AssertionError if it cannot be downloaded
   */
  public static Optional<Path> folder(Path user, String module) {
    return new Binaries(System.getenv()).onPath("go").map(go -> download(go, user, module));
  }

  private static Path download(Path go, Path user, String module) {
    CommandResult download =
        CommandResult.of(
            List.of(go.toString(), "-C", user.toString(), "mod", "download", "-json", module),
            Map.of(),
            "");
    try {
      JsonNode answer = JSON.readTree(download.stdout());
      if (!answer.path("Dir").isTextual()) {
        throw new AssertionError("no files of " + module + ": " + answer.path("Error").asText());
      }
      return Path.of(answer.path("Dir").asText());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(download.stderr(), e);
    }
  }
}
