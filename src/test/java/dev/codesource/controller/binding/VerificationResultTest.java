package dev.codesource.controller.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.TestBinding;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.Finding;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerificationResultTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  /** Else the status would say for ever that it is reconciling. */
  @Test
  void aBindingThatAwaitsAPersonWithAPassingProblemIsLookedAtWhenPatienceEnds() {
    CodeSourceBinding binding = TestBinding.withSpec("oauth: {flow: AuthorizationCode}");
    binding.getMetadata().setGeneration(1L);
    VerificationResult result =
        VerificationResult.of(
            binding,
            Outcome.refused(Reason.InvalidURL, "None."),
            new Finding.Awaiting(
                new Problem(Reason.ServerError, "Down."),
                Authorization.inBrowser("https://a.example.com/", "https://a.example.com/c")));

    assertThat(result.next(schedule(), status("ServerError"), NOW.plusSeconds(1)))
        .hasValue(NOW.plusSeconds(120));
    assertThat(result.next(schedule(), status("AwaitingAuthorization"), NOW.plusSeconds(1)))
        .isEmpty();
  }

  /** In Kubernetes an annotation may have 256 KiB. */
  @Test
  void ofALongRequestTheStatusHasTheBeginning() {
    CodeSourceBinding binding = TestBinding.withSpec("{}");
    binding.getMetadata().setGeneration(1L);
    binding
        .getMetadata()
        .setAnnotations(Map.of(CodeSourceBinding.REQUESTED_AT, "r".repeat(100_000)));
    VerificationResult result =
        VerificationResult.refused(
            binding,
            Outcome.refused(Reason.InvalidURL, "None."),
            new Problem(Reason.InvalidURL, "None."));

    assertThat(result.observation().requestedAt().orElseThrow())
        .startsWith("rrr")
        .hasSizeLessThan(600);
  }

  private static Schedule schedule() {
    return new Schedule(TestBinding.UID, Duration.ofHours(1));
  }

  private static BindingStatus status(String reason) {
    return new BindingStatus(
        null,
        1L,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(new Condition(NOW.toString(), "Down.", 1L, reason, "True", "Reconciling")));
  }
}
