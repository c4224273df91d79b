package dev.codesource.binding;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.oauth.Authorizations;
import dev.codesource.oauth.Parties;
import dev.codesource.oauth.Party;
import dev.codesource.oauth.Standing;
import dev.codesource.oauth.StoredGrant;
import dev.codesource.platform.CodeHost;
import dev.codesource.platform.CodeHosts;
import dev.codesource.platform.Proof;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.Finding;
import dev.codesource.status.Observation;
import dev.codesource.status.Publishing;
import dev.codesource.status.StatusReport;
import dev.codesource.verification.Claim;
import dev.codesource.verification.Verifier;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
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
    informer = @Informer(onUpdateFilter = WorthALook.class))
// Only faults of the API server or of the operator itself are thrown; they are retried for ever.
@GradualRetry(
    maxAttempts = Integer.MAX_VALUE,
    initialInterval = 1_000,
    intervalMultiplier = 2,
    maxInterval = 300_000)
public final class BindingReconciler implements ConfigurableReconciler<CodeSourceBinding> {

  static final String FIELD_MANAGER = "code-source-operator";

  private final CodeHosts codeHosts;
  private final Verifier verifier;
  private final Parties parties;
  private final Authorizations authorizations;
  private final Sources sources;
  private final OwnedSecrets ownedSecrets;
  private final Publisher publisher;
  private final Announcements announcements;
  private final BindingMetrics metrics;
  private final Clock clock;

