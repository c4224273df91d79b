package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.FoundBy;
import dev.codesource.build.BuildRule;
import dev.codesource.build.BuildRules;
import dev.codesource.builder.Run;
import dev.codesource.builder.RunKind;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.runtime.ApiErrors;
import dev.codesource.runtime.ApiWriteBulkhead;
import dev.codesource.runtime.ComputeThreads;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.HostQueue.Entry;
import dev.codesource.runtime.StartBarrier;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Reconciles one trigger: reads its rules, takes the access of its binding, compares the repository
 * with what was seen, reports what is due, and tells builders. It does not change the objects that
 * it gets, because they are the informers' own.
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

  /** Between two comparisons of a repository with many changes: each writes its Secret. */
  private static final Duration BETWEEN_PARTS = Duration.ofSeconds(2);

  private final TriggerEventSources sources;
  private final StartBarrier barrier;
  private final ProvenAccess bindings;
  private final RepositoryWatch watch;
  private final ComparisonTimes times;
  private final DeliveryLog deliveries;
  private final TriggerWebhooks webhooks;
  private final Handover handover;
  private final Builds builds;
  private final CommitReports reports;
  private final TriggerEvents events;
  private final TriggerMetrics metrics;
  private final TriggerGauges gauges;
  private final ApiWriteBulkhead apiWrites;
  private final ComputeThreads threads;
  private final Clock clock;
  private final TriggerFilter changes = new TriggerFilter();

  TriggerReconciler(
      TriggerEventSources sources,
      StartBarrier barrier,
      ProvenAccess bindings,
      RepositoryWatch watch,
      ComparisonTimes times,
      DeliveryLog deliveries,
      TriggerWebhooks webhooks,
      Handover handover,
      Builds builds,
      CommitReports reports,
      TriggerEvents events,
      TriggerMetrics metrics,
      TriggerGauges gauges,
      ApiWriteBulkhead apiWrites,
      ComputeThreads threads,
      Clock clock) {
    this.sources = sources;
    this.barrier = barrier;
    this.bindings = bindings;
    this.watch = watch;
    this.times = times;
    this.deliveries = deliveries;
    this.webhooks = webhooks;
    this.handover = handover;
    this.builds = builds;
    this.reports = reports;
    this.events = events;
    this.metrics = metrics;
    this.gauges = gauges;
    this.apiWrites = apiWrites;
    this.threads = threads;
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
    return reconcile(trigger, TriggerWrites.of(trigger, context));
  }

  UpdateControl<CodeSourceTrigger> reconcile(CodeSourceTrigger trigger, TriggerWrites writes) {
    barrier.await();
    Work work = new Work(trigger, writes, BuildRules.of(trigger.getSpec()));
    if (Boolean.TRUE.equals(trigger.getSpec().suspend())) {
      return work.suspended();
    }
    Outcome<Access> access =
        work.rules.then(
            _ ->
                bindings.of(
                    trigger.getMetadata().getNamespace(), trigger.getSpec().bindingRef().name()));
    try {
      return switch (access) {
        case Outcome.Done<Access>(var proven) -> work.withAccess(proven);
        case Outcome.Refused<Access>(var problem) -> work.withoutAccess(problem, Optional.empty());
        case Outcome.Waiting<Access>(var problem, var until, var _) ->
            work.withoutAccess(problem, until);
      };
    } finally {
      // It may have been deleted meanwhile, and noted again after it was forgotten.
      sources.forgetIfGone(trigger);
    }
  }

  /** One reconciliation. */
  private final class Work {
    private final CodeSourceTrigger trigger;
    private final TriggerWrites writes;
    private final Outcome<List<BuildRule>> rules;
    private final Optional<TriggerStatus> before;

    /**
     * The answer to the write of the status shows a change that asks for a reconciliation: the
     * Operator SDK drops events that are older than such a write, and with them that change.
     */
    private boolean isChangedMeanwhile;

    private final TriggerSchedule schedule;

    /** As it was written last. */
    private Optional<TriggerStatus> current;

    /** Whether nothing is compared until builders have taken some of what is due. */
    private boolean isFull;

    Work(CodeSourceTrigger trigger, TriggerWrites writes, Outcome<List<BuildRule>> rules) {
      this.trigger = trigger;
      this.writes = writes;
      this.rules = rules;
      this.before = Optional.ofNullable(trigger.getStatus());
      this.schedule = TriggerSchedule.of(trigger, before);
      this.current = before;
    }

    UpdateControl<CodeSourceTrigger> withoutAccess(Problem problem, Optional<Instant> until) {
      return whenThereIsAPlace(
          () -> {
            // When the access comes back, pushes may have been missed.
            times.forget(uid());
            return toldToBuilders(again(failed(problem, until)), Optional.empty());
          });
    }

    UpdateControl<CodeSourceTrigger> suspended() {
      return whenThereIsAPlace(
          () -> {
            handover.suspended(trigger);
            write(new TriggerFinding.Suspended());
            return withoutBuilders(again(Optional.empty()));
          });
    }

    UpdateControl<CodeSourceTrigger> withAccess(Access access) {
      Instant now = clock.instant();
      Optional<Instant> atInterval = times.due(trigger, schedule, now);
      Optional<Instant> because = deliveries.due(uid());
      boolean isTold = because.filter(time -> !now.isBefore(time)).isPresent();
      if (atInterval.isPresent() && !isTold) {
        return whenThereIsAPlace(
            () -> {
              // Else a change of the spec that is to be compared later would be taken for compared.
              if (ObservedStatus.of(trigger).isPresent()) {
                write(new TriggerFinding.AsBefore());
              }
              return toldToBuilders(at(atInterval.get(), because), Optional.of(access));
            });
      }
      Entry<UpdateControl<CodeSourceTrigger>> entry =
          sources
              .queue()
              .runOrQueue(
                  ResourceID.fromResource(trigger),
                  access.claim().site().origin(),
                  () ->
                      watch.isFull(trigger, usableRules())
                          ? full()
                          : compared(access, atInterval.isEmpty()));
      return entry instanceof Entry.Done<UpdateControl<CodeSourceTrigger>>(var control)
          ? toldToBuilders(control, Optional.of(access))
          : whenCalled();
    }

    /** Does what asks no code host for refs. */
    private UpdateControl<CodeSourceTrigger> whenThereIsAPlace(
        Supplier<UpdateControl<CodeSourceTrigger>> work) {
      Entry<UpdateControl<CodeSourceTrigger>> entry =
          sources.queue().runOrQueue(ResourceID.fromResource(trigger), work);
      return entry instanceof Entry.Done<UpdateControl<CodeSourceTrigger>>(var control)
          ? control
          : whenCalled();
    }

    /**
     * The queue starts the reconciliation when there is a place. Until then nothing is read for the
     * trigger, at a start of thousands.
     */
    private static UpdateControl<CodeSourceTrigger> whenCalled() {
      return UpdateControl.noUpdate();
    }

    private UpdateControl<CodeSourceTrigger> full() {
      isFull = true;
      times.forget(uid());
      write(new TriggerFinding.AsBefore());
      return UpdateControl.noUpdate();
    }

    /**
     * Compares.
     *
     * @param isAtInterval whether the webhook is compared, too; else a delivery is the cause
     */
    private UpdateControl<CodeSourceTrigger> compared(Access access, boolean isAtInterval) {
      times.begins(trigger, clock.instant());
      DeliveryLog.Look look = deliveries.begin(uid());
      Outcome<RepositoryWatch.Result> result =
          gauges.timed(() -> rules.then(usable -> watch.compare(trigger, usable, access)));
      Instant now = clock.instant();
      return switch (result) {
        case Outcome.Done<RepositoryWatch.Result>(var found) -> {
          int requested = found.requested().isPresent() ? 1 : 0;
          int noticed = found.due().size() - requested;
          deliveries.end(
              uid(),
              look,
              found.isComplete() && (found.isChanged() || noticed > 0),
              found.isChanged() && WebhookReport.isActive(before),
              now);
          events.moved(trigger, found.moved());
          events.due(trigger, found.due());
          found.refusedRequest().ifPresent(problem -> events.refused(trigger, problem));
          FoundBy foundBy = look.isTold() ? FoundBy.Webhook : FoundBy.Poll;
          metrics.due(foundBy, noticed);
          metrics.due(FoundBy.Annotation, requested);
          TriggerWebhooks.Result webhook =
              isAtInterval
                  ? webhooks.keep(trigger, writes.finalizer(), found.repository(), access)
                  : TriggerWebhooks.Result.AS_BEFORE;
          TriggerStatus status =
              write(
                  new TriggerFinding.Compared(
                      found.repository(), found.last(), handover.missing(usableRules())),
                  new PushNotices(
                      webhook.finding(),
                      foundBy,
                      found.requested(),
                      deliveries.lastDelivery(uid())));
          yield found.isComplete() ? next(status, isAtInterval, webhook.again(), now) : again();
        }
        case Outcome.Refused<RepositoryWatch.Result>(var problem) ->
            inVain(problem, Optional.empty(), now);
        case Outcome.Waiting<RepositoryWatch.Result>(var problem, var until, var _) ->
            inVain(problem, until, now);
      };
    }

    /** The comparison failed: the next one is as late as the problem asks for. */
    private UpdateControl<CodeSourceTrigger> inVain(
        Problem problem, Optional<Instant> until, Instant now) {
      deliveries.failed(uid(), now);
      Optional<Instant> next = failed(problem, until);
      times.failed(trigger, next);
      return again(next);
    }

    /**
     * After a comparison.
     *
     * @param again when the webhook is looked at again; empty: at the interval
     */
    private UpdateControl<CodeSourceTrigger> next(
        TriggerStatus status, boolean isAtInterval, Optional<Instant> again, Instant now) {
      TriggerSchedule present = TriggerSchedule.of(trigger, Optional.of(status));
      if (isAtInterval) {
        times.compared(trigger, now);
        again.ifPresent(time -> times.again(trigger, time));
      }
      return at(
          times.next(trigger, present).orElse(present.afterComparison(now)), deliveries.due(uid()));
    }

    private String uid() {
      return trigger.getMetadata().getUid();
    }

    private List<BuildRule> usableRules() {
      return rules instanceof Outcome.Done<List<BuildRule>>(var usable) ? usable : List.of();
    }

    /** Tells builders what is due: now, whatever the code host says. */
    private UpdateControl<CodeSourceTrigger> toldToBuilders(
        UpdateControl<CodeSourceTrigger> control, Optional<Access> proven) {
      if (!(rules instanceof Outcome.Done<List<BuildRule>>(var usable))) {
        return withoutBuilders(control);
      }
      Handover.Result told =
          handover.pass(
              trigger, usable, current.flatMap(status -> Optional.ofNullable(status.repository())));
      if (current.isPresent()) {
        TriggerStatus present = current.get();
        TriggerStatus next =
            withBuilds(
                (known, runs) ->
                    BuilderReport.next(
                        present, told, usable, runs, known, isReported(), clock.instant()));
        told.problem().ifPresent(problem -> events.builder(trigger, current, problem));
        write(next);
      }
      Optional<Instant> reported = proven.flatMap(this::reported);
      Optional<Instant> ended = builds.cleanUp(trigger, run -> isNeeded(run, told));
      if (isFull && !watch.isFull(trigger, usable)) {
        return at(clock.instant());
      }
      Optional<Instant> next =
          Stream.of(
                  told.next(),
                  reported,
                  ended,
                  control.getScheduleDelay().map(clock.instant()::plusMillis))
              .flatMap(Optional::stream)
              .min(Instant::compareTo);
      return again(next);
    }

    /** When there is more to tell the code host. */
    private Optional<Instant> reported(Access proven) {
      return current.flatMap(
          status -> {
            CommitReports.Result result = reports.tell(trigger, proven, status);
            write(result.status());
            return result.next();
          });
    }

    /** Tells builders nothing. Builds that were started end all the same, and are seen to. */
    private UpdateControl<CodeSourceTrigger> withoutBuilders(
        UpdateControl<CodeSourceTrigger> control) {
      current.ifPresent(
          present ->
              write(
                  withBuilds(
                      (known, runs) ->
                          BuilderReport.next(
                              present, runs, known, isReported(), clock.instant()))));
      return again(
          Stream.of(
                  // What is pending is not known here.
                  builds.cleanUp(trigger, _ -> true),
                  control.getScheduleDelay().map(clock.instant()::plusMillis))
              .flatMap(Optional::stream)
              .min(Instant::compareTo));
    }

    /** Whether a restart would build its commit again, or the code host is yet to be told. */
    private boolean isNeeded(Run run, Handover.Result told) {
      return told.outbox().pending().stream().anyMatch(run::isOf)
          || (isReported()
              && run.progress()
                  .finishedAt()
                  .filter(end -> clock.instant().isBefore(end.plus(BuilderReport.UNREPORTED)))
                  .isPresent()
              && current.filter(status -> isUnreported(run, status)).isPresent());
    }

    private static boolean isUnreported(Run run, TriggerStatus status) {
      return Stream.ofNullable(status.rules())
          .flatMap(List::stream)
          .flatMap(rule -> Stream.ofNullable(rule.builds()))
          .flatMap(List::stream)
          .filter(build -> build.object() != null && run.name().equals(build.object().name()))
          .anyMatch(build -> build.state() != build.reported());
    }

    private boolean isReported() {
      return Boolean.TRUE.equals(trigger.getSpec().commitStatus());
    }

    private TriggerStatus withBuilds(BiFunction<Set<RunKind>, List<Run>, TriggerStatus> report) {
      // First: what is listed meanwhile is not taken for all that there is.
      Set<RunKind> known = builds.known();
      TriggerStatus next = report.apply(known, builds.observed(trigger, before));
      List<BuildChange> changes = BuildChange.between(before, next);
      events.builds(trigger, changes);
      changes.forEach(metrics::build);
      return next;
    }

    /** There is more than one comparison looks at. A server may change everything all the time. */
    private UpdateControl<CodeSourceTrigger> again() {
      times.failed(trigger, Optional.of(clock.instant().plus(BETWEEN_PARTS)));
      return at(clock.instant().plus(BETWEEN_PARTS));
    }

    /** When it is tried again; empty: when something changes. */
    private Optional<Instant> failed(Problem problem, Optional<Instant> until) {
      TriggerStatus status = write(new TriggerFinding.Failed(problem));
      return schedule.afterProblem(problem, until, status, clock.instant());
    }

    /**
     * @param next empty: when something changes
     */
    private UpdateControl<CodeSourceTrigger> again(Optional<Instant> next) {
      return next.map(this::at)
          .orElseGet(() -> isChangedMeanwhile ? after(clock.instant()) : UpdateControl.noUpdate());
    }

    private UpdateControl<CodeSourceTrigger> at(Instant time, Optional<Instant> orSooner) {
      return at(orSooner.filter(time::isAfter).orElse(time));
    }

    private UpdateControl<CodeSourceTrigger> at(Instant time) {
      return isChangedMeanwhile ? after(clock.instant()) : after(time);
    }

    private UpdateControl<CodeSourceTrigger> after(Instant time) {
      return UpdateControl.<CodeSourceTrigger>noUpdate()
          .rescheduleAfter(Delay.until(time, clock.instant()));
    }

    TriggerStatus write(TriggerFinding finding) {
      return write(finding, PushNotices.asBefore(deliveries.lastDelivery(uid())));
    }

    /** Writes the status if it differs. */
    private TriggerStatus write(TriggerFinding finding, PushNotices notices) {
      Supplier<TriggerStatus> report =
          () ->
              TriggerReport.next(
                  trigger,
                  rules,
                  finding,
                  Explainer.explain(trigger, rules),
                  notices,
                  clock.instant());
      boolean matches =
          finding instanceof TriggerFinding.Compared || Explainer.asked(trigger).isPresent();
      TriggerStatus next =
          matches ? threads.compute(trigger.getMetadata().getNamespace(), report) : report.get();
      if (!Objects.equals(next, trigger.getStatus())) {
        events.transition(trigger, next);
      }
      write(next);
      return next;
    }

    private void write(TriggerStatus next) {
      if (!current.equals(Optional.of(next))) {
        CodeSourceTrigger applied = apiWrites.execute(() -> writes.status(next));
        sources.applied(applied);
        isChangedMeanwhile |= changes.accept(applied, trigger);
        gauges.update(trigger, next);
        current = Optional.of(next);
      }
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
