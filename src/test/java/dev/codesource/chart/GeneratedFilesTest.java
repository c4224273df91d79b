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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** Else the table of permissions would be empty, and the end of the README gone. */
  @ParameterizedTest
  @ValueSource(strings = {"/nowhere/helm", "false"})
  void withoutAHelmThatWorksNothingIsChanged(String helm, @TempDir Path folder) throws IOException {
    Path readme = folder.resolve("helm/codesource-operator/README.md");
    Path manifests = folder.resolve("deploy/operator.yaml");
    for (Path file : List.of(readme, manifests)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "as it was");
    }

    CommandResult result =
        CommandResult.of(
            List.of("bash", "deploy/generate", folder.toString()), Map.of("HELM", helm), "");

    assertThat(result.succeeded()).isFalse();
    assertThat(readme).hasContent("as it was");
    assertThat(manifests).hasContent("as it was");
  }

  @Test
  void whereHelmIsMissingItIsSaid(@TempDir Path folder) {
    assertThat(
            CommandResult.of(
                    List.of("bash", "deploy/generate", folder.toString()),
                    Map.of("HELM", "/nowhere/helm"),
                    "")
                .stderr())
        .startsWith("helm is needed, and /nowhere/helm is not there");
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
