package dev.codesource.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.TestBinding;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttemptTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456789Z");

  private static final Set<Reason> OF_THE_PERSON =
      EnumSet.of(
          Reason.AuthorizationDenied,
          Reason.AuthorizationExpired,
          Reason.OAuthClientRejected,
          Reason.UsernameMismatch,
          Reason.InsufficientScope,
          Reason.AccountBlocked,
          Reason.TokenRejected,
          Reason.TokenExpired,
          Reason.TokenRevoked);

  /**
   * Others are about the cluster, such as that a Secret is missing: that is looked at, not noted.
   */
  @ParameterizedTest
  @EnumSource(Reason.class)
  void onlyWhatTheCodeHostSaysIsNotedAndRead(Reason reason) {
    boolean isOfTheHost = OF_THE_PERSON.contains(reason) || reason.stage() == Stage.HOST;
    CodeSourceBinding binding = TestBinding.withSpec("oauth: {flow: AuthorizationCode}");
    binding.getMetadata().setGeneration(3L);
    binding
        .getMetadata()
        .setAnnotations(
            Map.of(Attempt.ANNOTATION, reason + " of generation 3 at 2026-03-01T12:00:00.123Z"));

    assertThat(Attempt.failed(reason, NOW).isPresent()).isEqualTo(isOfTheHost);
    assertThat(Attempt.lastOf(binding)).isEqualTo(Attempt.failed(reason, NOW));
    assertThat(Attempt.failed(reason, NOW).map(attempt -> attempt.note(binding)))
        .isEqualTo(isOfTheHost ? Attempt.noted(binding) : Optional.empty());
  }
}
