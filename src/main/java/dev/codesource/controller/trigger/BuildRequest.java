package dev.codesource.controller.trigger;

import dev.codesource.build.BuildRule;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.git.Refs;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Reads the annotation by which a user has the newest commit of a branch or tag built. What follows
 * a space tells its value from the one before.
 */
final class BuildRequest {

  private BuildRequest() {}

  /**
   * What a request asks for.
   *
   * @param now the branches and tags of the repository
   * @return the commit; or {@code BuildRequestInvalid}
   */
  static Outcome<DueCommit> read(String value, List<BuildRule> rules, Refs now, Instant at) {
    String text = value.strip().split("\\s", 2)[0];
    int separator = text.indexOf('@');
    String name = separator < 0 ? "" : text.substring(0, separator);
    Optional<BuildRule> rule = rules.stream().filter(each -> each.name().equals(name)).findFirst();
    if (rule.isEmpty()) {
      return invalid("\"%s\" does not begin with the name of a rule and @.".formatted(text));
    }
    String ref = text.substring(separator + 1);
    if (!(GitRef.of(ref) instanceof Outcome.Done<GitRef>(var known))) {
      return invalid("\"%s\" is not the full name of a branch or tag.".formatted(ref));
    }
    if (!rule.get().matches(known)) {
      return invalid("The rule %s does not match %s.".formatted(name, known));
    }
    return now.commit(ref)
        .map(sha -> Outcome.done(new DueCommit(name, known, sha, Optional.empty(), at)))
        .orElseGet(() -> invalid("The repository has no %s.".formatted(known)));
  }

  private static <T> Outcome<T> invalid(String what) {
    return Outcome.refused(Reason.BuildRequestInvalid, what);
  }
}
