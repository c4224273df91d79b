package dev.codesource.builder;

import dev.codesource.build.Template;
import dev.codesource.http.Printable;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The parameters and arguments of a build, in which {@code ${name}} stands for a variable. */
final class Templates {

  /** Ten images have half of it. All of an object has to fit into the API server's 1.5 MiB. */
  static final int MOST_CHARACTERS = 8_192;

  /** How much of a value a message shows. */
  private static final int SHOWN = 100;

  private Templates() {}

  /**
   * Fills templates for a builder that takes any text as it is.
   *
   * @param templates by the names of the parameters
   * @return the values; or {@code BuildParameterInvalid}: one is too long
   */
  static Outcome<SortedMap<String, String>> fill(Map<String, String> templates, BuildOrder order) {
    return all(templates, order, Optional.empty());
  }

  /**
   * Fills templates for a builder that replaces {@code $(…)} in what it is given, and knows no way
   * to write it so that it stays.
   *
   * @param templates by the names of the parameters
   * @param builder its name in a message
   * @return the values; or {@code BuildParameterInvalid}: one is too long, or would be changed
   */
  static Outcome<SortedMap<String, String>> fillWithoutReferences(
      Map<String, String> templates, BuildOrder order, String builder) {
    return all(templates, order, Optional.of(builder));
  }

  private static Outcome<SortedMap<String, String>> all(
      Map<String, String> templates, BuildOrder order, Optional<String> replacing) {
    return Outcome.all(
            List.copyOf(templates.keySet()),
            name ->
                fill(name, new Template(templates.getOrDefault(name, "")), order, replacing)
                    .map(value -> Map.entry(name, value)))
        .map(
            entries -> {
              SortedMap<String, String> values = new TreeMap<>();
              entries.forEach(entry -> values.put(entry.getKey(), entry.getValue()));
              return values;
            });
  }

  private static Outcome<String> fill(
      String name, Template template, BuildOrder order, Optional<String> replacing) {
    if (template.length(order.variables()) > MOST_CHARACTERS) {
      return invalid(name, order, "has more than " + MOST_CHARACTERS + " characters");
    }
    String value = template.fill(order.variables());
    return replacing
        .filter(builder -> isReference(value))
        .map(
            builder ->
                Templates.<String>invalid(
                    name,
                    order,
                    "is \"%s\", in which %s would replace $(…)"
                        .formatted(Printable.of(value, SHOWN), builder)))
        .orElseGet(() -> Outcome.done(value));
  }

  /** Also one that begins with the last character, and ends in what the builder appends. */
  private static boolean isReference(String value) {
    return value.contains("$(") || value.endsWith("$");
  }

  private static <T> Outcome<T> invalid(String name, BuildOrder order, String what) {
    return Outcome.refused(
        Reason.BuildParameterInvalid,
        "The parameter %s of the rule %s for %s %s."
            .formatted(
                name, order.due().rule(), Printable.of(order.due().ref().fullName(), SHOWN), what));
  }
}
