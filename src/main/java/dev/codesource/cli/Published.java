package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/** The Secrets that a binding publishes. */
final class Published {

  private Published() {}

  /** Their names, as the description of {@code spec.publishNames} has it. */
  static List<String> names(JsonNode binding) {
    return Json.elements(binding, "spec", "publish")
        .map(JsonNode::asText)
        .map(
            entry ->
                Json.some(binding, "spec", "publishNames", entry)
                    .orElse(Json.name(binding) + "-" + entry.toLowerCase(Locale.ROOT)))
        .toList();
  }
}