  BindingReconciler(
      CodeHosts codeHosts,
      Verifier verifier,
      Parties parties,
      Authorizations authorizations,
      Sources sources,
      OwnedSecrets ownedSecrets,
      Publisher publisher,
      Announcements announcements,
      BindingMetrics metrics,
      Clock clock) {
    this.codeHosts = codeHosts;
    this.verifier = verifier;
    this.parties = parties;
    this.authorizations = authorizations;
    this.sources = sources;
    this.ownedSecrets = ownedSecrets;
    this.publisher = publisher;
    this.announcements = announcements;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * Changes nothing. The Operator SDK hands its customised configuration, and with it the virtual
   * threads, only to controllers that can be configured in this way.
   */
  @Override
  public void updateConfigurationFrom(
      ControllerConfigurationOverrider<CodeSourceBinding> configuration) {}

  @Override
  public List<EventSource<?, CodeSourceBinding>> prepareEventSources(
      EventSourceContext<CodeSourceBinding> context) {
    return Stream.concat(
            sources.secrets(context).stream(),
            Stream.of(ownedSecrets.eventSource(context), metrics.eventSource()))
        .toList();
  }

  @Override
  public UpdateControl<CodeSourceBinding> reconcile(
      CodeSourceBinding binding, Context<CodeSourceBinding> context) {
    Schedule schedule =
        new Schedule(binding.getMetadata().getUid(), Interval.of(binding.getSpec().interval()));
    Look look = look(binding, schedule);
    Publishing publishing = publisher.publish(binding, look.observation().finding(), look.claim());
    BindingStatus next =
        StatusReport.next(binding.getStatus(), look.observation(), publishing, clock.instant());
    announcements.announce(binding, next);
    metrics.found(binding, next);
    UpdateControl<CodeSourceBinding> control =
        next.equals(binding.getStatus())
            ? UpdateControl.noUpdate()
            : UpdateControl.patchStatus(statusOnly(binding, next));
    Stream.concat(
            look.nextLook(schedule, next, clock.instant()).stream(),
            nextTry(publishing, schedule, next).stream())
        .min(Instant::compareTo)
        .ifPresent(time -> control.rescheduleAfter(Schedule.delayUntil(time, clock.instant())));
    return control;
  }

  /** Whoever deletes a binding, or its namespace, need not wait for a reconciliation to end. */
  @Override
  public ErrorStatusUpdateControl<CodeSourceBinding> updateErrorStatus(
      CodeSourceBinding binding, Context<CodeSourceBinding> context, Exception e) {
    return e instanceof KubernetesClientException answer && Departed.isSaidBy(answer)
        ? ErrorStatusUpdateControl.<CodeSourceBinding>noStatusUpdate().withNoRetry()
        : ErrorStatusUpdateControl.defaultErrorProcessing();
  }

  /** Secrets of others are not watched, so one that is in the way is looked for again. */
  private Optional<Instant> nextTry(Publishing publishing, Schedule schedule, BindingStatus next) {
    return publishing instanceof Publishing.Refused(var problem, var ignored)
        ? schedule.afterProblem(problem, Optional.empty(), next, clock.instant())
        : Optional.empty();
  }

  /**
   * What one reconciliation found.
   *
   * @param until when the code host said that it may be asked again
   * @param claim that it is about; empty: there was none to prove
   * @param wake when the binding's authorization has to be looked after
   */
  private record Look(
      Observation observation,
      Optional<Instant> until,
      Optional<Claim> claim,
      Optional<Instant> wake) {

    Look about(Claim proven) {
      return new Look(observation, until, Optional.of(proven), wake);
    }

    Look waking(Optional<Instant> at) {
      return new Look(observation, until, claim, at);
    }

    Look finding(Finding other) {
      return new Look(
          new Observation(
              observation.generation(), observation.url(), observation.requestedAt(), other),
          until,
          claim,
          wake);
    }

    Optional<Instant> nextLook(Schedule schedule, BindingStatus next, Instant now) {
      return Stream.concat(wake.stream(), regularLook(schedule, next, now).stream())
          .min(Instant::compareTo);
    }

    private Optional<Instant> regularLook(Schedule schedule, BindingStatus next, Instant now) {
      return switch (observation.finding()) {
        case Finding.Suspended ignored -> Optional.empty();
        case Finding.Proven ignored -> Optional.of(schedule.afterProof(next, now));
        case Finding.StillProven ignored -> Optional.of(schedule.afterProof(next, now));
        case Finding.NotProven(var problem, var ignored) ->
            schedule.afterProblem(problem, until, next, now);
        case Finding.Awaiting ignored -> Optional.empty();
      };
    }
  }

  private Look look(CodeSourceBinding binding, Schedule schedule) {
    BindingSpec spec = binding.getSpec();
    CodeHost codeHost = codeHosts.of(spec.platform());
    Outcome<SiteUrl> site = verifier.site(codeHost, Optional.ofNullable(spec.url()));
    if (Boolean.TRUE.equals(spec.suspend())) {
      return found(binding, site, new Finding.Suspended(), Optional.empty());
    }
    if (spec.oauth() != null) {
      return byOAuth(binding, schedule, site);
    }
    return switch (site.then(address -> sources.claim(binding, codeHost, address))) {
      case Outcome.Done<Claim>(var claim) -> prove(binding, schedule, site, claim).about(claim);
      case Outcome.Refused<Claim>(var problem) ->
          found(binding, site, new Finding.NotProven(problem, false), Optional.empty());
      case Outcome.Waiting<Claim>(var problem, var until, var ignored) ->
          found(binding, site, new Finding.NotProven(problem, false), until);
    };
  }

  private Look byOAuth(CodeSourceBinding binding, Schedule schedule, Outcome<SiteUrl> site) {
    return switch (site.then(ok -> parties.of(binding, sources::client))) {
      case Outcome.Done<Party>(var party) -> {
        Outcome<Standing> standing = authorizations.look(party, sources.grant(binding));
        yield standing(party, schedule, site, standing, true);
      }
      case Outcome.Refused<Party>(var problem) ->
          found(binding, site, new Finding.NotProven(problem, false), Optional.empty());
      case Outcome.Waiting<Party>(var problem, var until, var ignored) ->
          found(binding, site, new Finding.NotProven(problem, false), until);
    };
  }

  /**
   * @param mayRenew whether a refused token is worth a refresh, which it is once
   */
  private Look standing(
      Party party,
      Schedule schedule,
      Outcome<SiteUrl> site,
      Outcome<Standing> standing,
      boolean mayRenew) {
    CodeSourceBinding binding = party.binding();
    return switch (standing) {
      case Outcome.Done<Standing>(Standing.Granted granted) ->
          granted(party, schedule, site, granted, mayRenew);
      case Outcome.Done<Standing>(Standing.Awaiting(var problem, var asked, var again)) ->
          found(binding, site, new Finding.Awaiting(problem, asked), Optional.empty())
              .waking(again);
      case Outcome.Refused<Standing>(var problem) ->
          found(binding, site, new Finding.NotProven(problem, false), Optional.empty());
      case Outcome.Waiting<Standing>(var problem, var until, var ignored) ->
          found(binding, site, new Finding.NotProven(problem, wasBound(binding)), until);
    };
  }

  private Look granted(
      Party party,
      Schedule schedule,
      Outcome<SiteUrl> site,
      Standing.Granted granted,
      boolean mayRenew) {
    CodeSourceBinding binding = party.binding();
    StoredGrant grant = granted.grant();
    return switch (grant.credential(party.site()).map(party::claim)) {
      case Outcome.Done<Claim>(var claim) -> {
        Look look = prove(binding, schedule, site, claim).about(claim);
        yield switch (look.observation().finding()) {
          case Finding.Proven(var proof, var at, var digest) ->
              look.finding(new Finding.Proven(lasting(proof, grant), at, digest))
                  .waking(granted.lookAgain());
          case Finding.NotProven(var problem, var ignored)
              when mayRenew && !problem.reason().isOutage() ->
              standing(
                  party, schedule, site, authorizations.afterRefusal(party, grant, problem), false);
          case Finding.NotProven _,
              Finding.StillProven _,
              Finding.Suspended _,
              Finding.Awaiting _ ->
              look.waking(granted.lookAgain());
        };
      }
      case Outcome.Refused<Claim>(var problem) ->
          found(binding, site, new Finding.NotProven(problem, false), Optional.empty());
      case Outcome.Waiting<Claim>(var problem, var until, var ignored) ->
          found(binding, site, new Finding.NotProven(problem, false), until);
    };
  }

  /** What the operator renews by itself does not expire for the user. */
  private static Proof lasting(Proof proof, StoredGrant grant) {
    return new Proof(
        proof.account(),
        proof.scopes(),
        grant.isRenewable()
            ? Optional.empty()
            : proof.expiresAt().or(() -> grant.tokens().expiresAt()));
  }

  private static boolean wasBound(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getStatus()).map(BindingStatus::proofDigest).isPresent();
  }

