package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Reason;
import java.util.List;
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
    assertThat(page.remedy()).isEqualTo(Reason.TokenRejected.remedy());
    assertThat(page.reason()).isEqualTo("TokenRejected");
  }

  @Test
  void whereNothingIsWrongNothingIsToDo() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: Bound, conditions: [{type: Ready, status: 'True', reason: Bound, message: 'Fine.'}]"));

    assertThat(page.remedy()).isNull();
  }

  @Test
  void eachConditionIsAStep() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: Failed, conditions: [{type: AddressValid, status: 'True', reason: Succeeded}, {type: Reachable, status: 'False', reason: HostNotFound}, {type: Authenticated, status: Unknown, reason: NotChecked}]"));

    assertThat(page.steps())
        .startsWith(
            new Step("good", "✓", "Address", "in order"),
            new Step("bad", "✗", "Host", "HostNotFound"),
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
                "phase: AwaitingAuthorization, authorization: {url: 'https://gitlab.example.com/oauth/device', userCode: ABCD-1234, expiresAt: '2026-11-30T12:10:00Z'}"));

    assertThat(page.authorize()).isEqualTo("https://gitlab.example.com/oauth/device");
    assertThat(page.code()).isEqualTo("ABCD-1234");
    assertThat(page.codeEnds()).isEqualTo("2026-11-30 12:10 UTC");
  }

  @Test
  void whoIsWaitedForIsLedToTheButton() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: AwaitingAuthorization, authorization: {url: 'https://operator.example.com/authorize/team-a/gitlab'}, conditions: [{type: Ready, status: 'False', reason: AwaitingAuthorization, message: 'Waiting.'}]"));

    assertThat(page.remedy()).contains("button below", "alice");
  }

  @Test
  void ofABoundBindingWhoseHostIsDownThatIsTold() {
    BindingPage page =
        of(
            Sample.binding(
                "phase: Bound, conditions: [{type: Ready, status: 'True', reason: Bound, message: 'Fine.'}, {type: Reachable, status: 'False', reason: HostNotFound, message: 'No such name.'}]"));

    assertThat(page.sentence()).isEqualTo("No such name.");
    assertThat(page.remedy()).isEqualTo(Reason.HostNotFound.remedy());
  }
}
