package dev.codesource.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files for Flux, in the order in which {@code kubectl apply -f} takes a folder. */
class FluxTest {

  @Test
  void everyNamespaceIsThereBeforeItIsUsed() throws IOException {
    Set<String> namespaces = new HashSet<>();
    List<Path> inOrder;
    try (Stream<Path> files = Files.list(Path.of("deploy/flux"))) {
      inOrder = files.sorted().toList();
    }
    for (Path file : inOrder) {
      for (JsonNode object : Chart.documents(file)) {
        if (object.path("kind").asText().equals("Namespace")) {
          namespaces.add(object.at("/metadata/name").asText());
        } else {
          assertThat(namespaces)
              .as(file.toString())
              .contains(object.at("/metadata/namespace").asText());
        }
      }
    }
    assertThat(namespaces).isNotEmpty();
  }

  @Test
  void theChartTakesTheValues() throws IOException {
    JsonNode release =
        Chart.documents(Path.of("deploy/flux/3-helmrelease.yaml")).getFirst().at("/spec/values");
    Path values = Files.createTempFile("values", ".json");
    try {
      assertThat(Chart.render(Files.writeString(values, release.toString())).objects())
          .isNotEmpty();
    } finally {
      Files.delete(values);
    }
  }
}
