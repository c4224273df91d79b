package dev.codesource.build;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A template for the tag of an image, such as {@code ${version}-${shortSha}}. */
record ImageTag(Template template) {

  /** https://github.com/opencontainers/distribution-spec, "Pulling manifests". */
  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  /**
   * Checks that a template uses variables that exist.
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
        .orElseGet(() -> Outcome.done(new ImageTag(read)));
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
