package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.publish.ConsumerLogin;
import dev.codesource.publish.Publisher;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiWriteBulkhead;
import dev.codesource.runtime.StatusWriter;
import dev.codesource.status.Publishing;
import dev.codesource.status.StatusReport;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;

/**
 * Writes the result of a reconciliation: the published Secrets, Events, metrics and the status.
 * Unchanged objects are not written.
 */
@Singleton
final class BindingResultWriter {

  private final Publisher publisher;
  private final TransitionEvents events;
  private final BindingMetrics metrics;
  private final ApiWriteBulkhead apiWrites;
  private final Clock clock;

  BindingResultWriter(
      Publisher publisher,
      TransitionEvents events,
      BindingMetrics metrics,
      ApiWriteBulkhead apiWrites,
      Clock clock) {
    this.publisher = publisher;
    this.events = events;
    this.metrics = metrics;
    this.apiWrites = apiWrites;
    this.clock = clock;
  }

  /**
   * What was written.
   *
   * @param applied the binding as the API server has it after the write of the status; empty: the
   *     status was the same
   */
  record Written(
      Publishing publishing, BindingStatus status, Optional<CodeSourceBinding> applied) {}

  /** Whether the API server has enough to write, so that what only informs should wait. */
  boolean isBusy() {
    return apiWrites.isBusy();
  }

  Written write(
      CodeSourceBinding binding,
      Context<CodeSourceBinding> context,
      VerificationResult result,
      Outcome<ConsumerCredential> credential) {
    return apiWrites.execute(
        () -> {
          Publishing publishing = publish(binding, result, credential);
          return report(binding, context, result, publishing);
        });
  }

  private Publishing publish(
      CodeSourceBinding binding,
      VerificationResult result,
      Outcome<ConsumerCredential> credential) {
    return publisher.publish(
        binding,
        result.finding(),
        result.claim(),
        credential.map(
            given ->
                result
                    .claim()
                    .map(claim -> given.login(binding, claim))
                    .orElseGet(ConsumerLogin.BoundCredential::new)),
        BindingInputs.kept(binding));
  }

  private Written report(
      CodeSourceBinding binding,
      Context<CodeSourceBinding> context,
      VerificationResult result,
      Publishing publishing) {
    BindingStatus next =
        StatusReport.next(binding.getStatus(), result.observation(), publishing, clock.instant());
    events.announce(binding, next);
    metrics.update(binding, next);
    Optional<CodeSourceBinding> applied =
        next.equals(binding.getStatus())
            ? Optional.empty()
            : Optional.of(StatusWriter.apply(binding, new CodeSourceBinding(), next, context));
    return new Written(publishing, next, applied);
  }
}
