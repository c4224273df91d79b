package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.build.BuildRule;
import dev.codesource.build.BuildRules;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.runtime.ApiErrors;
import dev.codesource.runtime.ApiWriteBulkhead;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.HostQueue.Entry;
import dev.codesource.runtime.StartBarrier;
import dev.codesource.runtime.StatusWriter;
import dev.codesource.schedule.Delay;
import dev.codesource.verification.ProvenAccess;
import dev.codesource.verification.ProvenAccess.Access;
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
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reconciles one trigger: reads its rules, takes the access of its binding, compares the repository
 * with what was seen, and reports what is due. It does not change the objects that it gets, because
 * they are the informers' own.
 */
@ControllerConfiguration(
    name = "codesourcetrigger",
    generationAwareEventProcessing = false,
    fieldManager = ControllerDefaults.FIELD_MANAGER,
    informer = @Informer(onUpdateFilter = TriggerFilter.class))
// Only faults of the API server or of the operator itself are thrown; they are retried without
// limit.
@GradualRetry(
    maxAttempts = Integer.MAX_VALUE,
    initialInterval = 1_000,
    intervalMultiplier = 2,
    maxInterval = 300_000)
public final class TriggerReconciler implements ConfigurableReconciler<CodeSourceTrigger> {

  private final TriggerEventSources sources;
  private final StartBarrier barrier;
  private final ProvenAccess bindings;
  private final RepositoryWatch watch;
  private final ComparisonTimes times;
  private final TriggerEvents events;
  private final ApiWriteBulkhead apiWrites;
  private final Clock clock;

  TriggerReconciler(
      TriggerEventSources sources,
      StartBarrier barrier,
      ProvenAccess bindings,
      RepositoryWatch watch,
      ComparisonTimes times,
      TriggerEvents events,
      ApiWriteBulkhead apiWrites,
      Clock clock) {
    this.sources = sources;
    this.barrier = barrier;
    this.bindings = bindings;
    this.watch = watch;
    this.times = times;
    this.events = events;
    this.apiWrites = apiWrites;
    this.clock = clock;
  }

  @Override
  public void updateConfigurationFrom(
      ControllerConfigurationOverrider<CodeSourceTrigger> configuration) {
    sources.configure(configuration);
  }

  @Override
  public List<EventSource<?, CodeSourceTrigger>> prepareEventSources(
      EventSourceContext<CodeSourceTrigger> context) {
    return sources.all(context);
  }

  @Override
  public UpdateControl<CodeSourceTrigger> reconcile(
      CodeSourceTrigger trigger, Context<CodeSourceTrigger> context) {
    barrier.await();
    Work work = new Work(trigger, context, BuildRules.of(trigger.getSpec()));
    if (Boolean.TRUE.equals(trigger.getSpec().suspend())) {
      work.asksNoHost();
      work.write(new TriggerFinding.Suspended());
      return UpdateControl.noUpdate();
    }
    Outcome<Access> access =
        work.rules.then(
            _ ->
                bindings.of(
                    trigger.getMetadata().getNamespace(), trigger.getSpec().bindingRef().name()));
    return switch (access) {
      case Outcome.Done<Access>(var proven) -> work.withAccess(proven);
      case Outcome.Refused<Access>(var problem) -> work.withoutAccess(problem, Optional.empty());
      case Outcome.Waiting<Access>(var problem, var until, var _) ->
          work.withoutAccess(problem, until);
    };
  }

  /** One reconciliation. */
  private final class Work {
    private final CodeSourceTrigger trigger;
    private final Context<CodeSourceTrigger> context;
    private final Outcome<List<BuildRule>> rules;
    private final TriggerSchedule schedule;

    Work(
        CodeSourceTrigger trigger,
        Context<CodeSourceTrigger> context,
        Outcome<List<BuildRule>> rules) {
      this.trigger = trigger;
      this.context = context;
      this.rules = rules;
      this.schedule = TriggerSchedule.of(trigger);
    }

    /** Leaves the place in the queue, if it was called for one. */
    void asksNoHost() {
      sources.queue().forget(ResourceID.fromResource(trigger));
    }

    UpdateControl<CodeSourceTrigger> withoutAccess(Problem problem, Optional<Instant> until) {
      asksNoHost();
      return failed(problem, until);
    }

    UpdateControl<CodeSourceTrigger> withAccess(Access access) {
      Optional<Instant> due = times.due(trigger, schedule, clock.instant());
      if (due.isPresent()) {
        asksNoHost();
        write(new TriggerFinding.AsBefore());
        return at(due.get());
      }
      Entry<UpdateControl<CodeSourceTrigger>> entry =
          sources
              .queue()
              .runOrQueue(
                  ResourceID.fromResource(trigger),
                  access.claim().site().origin(),
                  () -> compared(access));
      return switch (entry) {
        case Entry.Done<UpdateControl<CodeSourceTrigger>>(var control) -> control;
        // The queue starts the reconciliation when there is a place.
        case Entry.Queued<UpdateControl<CodeSourceTrigger>> _ -> UpdateControl.noUpdate();
      };
    }

    private UpdateControl<CodeSourceTrigger> compared(Access access) {
      Outcome<RepositoryWatch.Result> result =
          rules.then(usable -> watch.compare(trigger, usable, access));
      Instant now = clock.instant();
      return switch (result) {
        case Outcome.Done<RepositoryWatch.Result>(var found) -> {
          times.compared(trigger, now);
          events.moved(trigger, found.moved());
          events.due(trigger, found.due());
          write(new TriggerFinding.Compared(found.repository(), found.last()));
          yield found.isComplete() ? at(schedule.afterComparison(now)) : again();
        }
        case Outcome.Refused<RepositoryWatch.Result>(var problem) ->
            failed(problem, Optional.empty());
        case Outcome.Waiting<RepositoryWatch.Result>(var problem, var until, var _) ->
            failed(problem, until);
      };
    }

    private UpdateControl<CodeSourceTrigger> again() {
      times.forget(trigger.getMetadata().getUid());
      return at(clock.instant());
    }

    private UpdateControl<CodeSourceTrigger> failed(Problem problem, Optional<Instant> until) {
      TriggerStatus status = write(new TriggerFinding.Failed(problem));
      return schedule
          .afterProblem(problem, until, status, clock.instant())
          .map(this::at)
          .orElseGet(UpdateControl::noUpdate);
    }

    private UpdateControl<CodeSourceTrigger> at(Instant time) {
      return UpdateControl.<CodeSourceTrigger>noUpdate()
          .rescheduleAfter(Delay.until(time, clock.instant()));
    }

    /** Writes the status if it differs. */
    TriggerStatus write(TriggerFinding finding) {
      TriggerStatus next =
          TriggerReport.next(
              trigger, rules, finding, Explainer.explain(trigger, rules), clock.instant());
      if (!Objects.equals(next, trigger.getStatus())) {
        events.transition(trigger, next);
        apiWrites.execute(
            () -> StatusWriter.apply(trigger, new CodeSourceTrigger(), next, context));
      }
      return next;
    }
  }

  /** Ignores errors for a deleted trigger: a deletion does not wait for a reconciliation to end. */
  @Override
  public ErrorStatusUpdateControl<CodeSourceTrigger> updateErrorStatus(
      CodeSourceTrigger trigger, Context<CodeSourceTrigger> context, Exception e) {
    return e instanceof KubernetesClientException answer && ApiErrors.isGone(answer)
        ? ErrorStatusUpdateControl.<CodeSourceTrigger>noStatusUpdate().withNoRetry()
        : ErrorStatusUpdateControl.defaultErrorProcessing();
  }
}
