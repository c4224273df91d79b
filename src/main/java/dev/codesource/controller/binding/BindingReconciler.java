package dev.codesource.controller.binding;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.controller.binding.BindingResultWriter.Written;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiErrors;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.HostQueue;
import dev.codesource.runtime.HostQueue.Entry;
import dev.codesource.runtime.StartBarrier;
import dev.codesource.schedule.Delay;
import dev.codesource.status.Publishing;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import io.quarkiverse.operatorsdk.runtime.api.ConfigurableReconciler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reconciles one binding: verifies its access, publishes it, reports it, and schedules the next
 * reconciliation. It does not change the objects that it gets, because they are the informers' own.
 */
@ControllerConfiguration(
    name = "codesourcebinding",
    generationAwareEventProcessing = false,
    fieldManager = ControllerDefaults.FIELD_MANAGER,
    informer = @Informer(onUpdateFilter = ReconcileFilter.class))
// Only faults of the API server or of the operator itself are thrown; they are retried without
// limit.
@GradualRetry(
    maxAttempts = Integer.MAX_VALUE,
    initialInterval = 1_000,
    intervalMultiplier = 2,
    maxInterval = 300_000)
public final class BindingReconciler implements ConfigurableReconciler<CodeSourceBinding> {

  /**
   * How long a binding waits in the queue before its status says so. Most wait for less, and a
   * status for each would double the writes of a first start.
   */
  private static final Duration QUEUED_SILENTLY = Duration.ofSeconds(60);

  private final BindingEventSources sources;
  private final StartBarrier barrier;
  private final HostQueue queue;
  private final BindingAccess access;
  private final ConsumerCredentials credentials;
  private final GrantRevocation revocation;
  private final BindingResultWriter results;
  private final RepositoryFinder repositories;
  private final Clock clock;
  private final ReconcileFilter changes = new ReconcileFilter();

  BindingReconciler(
      BindingEventSources sources,
      StartBarrier barrier,
      HostQueue queue,
      BindingAccess access,
      ConsumerCredentials credentials,
      GrantRevocation revocation,
      BindingResultWriter results,
      RepositoryFinder repositories,
      Clock clock) {
    this.sources = sources;
    this.barrier = barrier;
    this.queue = queue;
    this.access = access;
    this.credentials = credentials;
    this.revocation = revocation;
    this.results = results;
    this.repositories = repositories;
    this.clock = clock;
  }

  @Override
  public void updateConfigurationFrom(
      ControllerConfigurationOverrider<CodeSourceBinding> configuration) {
    sources.configure(configuration);
  }

  @Override
  public List<EventSource<?, CodeSourceBinding>> prepareEventSources(
      EventSourceContext<CodeSourceBinding> context) {
    return sources.all(context);
  }

  @Override
  public UpdateControl<CodeSourceBinding> reconcile(
      CodeSourceBinding binding, Context<CodeSourceBinding> context) {
    barrier.await();
    Outcome<SiteUrl> site = access.site(binding);
    return switch (site) {
      case Outcome.Done<SiteUrl>(var address) -> inTurn(binding, context, site, address.origin());
      case Outcome.Refused<SiteUrl> _, Outcome.Waiting<SiteUrl> _ ->
          withoutHost(binding, context, site);
    };
  }

  private UpdateControl<CodeSourceBinding> withoutHost(
      CodeSourceBinding binding, Context<CodeSourceBinding> context, Outcome<SiteUrl> site) {
    Entry<UpdateControl<CodeSourceBinding>> entry =
        queue.runOrQueue(ResourceID.fromResource(binding), () -> reconcile(binding, context, site));
    return entry instanceof Entry.Done<UpdateControl<CodeSourceBinding>>(var control)
        ? control
        : UpdateControl.noUpdate();
  }

