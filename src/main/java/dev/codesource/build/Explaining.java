package dev.codesource.build;

import dev.codesource.api.TriggerSpec;
import dev.codesource.reason.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which rules match a branch or tag, without asking anybody: whoever asks sees the rules already.
 *
 * @param problem why no rule matches; null: one does, or nothing was asked
 */
public record Explaining(List<Match> matches, @Nullable String problem) {

  /** A commit that does not exist, for the names of images. */
  public static final String EXAMPLE = "0123456789abcdef0123456789abcdef01234567";

  /**
   * A rule that matches.
   *
   * @param images the names of the image
   * @param message why it makes no usable name; null: it does
   */
  public record Match(String name, String images, @Nullable String message) {}

  /**
   * Asks about a branch or tag.
   *
   * @param typed a full name, or a short one, which may be both a branch and a tag; empty: nothing
   *     is asked
   */
  public static Explaining of(TriggerSpec spec, String typed, Instant now) {
    if (typed.isEmpty()) {
      return new Explaining(List.of(), null);
    }
    return switch (BuildRules.of(spec)) {
      case Outcome.Done<List<BuildRule>>(var rules) -> of(spec, rules, typed, now);
      case Outcome.Refused<List<BuildRule>>(var problem) ->
          new Explaining(List.of(), problem.message());
      case Outcome.Waiting<List<BuildRule>>(var problem, var until, var scope) ->
          new Explaining(List.of(), problem.message());
    };
  }

  /** Why a rule builds nothing of a branch or tag; empty: it does, or the operator says more. */
  public static Optional<String> whyNot(TriggerSpec spec, String rule, GitRef ref) {
    return BuildRules.of(spec) instanceof Outcome.Done<List<BuildRule>>(var rules)
            && rules.stream().noneMatch(each -> each.name().equals(rule) && each.matches(ref))
        ? Optional.of("The rule %s does not match %s.".formatted(rule, ref.fullName()))
        : Optional.empty();
  }

  private static Explaining of(TriggerSpec spec, List<BuildRule> rules, String typed, Instant now) {
    List<Match> matches =
        names(typed)
            .flatMap(
                name ->
                    GitRef.of(name) instanceof Outcome.Done<GitRef>(var ref)
                        ? rules.stream().flatMap(rule -> match(spec, rule, ref, now).stream())
                        : Stream.empty())
            .toList();
    return new Explaining(
        matches, matches.isEmpty() ? "No rule matches \"%s\".".formatted(typed) : null);
  }

  /** The full names that it may be. */
  private static Stream<String> names(String typed) {
    return typed.startsWith("refs/")
        ? Stream.of(typed)
        : Stream.of(GitRef.Kind.values()).map(kind -> kind.prefix() + typed);
  }

  private static Optional<Match> match(TriggerSpec spec, BuildRule rule, GitRef ref, Instant now) {
    return rule.imageTags(ref, EXAMPLE, now)
        .map(
            tags ->
                switch (tags) {
                  case Outcome.Done<List<String>>(var all) ->
                      new Match(rule.name(), images(spec, all), null);
                  case Outcome.Refused<List<String>>(var problem) ->
                      new Match(rule.name(), "", problem.message());
                  case Outcome.Waiting<List<String>>(var problem, var until, var scope) ->
                      new Match(rule.name(), "", problem.message());
                });
  }

  private static String images(TriggerSpec spec, List<String> tags) {
    return tags.stream()
        .map(tag -> spec.image() == null ? tag : spec.image() + ":" + tag)
        .reduce((one, other) -> one + ", " + other)
        .orElse("");
  }
}
