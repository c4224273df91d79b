package dev.codesource.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.codesource.cluster.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The chart, and what helm makes of it. */
final class Chart {
  static final Path FOLDER = Path.of("helm/codesource-operator");
  static final String RELEASE = "bindings";
  static final String NAMESPACE = "codesource-system";

  private static final Path VALUES = Path.of("src/test/resources/chart");
  private static final YAMLMapper YAML = new YAMLMapper();

  private Chart() {}

  static Path values(String name) {
    return VALUES.resolve(name + ".yaml");
  }

  static List<Path> allValues() {
    try (Stream<Path> files = Files.list(VALUES)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Renders the chart with these arguments to {@code helm template}. */
  static Manifests render(String... arguments) {
    return Manifests.parse(Helm.run(template(arguments)).orFail().stdout());
  }

  static Manifests render(Path values) {
    return render("-f", values.toString());
  }

  /** What helm says when it refuses these arguments. */
  static String refusal(String... arguments) {
    CommandResult result = Helm.run(template(arguments));
    if (result.succeeded()) {
      throw new AssertionError("helm took " + String.join(" ", arguments));
    }
    return result.stderr();
  }

  static List<JsonNode> documents(Path file) {
    try {
      return documents(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> documents(String yaml) {
    try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
      return values.readAll().stream().filter(JsonNode::isObject).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] template(String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("template", RELEASE, FOLDER.toString(), "-n", NAMESPACE));
    all.addAll(List.of(arguments));
    return all.toArray(String[]::new);
  }
}
