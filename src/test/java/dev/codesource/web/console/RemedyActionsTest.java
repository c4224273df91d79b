package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.codesource.reason.Reason;
import dev.codesource.web.console.Todo.Action;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RemedyActionsTest {

  /** What the page has nothing for, and says so. */
  private static final Set<Reason> OF_OTHERS =
      EnumSet.of(
          Reason.Queued,
          Reason.RateLimited,
          Reason.Conflict,
          Reason.NotRevoked,
          Reason.BuildQuotaExceeded);

  private static final String PAGES =
      "/ns/team-a/bindings/gitlab(/token|/access|/edit|/check|/suspend)?|/ns/team-a/triggers/shop(/edit|/check|/suspend|#build)";

  @ParameterizedTest
  @EnumSource
  void eachRemedyHasAnActionOrSaysWhoCarriesItOut(Reason reason) {
    RemedyActions offered = RemedyActions.about(reason);

    if (reason.remedy().isEmpty() || OF_OTHERS.contains(reason)) {
      assertThat(offered.actions()).isEmpty();
      assertThat(offered.words()).endsWith(".");
    } else {
      assertThat(offered.actions()).isNotEmpty();
    }
  }

  /** Whichever page tells of a reason, it says more than the remedy. */
  @ParameterizedTest
  @EnumSource
  void noPageLeavesAPersonWithTheRemedyAlone(Reason reason) {
    Todo onBinding = Todo.of(reason, Sample.binding(""), false, true);
    Todo onTrigger = Todo.of(reason, Sample.trigger(""), true);

    assertThat(onTrigger.words() + onTrigger.actions()).isNotEqualTo("[]");
    if (isOfBindings(reason)) {
      assertThat(onBinding.words() + onBinding.actions()).isNotEqualTo("[]");
    }
    assertThat(onBinding.actions()).allMatch(action -> action.path().matches(PAGES));
    assertThat(onTrigger.actions()).allMatch(action -> action.path().matches(PAGES));
  }

  private static boolean isOfBindings(Reason reason) {
    return switch (reason.stage()) {
      case ADDRESS, CREDENTIAL, HOST, ACCESS, SCOPES, FRESHNESS, PUBLISHED -> true;
      case RULES, BINDING, REPOSITORY, WEBHOOK, BUILDER, WHOLE -> reason == Reason.Suspended;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "TokenRejected,Replace token,/ns/team-a/bindings/gitlab/token",
    "InvalidURL,Edit,/ns/team-a/bindings/gitlab/edit",
    "OAuthNotOffered,Change access,/ns/team-a/bindings/gitlab/access",
    "CredentialForOtherHost,Change access,/ns/team-a/bindings/gitlab/access",
    "ServerError,Check now,/ns/team-a/bindings/gitlab/check",
    "Suspended,Resume,/ns/team-a/bindings/gitlab/suspend",
    "RefreshRejected,Check now,/ns/team-a/bindings/gitlab/check"
  })
  void theButtonThatCarriesOutTheRemedyIsOffered(Reason reason, String label, String path) {
    Todo todo = Todo.of(reason, Sample.binding(""), false, true);

    assertThat(todo.remedy()).isEqualTo(reason.remedy());
    assertThat(todo.actions().getFirst().label()).isEqualTo(label);
    assertThat(todo.actions().getFirst().path()).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({
    "TokenRejected,Open the binding,/ns/team-a/bindings/gitlab",
    "SecretNotPublished,Edit the binding,/ns/team-a/bindings/gitlab/edit",
    "PatternInvalid,Edit,/ns/team-a/triggers/shop/edit",
    "BuildFailed,Build now,/ns/team-a/triggers/shop#build",
    "ServerError,Compare now,/ns/team-a/triggers/shop/check"
  })
  void onTheTriggersPageItIsThatOfTheTriggerOrLeadsToTheBinding(
      Reason reason, String label, String path) {
    assertThat(Todo.of(reason, Sample.trigger(""), true).actions())
        .extracting(Action::label, Action::path)
        .contains(tuple(label, path));
  }

  @Test
  void whoMayNotChangeIsOfferedNothing() {
    assertThat(Todo.of(Reason.TokenRejected, Sample.binding(""), false, false).actions()).isEmpty();
    assertThat(Todo.of(Reason.PatternInvalid, Sample.trigger(""), false).actions()).isEmpty();
  }

  @Test
  void aTokenIsReplacedOnlyWhereThereIsOne() {
    assertThat(
            Todo.of(Reason.InsufficientScope, Sample.byOAuth(""), false, true)
                .actions()
                .getFirst()
                .label())
        .isEqualTo("Change access");
  }
}
