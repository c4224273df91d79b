package dev.codesource.builder;

import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.http.Printable;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A part of an object that others wrote. Whatever it is, reading it throws nothing and gives no
 * more than can be shown: what is not as it should be is not there.
 *
 * @param value of any type of JSON
 */
record Reported(@Nullable Object value) {

  /** And an ellipsis where there are more. */
  private static final int MOST_CHARACTERS = 499;

  /** Of a list; those after it are not read. */
  private static final int MOST_ELEMENTS = 100;

  /** A name, a tag and a digest. */
  private static final int LONGEST_IMAGE = 500;

  private static final int LONGEST_TIME = 40;
  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /** https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests. */
  private static final Pattern DIGEST =
      Pattern.compile("(?:.*@)?(?<digest>sha256:[0-9a-f]{64})\\s*");

  private static final Reported NOTHING = new Reported(null);

  static Reported status(GenericKubernetesResource run) {
    return new Reported(run.getAdditionalProperties().get("status"));
  }

  static Reported spec(GenericKubernetesResource run) {
    return new Reported(run.getAdditionalProperties().get("spec"));
  }

  /** A field of an object. */
  Reported at(String name) {
    return value instanceof Map<?, ?> fields ? new Reported(fields.get(name)) : NOTHING;
  }

  /** The elements of a list. */
  Stream<Reported> elements() {
    return value instanceof List<?> list
        ? list.stream().limit(MOST_ELEMENTS).map(Reported::new)
        : Stream.empty();
  }

  /** The condition of that type. */
  Reported condition(String type) {
    return at("conditions")
        .elements()
        .filter(condition -> condition.at("type").is(type))
        .findFirst()
        .orElse(NOTHING);
  }

  /** Whether a condition is there, of whatever status. */
  boolean exists() {
    return value != null;
  }

  boolean is(String text) {
    return text.equals(value);
  }

  boolean isOneOf(List<String> texts) {
    return texts.stream().anyMatch(this::is);
  }

  boolean isPositive() {
    return value instanceof Number number && number.doubleValue() > 0;
  }

  /** A text that can be shown, at most 500 characters. */
  Optional<String> text() {
    return value instanceof String text && !text.isBlank()
        ? Optional.of(Printable.of(text.strip(), MOST_CHARACTERS))
        : Optional.empty();
  }

  /** A time in the years 1970 to 9999. */
  Optional<Instant> time() {
    if (!(value instanceof String text) || text.length() > LONGEST_TIME) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.from(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text)))
          .filter(time -> !time.isBefore(EARLIEST) && !time.isAfter(LATEST));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  /** The digest of an image: alone, or at the end of its name. */
  Optional<String> digest() {
    if (!(value instanceof String text) || text.length() > LONGEST_IMAGE) {
      return Optional.empty();
    }
    Matcher matcher = DIGEST.matcher(text);
    return matcher.matches() ? Optional.of(matcher.group("digest")) : Optional.empty();
  }

  /** Of a condition: its reason and its message. */
  Optional<String> explanation() {
    return explanation(at("reason"), at("message"));
  }

  /** A reason and a message as one text; either can be missing. */
  static Optional<String> explanation(Reported reason, Reported message) {
    return Stream.of(reason, message)
        .flatMap(part -> part.text().stream())
        .reduce((first, second) -> first + ": " + second)
        .map(text -> Printable.of(text, MOST_CHARACTERS));
  }

  /**
   * The progress of a run whose condition {@code Succeeded} is as Knative has it: Unknown until the
   * end, then True or False.
   *
   * @param waiting the reasons of a run that has not started
   * @param cancelled the reasons of one that was cancelled
   */
  static BuildState state(Reported condition, List<String> waiting, List<String> cancelled) {
    Reported reason = condition.at("reason");
    if (condition.at("status").is("True")) {
      return BuildState.Succeeded;
    }
    if (condition.at("status").is("False")) {
      return reason.isOneOf(cancelled) ? BuildState.Cancelled : BuildState.Failed;
    }
    return !condition.exists() || reason.isOneOf(waiting) ? BuildState.Pending : BuildState.Running;
  }
}
