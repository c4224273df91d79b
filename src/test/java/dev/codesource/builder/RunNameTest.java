package dev.codesource.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunNameTest {

  private static final OwnerReference SHOP = Orders.trigger("shop");
  private static final DueCommit DUE = due("main", "refs/heads/main", Orders.SHA, Orders.FOUND_AT);

  private static DueCommit due(String rule, String ref, String sha, Instant foundAt) {
    return new DueCommit(
        rule,
        new GitRef(GitRef.Kind.BRANCH, ref.replace("refs/heads/", "")),
        sha,
        Optional.empty(),
        foundAt);
  }

  @Test
  void theSameCommitFoundAtTheSameTimeHasTheSameName() {
    DueCommit restored =
        new DueCommit(DUE.rule(), DUE.ref(), DUE.sha(), Optional.of("f".repeat(40)), DUE.foundAt());

    assertThat(RunName.of(SHOP, DUE)).isEqualTo(RunName.of(Orders.trigger("shop"), restored));
    // Also after an upgrade of the operator: a build is not started twice.
    assertThat(RunName.of(SHOP, DUE)).isEqualTo("shop-main-f2f629caqsl5ggdd5gjh");
  }

  @Test
  void everyPartOfACommitAndTheTriggerItselfMakeAnotherName() {
    OwnerReference other = new OwnerReferenceBuilder(SHOP).withUid("other").build();
    Set<String> names =
        Stream.of(
                RunName.of(SHOP, DUE),
                RunName.of(other, DUE),
                RunName.of(SHOP, due("other", "refs/heads/main", Orders.SHA, Orders.FOUND_AT)),
                RunName.of(SHOP, due("main", "refs/heads/other", Orders.SHA, Orders.FOUND_AT)),
                RunName.of(SHOP, due("main", "refs/heads/main", "f".repeat(40), Orders.FOUND_AT)),
                RunName.of(
                    SHOP,
                    due("main", "refs/heads/main", Orders.SHA, Orders.FOUND_AT.plusMillis(1))),
                RunName.of(
                    SHOP,
                    new DueCommit(
                        "main",
                        new GitRef(GitRef.Kind.TAG, "main"),
                        Orders.SHA,
                        Optional.empty(),
                        Orders.FOUND_AT)))
            .map(name -> name.substring(name.length() - 20))
            .collect(Collectors.toSet());

    assertThat(names).hasSize(7);
  }

  @Test
  void whatMovesFromOnePartToAnotherMakesAnotherName() {
    assertThat(RunName.of(SHOP, due("main", "refs/heads/a", "b" + Orders.SHA, Orders.FOUND_AT)))
        .isNotEqualTo(RunName.of(SHOP, due("main", "refs/heads/ab", Orders.SHA, Orders.FOUND_AT)));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1", "1, 40", "3, 4", "21, 20", "22, 20", "40, 40", "63, 1", "253, 1", "253, 40",
  })
  void aNameIsALabelOfDnsAndAValueOfLabels(int trigger, int rule) {
    for (String part : new String[] {"a", "a-", "a.", "0-a."}) {
      String name =
          RunName.of(
              Orders.trigger(filled(part, trigger)),
              due(
                  filled(part.replace(".", "-"), rule),
                  "refs/heads/main",
                  Orders.SHA,
                  Orders.FOUND_AT));

      assertThat(name).hasSizeLessThanOrEqualTo(63).matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
      assertThat(name).startsWith(part.substring(0, 1)).contains("-" + part.charAt(0));
    }
  }

  /** Of that length, and ends in a letter or digit as names do. */
  private static String filled(String part, int length) {
    String text = part.repeat(length).substring(0, length);
    return text.substring(0, length - 1)
        + "z".repeat(length > 1 ? 1 : 0)
        + (length > 1 ? "" : text);
  }

  @Test
  void anObjectIsOfTheCommitThatItsNameTells() {
    String name = RunName.of(SHOP, DUE);

    assertThat(RunName.isOf(name, SHOP, DUE)).isTrue();
    assertThat(
            RunName.isOf(
                name, SHOP, due("main", "refs/heads/main", "f".repeat(40), Orders.FOUND_AT)))
        .isFalse();
    assertThat(RunName.isOf("shop-main-0", SHOP, DUE)).isFalse();
  }
}
