package dev.codesource.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cluster.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseImageTest {

  @Test
  void withoutAMirrorItSaysSoAndLeavesNothing(@TempDir Path folder) throws IOException {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/apt-get")), "This is neither Debian nor like it.");
    Path noSources =
        Files.writeString(
            folder.resolve("apt.conf"),
            """
            Dir::Etc::SourceList "/dev/null";
            Dir::Etc::SourceParts "/dev/null";
            Dir::State::Lists "%1$s";
            Dir::Cache "%1$s";
            """
                .formatted(Files.createDirectory(folder.resolve("apt"))));
    Path cache = folder.resolve("cache");

    CommandResult made =
        Images.baseImage(
            folder.resolve("base"),
            Map.of("APT_CONFIG", noSources.toString(), "CODESOURCE_CACHE", cache.toString()));

    assertThat(made.exit()).isEqualTo(Images.NO_MIRROR);
    assertThat(made.stderr().strip())
        .endsWith(
            "Debian's packages of an image cannot be downloaded (base-files ca-certificates libc6 netbase tzdata): is there a mirror, and was apt-get update run?");
    try (var left = Files.list(cache.resolve("base"))) {
      assertThat(left).containsExactly(cache.resolve("base/lock"));
    }
  }
}
