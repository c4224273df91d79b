package dev.codesource.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens where the image of k3s cannot be had; where it can, every IT shows the rest. */
class K3sTest {

  @TempDir Path folder;

  @Test
  void anEngineThatCannotPullItIsNamedInOneLineAndAnotherClusterIsChosen() throws IOException {
    // As Docker 20.10 in a network without a way out.
    Binaries binaries =
        withDocker(
            """
            case $1 in
              info) exit 0 ;;
              pull) echo 'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host' >&2 ;;
            esac
            exit 1
            """);

    String said = standardErrorOf(() -> assertThat(K3s.start(binaries, folder)).isEmpty());

    assertThat(said.lines())
        .containsExactly(
            "Docker answers, but k3s does not start in it; another cluster is used: Error response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host");
  }

  @Test
  void withoutAnEngineNothingIsSaid() throws IOException {
    Binaries silent = withDocker("echo 'Cannot connect to the Docker daemon' >&2; exit 1\n");
    Binaries none = new Binaries(Map.of("PATH", folder.toString()));

    for (Binaries binaries : List.of(silent, none)) {
      assertThat(standardErrorOf(() -> assertThat(K3s.start(binaries, folder)).isEmpty()))
          .isEmpty();
    }
  }

  private Binaries withDocker(String script) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path docker = Files.writeString(bin.resolve("docker"), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(docker, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Binaries(Map.of("PATH", bin.toString()));
  }

  private static String standardErrorOf(Runnable action) {
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }
}
