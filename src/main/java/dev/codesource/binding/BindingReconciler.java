package dev.codesource.binding;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.reason.Outcome;
import dev.codesource.shard.Shard;
import dev.codesource.shard.StartBarrier;
import dev.codesource.status.Finding;
import dev.codesource.status.Publishing;
import dev.codesource.status.StatusReport;
import dev.codesource.verification.Claim;
import dev.codesource.verification.Verifier;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
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
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reconciles one binding: find out whether its access is real, report it, and say when to look
 * again.
 */
@ControllerConfiguration(
    name = "codesourcebinding",
    generationAwareEventProcessing = false,
    fieldManager = BindingReconciler.FIELD_MANAGER,
    informer = @Informer(onUpdateFilter = ReconcileFilter.class))
// Only faults of the API server or of the operator itself are thrown; they are retried for ever.
@GradualRetry(
    maxAttempts = Integer.MAX_VALUE,
    initialInterval = 1_000,
    intervalMultiplier = 2,
    maxInterval = 300_000)
public final class BindingReconciler implements ConfigurableReconciler<CodeSourceBinding> {

  static final String FIELD_MANAGER = "code-source-operator";

  /** As many objects as client-go asks for at once. */
  static final long PAGE = 500;

  private final CodeHosts codeHosts;
  private final Verifier verifier;
  private final BindingVerifier prover;
  private final OAuthAccess oauth;
  private final BindingInputs sources;
  private final PublishedSecrets ownedSecrets;
  private final ConsumerCredentials readOnly;
  private final Publisher publisher;
  private final GrantRevocation grants;
  private final FinalizerRunner deletion;
  private final TransitionEvents transitionEvents;
  private final BindingMetrics metrics;
  private final HostQueue hostQueue;
  private final ApiWriteBulkhead apiWrites;
  private final Shard shard;
  private final StartBarrier barrier;
  private final Clock clock;

  BindingReconciler(
      CodeHosts codeHosts,
      Verifier verifier,
      BindingVerifier prover,
      OAuthAccess oauth,
      BindingInputs sources,
      PublishedSecrets ownedSecrets,
      ConsumerCredentials readOnly,
      Publisher publisher,
      GrantRevocation grants,
      FinalizerRunner deletion,
      TransitionEvents transitionEvents,
      BindingMetrics metrics,
      HostQueue hostQueue,
      ApiWriteBulkhead apiWrites,
      Shard shard,
      StartBarrier barrier,
      Clock clock) {
    this.codeHosts = codeHosts;
    this.verifier = verifier;
    this.prover = prover;
    this.oauth = oauth;
    this.sources = sources;
    this.ownedSecrets = ownedSecrets;
    this.readOnly = readOnly;
    this.publisher = publisher;
    this.grants = grants;
    this.deletion = deletion;
    this.transitionEvents = transitionEvents;
    this.metrics = metrics;
    this.hostQueue = hostQueue;
    this.apiWrites = apiWrites;
    this.shard = shard;
    this.barrier = barrier;
    this.clock = clock;
  }

  /** Bindings are listed piece by piece: the list of all of them may be longer than memory. */
  @Override
  public void updateConfigurationFrom(
      ControllerConfigurationOverrider<CodeSourceBinding> configuration) {
    configuration.withInformerListLimit(PAGE);
    shard.selector().ifPresent(configuration::withLabelSelector);
  }

  @Override
  public List<EventSource<?, CodeSourceBinding>> prepareEventSources(
      EventSourceContext<CodeSourceBinding> context) {
    return Stream.concat(
            sources.secrets(context).stream(),
            Stream.of(
                ownedSecrets.eventSource(context),
                hostQueue.eventSource(context.getPrimaryCache()),
                metrics.eventSource(),
                deletion.eventSource()))
        .toList();
  }

  @Override
  public UpdateControl<CodeSourceBinding> reconcile(
      CodeSourceBinding binding, Context<CodeSourceBinding> context) {
    barrier.await();
    CodeHost codeHost = codeHosts.of(binding.getSpec().platform());
    Outcome<SiteUrl> site = verifier.site(codeHost, Optional.ofNullable(binding.getSpec().url()));
    return switch (site) {
      case Outcome.Done<SiteUrl>(var address) ->
          hostQueue
              .enter(
                  ResourceID.fromResource(binding),
                  address.origin(),
                  () -> reconcile(binding, context, codeHost, site))
              .orElseGet(UpdateControl::noUpdate);
      // No host is asked.
      case Outcome.Refused<SiteUrl> _, Outcome.Waiting<SiteUrl> _ ->
          reconcile(binding, context, codeHost, site);
    };
  }

