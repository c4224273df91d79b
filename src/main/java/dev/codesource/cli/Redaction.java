package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.codesource.api.ApiGroup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Removes from objects and texts what is secret, or may be. */
final class Redaction {

  static final String REMOVED = "[removed]";

  /** The part of a URL before {@code @}; it may have blanks that somebody forgot to encode. */
  private static final Pattern USERINFO =
      Pattern.compile("(?i)(\\b[a-z][a-z0-9+.-]*://)[^/\\s\"'<>]*@");

  private static final Pattern QUERY =
      Pattern.compile("(?i)(\\bhttps?://[^\\s\"'<>?]*\\?)[^\\s\"'<>]+");

  /** As the platforms begin their tokens, and as private keys and assertions begin. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?:gl[a-z]{2,8}-|gh[opsur]_|github_pat_|AT[A-Z]{3}3?x?|eyJ)[A-Za-z0-9_.=-]{8,}"
              + "|(?i:bearer|basic|token)[ =:]+[A-Za-z0-9+/_.=~-]{16,}"
              + "|\\b[0-9a-f]{32,}\\b"
              + "|(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|$)");

  private static final Set<String> SECRET_FIELDS =
      Set.of("data", "stringData", "managedFields", "userCode", "proofDigest");

  /** Shorter ones are in many a text by chance. */
  private static final int SHORTEST = 6;

  private final List<String> known;

  /**
   * @param secret whose values are removed wherever they are; a missing node: none is known
   */
  Redaction(JsonNode secret) {
    List<String> values = new ArrayList<>();
    Json.at(secret, "data")
        .properties()
        .forEach(
            field -> {
              // It says where the token is for, and is in the binding.
              if (!field.getKey().equals("url")) {
                add(values, field.getValue().asText());
              }
            });
    // A value may be a part of another one.
    values.sort(Comparator.comparingInt(String::length).reversed());
    this.known = List.copyOf(values);
  }

  private static void add(List<String> values, String encoded) {
    values.add(encoded);
    try {
      String value =
          new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).strip();
      values.add(value);
      values.add(java.net.URLEncoder.encode(value, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException notBase64) {
      // Then it is removed as it is.
    }
    values.removeIf(each -> each.length() < SHORTEST);
  }

  /** A copy of an object without what is secret. */
  JsonNode of(JsonNode object) {
    return switch (object) {
      case ObjectNode fields -> fields(fields);
      case ArrayNode elements -> {
        ArrayNode copy = elements.arrayNode();
        elements.forEach(each -> copy.add(of(each)));
        yield copy;
      }
      case TextNode text -> TextNode.valueOf(of(text.textValue()));
      default -> object;
    };
  }

  private ObjectNode fields(ObjectNode object) {
    ObjectNode copy = object.objectNode();
    object
        .properties()
        .forEach(
            field -> {
              String name = field.getKey();
              if (SECRET_FIELDS.contains(name)) {
                copy.put(name, REMOVED);
              } else if (name.equals("annotations")) {
                copy.set(name, annotations(field.getValue()));
              } else {
                copy.set(of(name), of(field.getValue()));
              }
            });
    return copy;
  }

  /** Others than the operator's own may have anything, such as the object as it was applied. */
  private JsonNode annotations(JsonNode annotations) {
    ObjectNode copy = Json.TREES.createObjectNode();
    annotations
        .properties()
        .forEach(
            each ->
                copy.set(
                    of(each.getKey()),
                    each.getKey().startsWith(ApiGroup.NAME + "/")
                        ? of(each.getValue())
                        : TextNode.valueOf(REMOVED)));
    return copy;
  }

  /** A text without what is secret. */
  String of(String text) {
    String clean = text;
    for (String value : known) {
      clean = clean.replace(value, REMOVED);
    }
    clean = USERINFO.matcher(clean).replaceAll("$1" + REMOVED + "@");
    clean = QUERY.matcher(clean).replaceAll("$1" + REMOVED);
    return TOKEN.matcher(clean).replaceAll(REMOVED);
  }
}
