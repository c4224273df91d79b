package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Reason;
import dev.codesource.web.console.Todo.Action;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindingPageTest {

  private static BindingPage of(CodeSourceBinding binding) {
    return BindingPage.of(
        binding,
        new Panel<>(List.of(), null),
        new Panel<>(List.of(), null),
        true,
        true,
        "",
        Sample.NOW);
  }

  @Test
  void theSentenceAndTheRemedyAreToldOnceEach() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: Failed, conditions: [{type: Ready, status: 'False', reason: TokenRejected, message: 'The host answered 401. %s'}]"
                    .formatted(Reason.TokenRejected.remedy())));

    assertThat(page.sentence()).isEqualTo("The host answered 401.");
    assertThat(page.todo().remedy()).isEqualTo(Reason.TokenRejected.remedy());
    assertThat(page.todo().reason()).isEqualTo("TokenRejected");
  }

  @Test
  void whereNothingIsWrongNothingIsToDo() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: Bound, conditions: [{type: Ready, status: 'True', reason: Bound, message:"
                    + " 'Fine.'}]"));

    assertThat(page.todo()).isNull();
  }

  @Test
  void eachConditionIsAStep() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: Failed, conditions: [{type: AddressValid, status: 'True', reason:"
                    + " Succeeded}, {type: Reachable, status: 'False', reason: HostNotFound},"
                    + " {type: Authenticated, status: Unknown, reason: NotChecked}]"));

    assertThat(page.steps())
        .startsWith(
            new Step("good", "✓", "Address", "in order"),
            new Step("bad", "✗", "Host", "HostNotFound", "/help/HostNotFound", null),
            new Step("off", "–", "Access", "not known"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example.com",
        "https:evil",
        "JAVASCRIPT:alert(1)//https://a",
        "not a uri"
      })
  void anAddressInStatusThatIsNoWebPageIsNoLink(String url) {
    assertThat(
            of(Sample.binding(
                    "phase: AwaitingAuthorization, authorization: {url: '%s'}".formatted(url)))
                .authorize())
        .isNull();
  }

  @Test
  void theAddressAndTheCodeOfAnAuthorizationAreShown() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: AwaitingAuthorization, authorization: {url:"
                    + " 'https://gitlab.example.com/oauth/device', userCode: ABCD-1234, expiresAt:"
                    + " '2026-11-30T12:10:00Z'}"));

    assertThat(page.authorize()).isEqualTo("https://gitlab.example.com/oauth/device");
    assertThat(page.code()).isEqualTo("ABCD-1234");
    assertThat(page.codeEnds()).isEqualTo("2026-11-30 12:10 UTC");
  }

  @Test
  void whoIsWaitedForIsLedToTheButton() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: AwaitingAuthorization, authorization: {url:"
                    + " 'https://operator.example.com/authorize/team-a/gitlab'}, conditions:"
                    + " [{type: Ready, status: 'False', reason: AwaitingAuthorization, message:"
                    + " 'Waiting.'}]"));

    assertThat(page.todo().words()).contains("button below", "alice");
  }

  @Test
  void ofABoundBindingWhoseHostIsDownThatIsTold() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: Bound, conditions: [{type: Ready, status: 'True', reason: Bound, message:"
                    + " 'Fine.'}, {type: Reachable, status: 'False', reason: HostNotFound, message:"
                    + " 'No such name.'}]"));

    assertThat(page.sentence()).isEqualTo("No such name.");
    assertThat(page.todo().remedy()).isEqualTo(Reason.HostNotFound.remedy());
  }

  @Test
  void aSecondProblemHasItsSentenceAndALinkToItsHelp() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: Failed, conditions: [{type: Ready, status: 'False', reason: TokenExpired,"
                    + " message: 'It has expired.'}, {type: Authenticated, status: 'False', reason:"
                    + " TokenExpired, message: 'It has expired.'}, {type: Published, status:"
                    + " 'False', reason: SecretNotOwned, message: 'The Secret a is not owned.'}]"));

    assertThat(page.steps())
        .contains(
            new Step("bad", "✗", "Access", "TokenExpired", "/help/TokenExpired", null),
            new Step(
                "bad",
                "✗",
                "Published",
                "SecretNotOwned",
                "/help/SecretNotOwned",
                "The Secret a is not owned."));
  }

  private static final String REJECTED =
      "phase: Failed, observedGeneration: 3, lastHandledRequestedAt: '2026-11-30T11:59:00Z',"
          + " conditions: [{type: Ready, status: 'False', reason: TokenRejected, message: 'No.'}]";

  private static CodeSourceBinding asked(String at, String status) {
    CodeSourceBinding binding = Sample.binding(status);
    binding.getMetadata().setAnnotations(Map.of(CodeSourceBinding.REQUESTED_AT, at));
    return binding;
  }

  @Test
  void untilTheOperatorHasAnsweredTheOldFailureIsNotShownAsTheResultOfTheNewToken() {
    BindingPage page = of(asked("2026-11-30T11:59:59Z", REJECTED));

    assertThat(page.sentence()).startsWith("Stored; being checked.");
    assertThat(page.todo()).isNull();
    assertThat(page.status().word()).isEqualTo("Pending · being checked");
    assertThat(page.status().look()).isEqualTo("wait");
  }

  @Test
  void untilTheOperatorHasSeenAChangeTheOldFailureIsNotShownAsItsResult() {
    assertThat(of(Sample.binding(REJECTED.replace("Generation: 3", "Generation: 2"))).sentence())
        .startsWith("Stored; being checked.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-30T11:59:00Z", // handled
        "2026-11-30T11:50:00Z", // long ago
        "1764500000" // with kubectl
      })
  void whatTheOperatorFoundIsShownWhereNoAnswerIsDue(String asked) {
    assertThat(of(asked(asked, REJECTED)).sentence()).isEqualTo("No.");
  }

  @Test
  void aSuspendedBindingSaysSoAndHowItIsResumed() {
    BindingPage page = of(Sample.binding(", suspend: true", REJECTED));

    assertThat(page.sentence()).contains("suspended");
    assertThat(page.todo().actions()).extracting(Action::label).containsExactly("Resume");
    assertThat(page.todo().actions().getFirst().isResume()).isTrue();
  }
}