  private UpdateControl<CodeSourceBinding> reconcile(
      CodeSourceBinding binding,
      Context<CodeSourceBinding> context,
      CodeHost codeHost,
      Outcome<SiteUrl> site) {
    grants.prepare(binding, context);
    Schedule schedule = Schedule.of(binding);
    VerificationResult look = look(binding, codeHost, site);
    Outcome<ConsumerCredential> handed =
        readOnly.provide(context, binding, look.finding(), look.claim());
    Report report = apiWrites.write(() -> report(binding, context, look, handed));
    Optional<Instant> settled =
        readOnly.settle(context, binding, look.claim(), handed, report.publishing());
    UpdateControl<CodeSourceBinding> control = UpdateControl.noUpdate();
    Stream.of(
            look.next(schedule, report.status(), clock.instant()),
            nextTry(report.publishing(), schedule, report.status()),
            settled)
        .flatMap(Optional::stream)
        .min(Instant::compareTo)
        .ifPresent(time -> control.rescheduleAfter(Schedule.delayUntil(time, clock.instant())));
    return control;
  }

  /** What was told to the API server. */
  private record Report(Publishing publishing, BindingStatus status) {}

  private Report report(
      CodeSourceBinding binding,
      Context<CodeSourceBinding> context,
      VerificationResult look,
      Outcome<ConsumerCredential> handed) {
    Publishing publishing = publisher.publish(binding, look.finding(), look.claim(), handed);
    BindingStatus next =
        StatusReport.next(binding.getStatus(), look.observation(), publishing, clock.instant());
    transitionEvents.announce(binding, next);
    metrics.found(binding, next);
    if (!next.equals(binding.getStatus())) {
      apply(statusOnly(binding, next), context);
    }
    return new Report(publishing, next);
  }

  /**
   * As the Operator SDK would, but for the second reading of the patch, in search of fields that
   * are not in the schema: it is a twentieth of what a status costs the API server, and the fields
   * are those of the types that the schema was made of.
   */
  private static void apply(CodeSourceBinding status, Context<CodeSourceBinding> context) {
    PatchContext apply =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(context.getControllerConfiguration().fieldManager())
            .withForce(true)
            .withFieldValidation("Ignore")
            .build();
    context
        .resourceOperations()
        .resourcePatch(
            status,
            patch -> context.getClient().resource(patch).subresource("status").patch(apply),
            context.eventSourceRetriever().getControllerEventSource());
  }

  /** Whoever deletes a binding, or its namespace, need not wait for a reconciliation to end. */
  @Override
  public ErrorStatusUpdateControl<CodeSourceBinding> updateErrorStatus(
      CodeSourceBinding binding, Context<CodeSourceBinding> context, Exception e) {
    return e instanceof KubernetesClientException answer && ApiErrors.isGone(answer)
        ? ErrorStatusUpdateControl.<CodeSourceBinding>noStatusUpdate().withNoRetry()
        : ErrorStatusUpdateControl.defaultErrorProcessing();
  }

  /** Secrets of others are not watched, so one that is in the way is looked for again. */
  private Optional<Instant> nextTry(Publishing publishing, Schedule schedule, BindingStatus next) {
    return publishing instanceof Publishing.Refused(var problem, var _)
        ? schedule.afterProblem(problem, Optional.empty(), next, clock.instant())
        : Optional.empty();
  }

  private VerificationResult look(
      CodeSourceBinding binding, CodeHost codeHost, Outcome<SiteUrl> site) {
    BindingSpec spec = binding.getSpec();
    if (Boolean.TRUE.equals(spec.suspend())) {
      return VerificationResult.found(binding, site, new Finding.Suspended());
    }
    return spec.oauth() == null ? byToken(binding, codeHost, site) : oauth.look(binding, site);
  }

  private VerificationResult byToken(
      CodeSourceBinding binding, CodeHost codeHost, Outcome<SiteUrl> site) {
    return switch (site.then(address -> sources.claim(binding, codeHost, address))) {
      case Outcome.Done<Claim>(var claim) -> prover.prove(binding, site, claim);
      case Outcome.Refused<Claim>(var problem) ->
          VerificationResult.refused(binding, site, problem);
      case Outcome.Waiting<Claim>(var problem, var until, var _) ->
          VerificationResult.found(binding, site, new Finding.NotProven(problem, false), until);
    };
  }

  /** The patch: identity and status, so that nothing of the user's is owned by the operator. */
  private static CodeSourceBinding statusOnly(CodeSourceBinding binding, BindingStatus status) {
    CodeSourceBinding patch = new CodeSourceBinding();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withName(binding.getMetadata().getName())
            .withNamespace(binding.getMetadata().getNamespace())
            // Has the API server refuse the patch when the binding was deleted and made anew.
            .withUid(binding.getMetadata().getUid())
            .build());
    patch.setStatus(status);
    return patch;
  }
}
