package dev.codesource.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Kubernetes objects as YAML has them. */
record Manifests(List<JsonNode> objects) {

  static Manifests parse(String yaml) {
    return new Manifests(Chart.documents(yaml));
  }

  List<JsonNode> all(String kind) {
    return objects.stream().filter(object -> object.path("kind").asText().equals(kind)).toList();
  }

  /** The only object of that kind. */
  JsonNode one(String kind) {
    List<JsonNode> found = all(kind);
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " of the kind " + kind + ": " + this);
    }
    return found.getFirst();
  }

  List<String> kinds() {
    return objects.stream().map(object -> object.path("kind").asText()).distinct().toList();
  }

  JsonNode container() {
    return pod().at("/spec/containers/0");
  }

  /** Those of other shards differ in their shard's number. */
  JsonNode pod() {
    return all("Deployment").getFirst().at("/spec/template");
  }

  /** Without the objects of the console. */
  Manifests ofTheOperator() {
    return new Manifests(objects.stream().filter(object -> !isOfTheConsole(object)).toList());
  }

  Manifests ofTheConsole() {
    return new Manifests(objects.stream().filter(Manifests::isOfTheConsole).toList());
  }

  private static boolean isOfTheConsole(JsonNode object) {
    return object
        .at("/metadata/labels")
        .path("app.kubernetes.io/name")
        .asText()
        .endsWith("-console");
  }

  /** The environment of the operator. */
  JsonNode settings() {
    return objects.stream()
        .filter(object -> object.at("/data/QUARKUS_LOG_LEVEL").isTextual())
        .findFirst()
        .orElseThrow()
        .path("data");
  }

  static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  static Stream<JsonNode> each(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  @Override
  public String toString() {
    return objects.stream()
        .map(object -> object.path("kind").asText() + "/" + object.at("/metadata/name").asText())
        .toList()
        .toString();
  }
}