  private Look prove(
      CodeSourceBinding binding, Schedule schedule, Outcome<SiteUrl> site, Claim claim) {
    Optional<BindingStatus> proven =
        Optional.ofNullable(binding.getStatus())
            .filter(status -> claim.digest().equals(status.proofDigest()));
    if (proven.isPresent() && isFresh(proven.get(), schedule) && !Requests.isOpen(binding)) {
      return found(binding, site, new Finding.StillProven(), Optional.empty());
    }
    Outcome<Proof> answer =
        metrics.timed(binding.getSpec().platform(), () -> verifier.prove(claim));
    return switch (answer) {
      case Outcome.Done<Proof>(var proof) ->
          found(
              binding,
              site,
              new Finding.Proven(proof, clock.instant(), claim.digest()),
              Optional.empty());
      case Outcome.Refused<Proof>(var problem) ->
          found(binding, site, notProven(problem, proven), Optional.empty());
      case Outcome.Waiting<Proof>(var problem, var until, var ignored) ->
          found(binding, site, notProven(problem, proven), until);
    };
  }

  private boolean isFresh(BindingStatus status, Schedule schedule) {
    Instant now = clock.instant();
    return status.lastVerifiedAt() != null
        && wasReachable(status)
        && now.isBefore(schedule.proofDue(Instant.parse(status.lastVerifiedAt())))
        && !isExpired(status);
  }

  /** Only an answer of the host ends an outage, however good the last proof still is. */
  private static boolean wasReachable(BindingStatus status) {
    return Optional.ofNullable(status.conditions()).orElse(List.of()).stream()
        .anyMatch(
            condition ->
                ConditionType.Reachable.name().equals(condition.getType())
                    && "True".equals(condition.getStatus()));
  }

  private boolean isExpired(BindingStatus status) {
    return status.expiresAt() != null
        && !clock.instant().isBefore(Instant.parse(status.expiresAt()));
  }

  /** During an outage a proof holds, but not beyond the known end of its credential. */
  private Finding notProven(Problem problem, Optional<BindingStatus> proven) {
    return problem.reason().isOutage() && proven.filter(this::isExpired).isPresent()
        ? new Finding.NotProven(
            new Problem(
                Reason.TokenExpired,
                "The token expired at %s.".formatted(proven.get().expiresAt())),
            false)
        : new Finding.NotProven(problem, proven.isPresent());
  }

  private static Look found(
      CodeSourceBinding binding, Outcome<SiteUrl> site, Finding finding, Optional<Instant> until) {
    return new Look(
        new Observation(
            binding.getMetadata().getGeneration(),
            site instanceof Outcome.Done<SiteUrl>(var url)
                ? Optional.of(url.toString())
                : Optional.empty(),
            Requests.of(binding),
            finding),
        until,
        Optional.empty(),
        Optional.empty());
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
