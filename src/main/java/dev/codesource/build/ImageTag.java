package dev.codesource.build;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A template for the tag of an image, such as {@code ${version}-${shortSha}}. */
record ImageTag(Template template) {

  /** https://github.com/opencontainers/distribution-spec, "Pulling manifests". */
  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  private static final int LONGEST = 128;

  /** What makes a text no tag: one of these characters, or one of the others at its beginning. */
  private static final Pattern NOT_OF_TAG = Pattern.compile("[^a-zA-Z0-9._-]|^[.-]");

  /**
   * Checks that a template uses variables that exist, and that what is around them can be part of a
   * tag.
   *
   * @return the template; or {@code ImageTagInvalid}
   */
  static Outcome<ImageTag> of(String rule, String template, Set<String> variables) {
    Template read = new Template(template);
    return read.unknown(variables)
        .map(
            name ->
                Outcome.<ImageTag>refused(
                    Reason.ImageTagInvalid,
                    "The image tag \"%s\" of the rule %s uses ${%s}, which is neither a group of the pattern nor one of %s."
                        .formatted(template, rule, name, String.join(", ", Variables.NAMES))))
        .or(
            () ->
                objection(read)
                    .map(
                        why ->
                            Outcome.<ImageTag>refused(
                                Reason.ImageTagInvalid,
                                "The image tag \"%s\" of the rule %s %s."
                                    .formatted(template, rule, why))))
        .orElseGet(() -> Outcome.done(new ImageTag(read)));
  }

  /** Why no value of the variables makes a tag. */
  private static Optional<String> objection(Template template) {
    // A letter in the place of a variable: it may be the first character and any other.
    Matcher wrong = NOT_OF_TAG.matcher(template.fillAll("x"));
    if (wrong.find()) {
      return Optional.of(
          "has \"%s\", which no tag may have there; a variable is written ${name}"
              .formatted(wrong.group()));
    }
    return template.length(Variables.SHORTEST) > LONGEST
        ? Optional.of("is longer than %d characters, whatever is built".formatted(LONGEST))
        : Optional.empty();
  }

  /**
   * The tag for one build.
   *
   * @return the tag; or {@code ImageTagInvalid}: the name of the ref has characters that a tag may
   *     not have, or the tag is too long
   */
  Outcome<String> fill(String rule, GitRef ref, Map<String, String> values) {
    String tag = template.fill(values);
    return TAG.matcher(tag).matches()
        ? Outcome.done(tag)
        : Outcome.refused(
            Reason.ImageTagInvalid,
            "The rule %s makes the image tag \"%s\" of %s, which registries do not accept."
                .formatted(rule, tag, ref));
  }
}
