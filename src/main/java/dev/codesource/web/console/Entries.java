package dev.codesource.web.console;

import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What a person sent in a form. */
record Entries(MultivaluedMap<String, String> all) {

  /** Of a field, in characters: no token is longer, as it has to fit into a header. */
  static final int LONGEST = 16 << 10;

  /** Whether a field is longer than any that is meant. */
  boolean isTooLarge() {
    return all.values().stream().flatMap(List::stream).anyMatch(value -> value.length() > LONGEST);
  }

  static Entries none() {
    return new Entries(new MultivaluedHashMap<>());
  }

  /** As if a person had filled in one field. */
  static Entries of(String field, String value) {
    MultivaluedMap<String, String> all = new MultivaluedHashMap<>();
    all.putSingle(field, value);
    return new Entries(all);
  }

  /** Without white space around it; empty if the field was left empty. */
  String text(String field) {
    return Optional.ofNullable(all.getFirst(field)).map(String::strip).orElse("");
  }

  /** As it was filled in, but without line breaks and white space after it. */
  String block(String field) {
    return Optional.ofNullable(all.getFirst(field)).map(String::stripTrailing).orElse("");
  }

  String textOr(String field, String other) {
    return all.containsKey(field) ? text(field) : other;
  }

  List<String> values(String field) {
    return Objects.requireNonNullElse(all.get(field), List.of());
  }

  /** Parts between commas or line breaks. */
  List<String> parts(String field) {
    return Stream.of(text(field).split("[,\\n]"))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }
}
