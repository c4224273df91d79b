package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.git.Refs;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildRequestTest {

  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");
  private static final String SHA = "0123456789abcdef0123456789abcdef01234567";

  private final CodeSourceTrigger trigger =
      TestTrigger.named(
          "shop",
          """
          rules:
          - {name: release, tag: 'v.*', paths: null}
          - {name: main, branch: 'main|x@y'}
          """);

  private final Refs refs =
      new Refs.Builder()
          .add("refs/heads/main", SHA)
          .add("refs/heads/x@y", SHA)
          .add("refs/tags/v1", SHA)
          .build();

  private Outcome<DueCommit> read(String value) {
    return BuildRequest.read(value, TestTrigger.rules(trigger), refs, NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "main@refs/heads/main,main,BRANCH,main",
    "main@refs/heads/main 2026-11-30T06:07:08,main,BRANCH,main",
    "main@refs/heads/x@y,main,BRANCH,x@y",
    "release@refs/tags/v1 again,release,TAG,v1"
  })
  void theNewestCommitOfTheRefIsDue(String value, String rule, GitRef.Kind kind, String name) {
    assertThat(read(value))
        .isEqualTo(
            Outcome.done(new DueCommit(rule, new GitRef(kind, name), SHA, Optional.empty(), NOW)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          refs/heads/main           | does not begin with the name of a rule
          other@refs/heads/main     | does not begin with the name of a rule
          main@main                 | is not the full name of a branch or tag
          main@                     | is not the full name of a branch or tag
          main@refs/tags/v1         | The rule main does not match refs/tags/v1.
          release@refs/tags/v2      | The repository has no refs/tags/v2.
          """)
  void whatCannotBeBuiltIsTold(String value, String what) {
    assertThat(read(value))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.problem().reason()).isEqualTo(Reason.BuildRequestInvalid);
              assertThat(refused.problem().what()).contains(what);
            });
  }
}
