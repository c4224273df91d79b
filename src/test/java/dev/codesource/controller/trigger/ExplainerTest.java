package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TestTrigger;
import dev.codesource.api.TriggerStatus.ExplainedRule;
import dev.codesource.api.TriggerStatus.Explanation;
import dev.codesource.build.BuildRules;
import dev.codesource.reason.Reason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExplainerTest {

  private static Optional<Explanation> explained(CodeSourceTrigger trigger, String ref) {
    trigger.getMetadata().getAnnotations().put(CodeSourceTrigger.EXPLAIN, ref);
    return Explainer.explain(trigger, BuildRules.of(trigger.getSpec()));
  }

  private static Explanation explained(String ref) {
    return explained(TestTrigger.withSpec(TestTrigger.SHOP), ref).orElseThrow();
  }

  @Test
  void whoAsksNothingIsToldNothing() {
    CodeSourceTrigger trigger = TestTrigger.withSpec(TestTrigger.SHOP);

    assertThat(Explainer.explain(trigger, BuildRules.of(trigger.getSpec()))).isEmpty();
    assertThat(explained(trigger, " ")).isEmpty();
  }

  @Test
  void theRulesThatMatchAreToldWithTheNamesOfTheImage() {
    assertThat(explained("refs/tags/v1.3"))
        .isEqualTo(
            new Explanation(
                "refs/tags/v1.3",
                List.of(
                    new ExplainedRule(
                        "release",
                        List.of(
                            "registry.example.com/shop:1.3",
                            "registry.example.com/shop:1.3-0123456"),
                        null)),
                null));
  }

  @Test
  void aRefThatNoRuleMatchesHasNone() {
    assertThat(explained("refs/heads/other"))
        .isEqualTo(new Explanation("refs/heads/other", List.of(), null));
  }

  @Test
  void aTextThatIsNoFullNameIsToldApart() {
    assertThat(explained("main"))
        .isEqualTo(
            new Explanation(
                "main",
                null,
                "\"main\" is not the full name of a branch or tag. " + Reason.RefInvalid.remedy()));
  }

  @Test
  void aRuleWhoseTagRegistriesRefuseSaysSoAndTheOthersAreTold() {
    CodeSourceTrigger trigger =
        TestTrigger.withSpec(
            """
            bindingRef: {name: gitlab}
            repository: group/shop
            rules:
            - {name: good, branch: 'a/.*', imageTags: ['${refSlug}']}
            - {name: bad, branch: 'a/.*', imageTags: ['${ref}']}
            """);

    List<ExplainedRule> rules =
        Optional.ofNullable(explained(trigger, "refs/heads/a/b").orElseThrow().rules())
            .orElseThrow();

    assertThat(rules.getFirst()).isEqualTo(new ExplainedRule("good", List.of("a-b"), null));
    assertThat(rules.getLast().images()).isNull();
    assertThat(rules.getLast().message())
        .startsWith("The rule bad makes the image tag \"a/b\" of refs/heads/a/b");
  }

  @Test
  void rulesThatCannotBeReadAreToldInsteadOfAnAnswer() {
    CodeSourceTrigger trigger =
        TestTrigger.withSpec(
            """
            bindingRef: {name: gitlab}
            repository: group/shop
            rules: [{name: main, branch: 'main('}]
            """);

    Explanation explanation = explained(trigger, "refs/heads/main").orElseThrow();

    assertThat(explanation.rules()).isNull();
    assertThat(explanation.message()).startsWith("The pattern of the rule main cannot be read");
  }

  /** Else each reconciliation would write another status. */
  @Test
  void theAnswerIsTheSameEachTime() {
    CodeSourceTrigger trigger =
        TestTrigger.withSpec(
            """
            bindingRef: {name: gitlab}
            repository: group/shop
            rules: [{name: main, branch: main, imageTags: ['${time}-${sha}']}]
            """);

    assertThat(explained(trigger, "refs/heads/main"))
        .isEqualTo(explained(trigger, "refs/heads/main"))
        .hasValueSatisfying(
            each ->
                assertThat(Optional.ofNullable(each.rules()).orElseThrow().getFirst().images())
                    .containsExactly("20000131120000-0123456789abcdef0123456789abcdef01234567"));
  }
}