  private UpdateControl<CodeSourceBinding> inTurn(
      CodeSourceBinding binding,
      Context<CodeSourceBinding> context,
      Outcome<SiteUrl> site,
      Origin host) {
    Entry<UpdateControl<CodeSourceBinding>> entry =
        queue.runOrQueue(
            ResourceID.fromResource(binding), host, () -> reconcile(binding, context, site));
    return switch (entry) {
      case Entry.Done<UpdateControl<CodeSourceBinding>>(var control) -> control;
      case Entry.Queued<UpdateControl<CodeSourceBinding>>(var ahead, var waited) -> {
        // Where the API server is slow, thousands of them would take its time from the proofs.
        if (!waited.minus(QUEUED_SILENTLY).isNegative()
            && !isSettled(binding)
            && !results.isBusy()) {
          results.write(
              binding,
              context,
              VerificationResult.queued(binding, site, ahead, host),
              Outcome.done(ConsumerCredential.NONE));
        }
        // Only to say so: the queue starts the reconciliation when there is a place.
        yield UpdateControl.<CodeSourceBinding>noUpdate().rescheduleAfter(QUEUED_SILENTLY);
      }
    };
  }

  /**
   * Whether the status need not say that the binding waits: it is of this generation, and does not
   * say that a person has to do something, for perhaps it is done.
   */
  private static boolean isSettled(CodeSourceBinding binding) {
    return ObservedStatus.of(binding)
        .filter(status -> Conditions.of(status, ConditionType.Stalled).isEmpty())
        .isPresent();
  }

  private UpdateControl<CodeSourceBinding> reconcile(
      CodeSourceBinding binding, Context<CodeSourceBinding> context, Outcome<SiteUrl> site) {
    Optional<Instant> notBefore = access.notBefore(binding);
    if (notBefore.isPresent()) {
      return again(Stream.of(notBefore));
    }
    revocation.prepare(binding, context);
    Schedule schedule = Schedule.of(binding);
    VerificationResult result = access.verify(binding, site);
    Outcome<ConsumerCredential> credential =
        credentials.provide(context, binding, result.finding(), result.claim());
    Written written = results.write(binding, context, result, credential);
    written.applied().ifPresent(sources::applied);
    Optional<Instant> cleanup =
        credentials.cleanUp(context, binding, result.claim(), credential, written.publishing());
    return again(
        Stream.of(
            result.next(schedule, written.status(), clock.instant()),
            nextTry(schedule, written, credential),
            cleanup,
            repositories.find(binding, result),
            changedMeanwhile(binding, written)));
  }

  /**
   * Now, if the answer to the write of the status shows a change that asks for a reconciliation:
   * the Operator SDK drops events that are older than such a write, and with them that change.
   */
  private Optional<Instant> changedMeanwhile(CodeSourceBinding binding, Written written) {
    return written
        .applied()
        .filter(applied -> changes.accept(applied, binding))
        .map(ignored -> clock.instant());
  }

  /** Secrets of others are not watched, so one with a conflicting name is checked again later. */
  private Optional<Instant> nextTry(
      Schedule schedule, Written written, Outcome<ConsumerCredential> credential) {
    Optional<Instant> until =
        credential instanceof Outcome.Waiting<ConsumerCredential>(var _, var end, var _)
            ? end
            : Optional.empty();
    return written.publishing() instanceof Publishing.Refused(var problem, var _)
        ? schedule.afterProblem(problem, until, written.status(), clock.instant())
        : Optional.empty();
  }

  private UpdateControl<CodeSourceBinding> again(Stream<Optional<Instant>> times) {
    UpdateControl<CodeSourceBinding> control = UpdateControl.noUpdate();
    times
        .flatMap(Optional::stream)
        .min(Instant::compareTo)
        .ifPresent(time -> control.rescheduleAfter(Delay.until(time, clock.instant())));
    return control;
  }

  /** Ignores errors for a deleted binding: a deletion does not wait for a reconciliation to end. */
  @Override
  public ErrorStatusUpdateControl<CodeSourceBinding> updateErrorStatus(
      CodeSourceBinding binding, Context<CodeSourceBinding> context, Exception e) {
    return e instanceof KubernetesClientException answer && ApiErrors.isGone(answer)
        ? ErrorStatusUpdateControl.<CodeSourceBinding>noStatusUpdate().withNoRetry()
        : ErrorStatusUpdateControl.defaultErrorProcessing();
  }
}
