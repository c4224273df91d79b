package dev.codesource.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cluster.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code deploy/generate} makes is checked in as it makes it now. */
class GeneratedFilesTest {

  @Test
  void areUpToDate(@TempDir Path folder) throws IOException {
    CommandResult.of(
            List.of("bash", "deploy/generate", folder.toString()),
            Map.of("HELM", Helm.PROGRAM.toString()),
            "")
        .orFail();
    List<Path> generated = filesBelow(folder);
    assertThat(generated)
        .contains(
            Path.of("deploy/operator.yaml"),
            Path.of("deploy/argocd/argocd-cm.yaml"),
            Path.of("helm/codesource-operator/README.md"));
    for (Path file : generated) {
      assertThat(file).as("run deploy/generate").hasSameTextualContentAs(folder.resolve(file));
    }
  }

  @Test
  void theChartHasTheCrdsAndNoOthers() throws IOException {
    assertThat(contents(Chart.FOLDER.resolve("files/crds"))).isEqualTo(contents(Path.of("crds")));
  }

  @Test
  void plainManifestsAreNotHelms() {
    assertThat(Chart.documents(Path.of("deploy/operator.yaml")))
        .isNotEmpty()
        .allSatisfy(object -> assertThat(object.toString()).doesNotContain("helm.sh", "\"Helm\""));
  }

  private static List<Path> filesBelow(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(folder::relativize).sorted().toList();
    }
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      for (Path file : filesBelow(folder)) {
        contents.put(file.toString(), Files.readString(folder.resolve(file)));
      }
    }
    return contents;
  }
}
