package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads fields of objects of the API server. */
final class Json {

  /** Reads trees only. */
  static final ObjectMapper TREES = new JsonMapper();

  private Json() {}

  /** The text of a field; empty: it is not there, or is no single value. */
  static String text(JsonNode object, String... path) {
    JsonNode node = at(object, path);
    return node.isValueNode() && !node.isNull() ? node.asText() : "";
  }

  /** As {@link #text}; none instead of an empty text. */
  static Optional<String> some(JsonNode object, String... path) {
    return Optional.of(text(object, path)).filter(text -> !text.isEmpty());
  }

  /** A field; a missing node: it is not there. */
  static JsonNode at(JsonNode object, String... path) {
    JsonNode node = object;
    for (String field : path) {
      node = node.path(field);
    }
    return node;
  }

  /** The elements of an array; none: it is not there. */
  static Stream<JsonNode> elements(JsonNode object, String... path) {
    JsonNode node = at(object, path);
    return node.isArray() ? StreamSupport.stream(node.spliterator(), false) : Stream.empty();
  }

  static String name(JsonNode object) {
    return text(object, "metadata", "name");
  }

  static String namespace(JsonNode object) {
    return text(object, "metadata", "namespace");
  }

  /** A condition of an object; a missing node: it has none of this type. */
  static JsonNode condition(JsonNode object, Enum<?> type) {
    return elements(object, "status", "conditions")
        .filter(condition -> text(condition, "type").equals(type.name()))
        .findFirst()
        .orElseGet(() -> TREES.missingNode());
  }
}
