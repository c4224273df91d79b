package dev.codesource.deploytoken;

import dev.codesource.api.BindingSpec;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.DeployTokens;
import dev.codesource.codehost.DeployTokens.Minted;
import dev.codesource.codehost.DeployTokens.Target;
import dev.codesource.codehost.GitLogin;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.deploytoken.StoredDeployToken.Current;
import dev.codesource.deploytoken.StoredDeployToken.Replaced;
import dev.codesource.http.HostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Ownership;
import dev.codesource.runtime.Pauses;
import dev.codesource.runtime.Postponed;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Creates, stores, renews and deletes the deploy tokens of bindings. Not for concurrent calls for
 * the same binding.
 *
 * <p>Their names contain the binding's UID. With it the operator finds a token that was created and
 * could not be stored before it creates the next one, and notices when a token was deleted on
 * GitLab.
 */
public final class DeployTokenManager {

  private static final Logger LOG = Logger.getLogger("dev.codesource.deploytoken");

  private static final Duration LIFETIME = Duration.ofDays(30);

  /**
   * How long a replaced token stays valid: consumers such as Flux read a Secret at their own
   * interval, not when it changes.
   */
  private static final Duration GRACE = Duration.ofHours(1);

  /** A host that answers slowly must not hold a reconciliation for as many requests as it lists. */
  private static final int DELETIONS_AT_ONCE = 5;

  private static final Duration BETWEEN_DELETIONS = Duration.ofMinutes(1);

  /** When none could be deleted. */
  private static final Duration AFTER_FAILED_DELETIONS = Duration.ofMinutes(10);

  /** When a token could not be made or compared, and the present one still serves. */
  private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

  private static final int LONGEST_NAME = 255;

  private final HostClient client;
  private final HostLimiter limiter;
  private final OwnedSecretStore store;
  private final Pauses pauses;
  private final Clock clock;

  /** Bindings whose token is to be compared with GitLab again, though it is not due. */
  private final Postponed comparisons = new Postponed();

  /**
   * A manager without a state of its own but for what was postponed.
   *
   * @param pauses between two deploy tokens of a binding, whatever becomes of its Secret and
   *     whatever GitLab says
   */
  public DeployTokenManager(
      HostClient client, HostLimiter limiter, OwnedSecretStore store, Pauses pauses, Clock clock) {
    this.client = client;
    this.limiter = limiter;
    this.store = store;
    this.pauses = pauses;
    this.clock = clock;
  }

  /**
   * The credential for consumers.
   *
   * @param stored the tokens in the binding's Secret
   */
  public record DeployTokenState(Optional<Current> current, Optional<Kept> stored) {
    public static final DeployTokenState NONE =
        new DeployTokenState(Optional.empty(), Optional.empty());

    /** The login of the deploy token; empty: there is none. */
    public Optional<GitLogin> login() {
      return current.map(one -> one.minted().login());
    }
  }

  /** The tokens of a Secret, and the Secret in the version that was read. */
  record Kept(Secret secret, StoredDeployToken tokens) {

    static Optional<Kept> in(Secret secret) {
      return StoredDeployToken.of(secret).map(tokens -> new Kept(secret, tokens));
    }

    /** Without the Secret. */
    @Override
    public String toString() {
      return tokens.toString();
    }
  }

  /** The name of the Secret of a binding's deploy tokens. */
  public static String secretName(CodeSourceBinding binding) {
    return OwnedSecretStore.nameFor(binding, "-deploytoken");
  }

  /**
   * The project or group that the binding's deploy token reads; empty: the binding has none in its
   * spec.
   */
  public static Optional<Target> target(CodeSourceBinding binding) {
    BindingSpec.DeployToken wanted = binding.getSpec().deployToken();
    if (wanted == null) {
      return Optional.empty();
    }
    return wanted.project() != null
        ? Optional.of(new Target(Target.Kind.PROJECT, wanted.project()))
        : Optional.ofNullable(wanted.group()).map(path -> new Target(Target.Kind.GROUP, path));
  }

  /**
   * The present state, without a request.
   *
   * @param seen the binding's Secret
   */
  public DeployTokenState known(CodeSourceBinding binding, Claim claim, Optional<Secret> seen) {
    Optional<Kept> kept =
        seen.filter(secret -> Ownership.isOwner(binding, secret.getMetadata())).flatMap(Kept::in);
    Optional<Current> current =
        target(binding)
            .flatMap(target -> kept.flatMap(one -> one.tokens().currentFor(claim.site(), target)))
            .filter(one -> one.isAlive(clock.instant()));
    return new DeployTokenState(current, kept);
  }

  /**
   * Creates or renews the deploy token that the binding asks for, if necessary. Sends requests to
   * GitLab only when a token is due, or to check it.
   *
   * @param lookAfter whether to check that the deploy token still exists. If that, or a new token,
   *     has to wait while the present one serves, a later call makes up for it; {@link #settle}
   *     says when.
   * @param finalizer adds the binding's finalizer, before a token is created
   */
  public Outcome<DeployTokenState> provide(
      CodeSourceBinding binding,
      Claim claim,
      Optional<Secret> seen,
      boolean lookAfter,
      Runnable finalizer) {
    Optional<Target> target = target(binding);
    DeployTokenState known = known(binding, claim, seen);
    String uid = binding.getMetadata().getUid();
    boolean compare = lookAfter || comparisons.contains(uid);
    if (target.isEmpty() || (!compare && known.current().filter(one -> !isDue(one)).isPresent())) {
      comparisons.remove(uid);
      return Outcome.done(known);
    }
    Optional<DeployTokens> api =
        claim
            .codeHost()
            .deployTokens(
                claim.site(), claim.credential(), client.open(claim.tenant(), claim.anchors()));
    if (api.isEmpty()) {
      return Outcome.refused(
          Reason.DeployTokenRefused,
          "%s has no deploy tokens.".formatted(claim.codeHost().platform()));
    }
    Outcome<DeployTokenState> provided =
        limiter.through(
            claim.caller(),
            () -> new Attempt(binding, claim, target.get(), api.get(), finalizer).provide());
    if (provided instanceof Outcome.Waiting<DeployTokenState> && known.current().isPresent()) {
      comparisons.add(uid);
      return Outcome.done(known);
    }
    comparisons.remove(uid);
    return provided;
  }

  /** When a comparison that was postponed is made; empty: there is none. */
  private Optional<Instant> nextComparison(CodeSourceBinding binding, Instant now) {
    String uid = binding.getMetadata().getUid();
    return comparisons.contains(uid)
        ? pauses.until(uid, now).or(() -> Optional.of(now.plus(RETRY_AFTER)))
        : Optional.empty();
  }

  private boolean isDue(Current one) {
    return !clock.instant().isBefore(one.renewAt(pauses.length()));
  }

  /** Compares the tokens on GitLab and in the API server once, and acts on the difference. */
  private final class Attempt {
    private final CodeSourceBinding binding;
    private final Claim claim;
    private final Target target;
    private final DeployTokens api;
    private final Runnable finalizer;
    private final Instant now = clock.instant();

    Attempt(
        CodeSourceBinding binding,
        Claim claim,
        Target target,
        DeployTokens api,
        Runnable finalizer) {
      this.binding = binding;
      this.claim = claim;
      this.target = target;
      this.api = api;
      this.finalizer = finalizer;
    }

    Outcome<DeployTokenState> provide() {
      Optional<Secret> secret = secretOf(binding);
      if (secret.filter(found -> !Ownership.isOwner(binding, found.getMetadata())).isPresent()) {
        return OwnedSecretStore.notOwned("deploy token", secretName(binding));
      }
      StoredDeployToken stored =
          secret
              .flatMap(StoredDeployToken::of)
              .filter(tokens -> tokens.site().equals(claim.site().toString()))
              .orElseGet(() -> StoredDeployToken.none(claim.site()));
      return api.named(target, prefix(binding))
          .then(existing -> compared(secret, stored, existing));
    }

    private Outcome<DeployTokenState> compared(
        Optional<Secret> secret, StoredDeployToken stored, List<String> existing) {
      StoredDeployToken complete = stored.alsoDeleting(existing, target, now);
      Optional<Current> current =
          stored
              .currentFor(claim.site(), target)
              .filter(one -> !isDue(one) && existing.contains(one.minted().id()));
      if (current.isEmpty()) {
        return minted(secret, complete);
      }
      return complete.equals(stored)
          ? Outcome.done(deployTokenState(secret.orElseThrow(), stored))
          : write(secret, complete).map(written -> deployTokenState(written, complete));
    }

    private Outcome<DeployTokenState> minted(Optional<Secret> secret, StoredDeployToken stored) {
      Optional<Instant> until = pauses.until(binding.getMetadata().getUid(), now);
      if (until.isPresent()) {
        return new Outcome.Waiting<>(
            new Problem(
                Reason.Conflict,
                "The operator made a deploy token for this binding less than %d seconds ago, and does not make another one yet."
                    .formatted(pauses.length().toSeconds())),
            until,
            Outcome.Scope.CREDENTIAL);
      }
      finalizer.run();
      return api.mint(target, name(binding), now.plus(LIFETIME))
          .then(
              minted -> {
                pauses.note(binding.getMetadata().getUid(), now);
                return stored(secret, stored.using(new Current(target, minted, now), now), minted);
              });
    }

    private Outcome<DeployTokenState> stored(
        Optional<Secret> secret, StoredDeployToken next, Minted minted) {
      return switch (write(secret, next)) {
        case Outcome.Done<Secret>(var written) -> {
          LOG.infof("%s: made the deploy token %s of the %s", of(binding), minted.id(), target);
          yield Outcome.done(deployTokenState(written, next));
        }
        case Outcome.Refused<Secret>(var problem) -> new Outcome.Refused<>(problem);
        case Outcome.Waiting<Secret>(var problem, var until, var scope) ->
            api.delete(target, minted.id())
                .then(gone -> new Outcome.Waiting<>(problem, until, scope));
      };
    }

    private Outcome<Secret> write(Optional<Secret> secret, StoredDeployToken next) {
      return secret.isPresent()
          ? store.replace(secret.get(), next.values())
          : store.create(binding, secretName(binding), CredentialSecret.TYPE, next.values());
    }

    private DeployTokenState deployTokenState(Secret secret, StoredDeployToken tokens) {
      return new DeployTokenState(
          tokens.currentFor(claim.site(), target), Optional.of(new Kept(secret, tokens)));
    }
  }

  /**
   * Deletes the tokens that no consumer needs: those that were replaced some time ago, or all if
   * the binding asks for none. Called when the published Secrets are up to date.
   *
   * @param finalizer removes the binding's finalizer, when no token is left
   * @return when to call again
   */
  public Optional<Instant> settle(
      CodeSourceBinding binding,
      Claim claim,
      DeployTokenState deployTokenState,
      Runnable finalizer) {
    if (deployTokenState.stored().isEmpty()) {
      return Optional.empty();
    }
    Kept kept = deployTokenState.stored().get();
    Instant now = clock.instant();
    StoredDeployToken wanted =
        target(binding).isEmpty() ? kept.tokens().usingNone(now) : kept.tokens();
    Rest rest = withoutDeleted(binding, claim, wanted, now);
    List<Replaced> left = rest.left();
    StoredDeployToken next = wanted.withReplaced(left);
    if (next.isEmpty()) {
      if (store.delete(kept.secret())) {
        finalizer.run();
      }
      return Optional.empty();
    }
    if (!next.equals(kept.tokens())) {
      store.replace(kept.secret(), next.values());
    }
    return Stream.of(
            nextComparison(binding, now).stream(),
            rest.again().map(now::plus).stream(),
            next.current().map(one -> one.renewAt(pauses.length())).stream(),
            left.stream().map(one -> one.since().plus(GRACE)))
        .flatMap(times -> times)
        .filter(now::isBefore)
        .min(Instant::compareTo);
  }

  /**
   * What is left of the replaced tokens, in their order.
   *
   * @param again when to try those that there was no time for; empty: there was for all
   */
  private record Rest(List<Replaced> left, Optional<Duration> again) {}

  private Rest withoutDeleted(
      CodeSourceBinding binding, Claim claim, StoredDeployToken tokens, Instant now) {
    boolean elsewhere = !tokens.site().equals(claim.site().toString());
    // A token that cannot be deleted expires by itself.
    List<Replaced> alive =
        tokens.replaced().stream()
            .filter(one -> !elsewhere && now.isBefore(one.since().plus(LIFETIME)))
            .toList();
    List<Replaced> due = new ArrayList<>(alive.stream().filter(one -> isDue(one, now)).toList());
    if (due.size() > DELETIONS_AT_ONCE) {
      // Each comes by, also if others fail for ever, and no order has to be stored.
      Collections.shuffle(due, new SplittableRandom(now.toEpochMilli()));
    }
    List<Replaced> tried = due.stream().limit(DELETIONS_AT_ONCE).toList();
    Set<Replaced> deleted =
        tried.stream()
            .filter(one -> deleted(binding, claim, one))
            .collect(Collectors.toUnmodifiableSet());
    return new Rest(
        alive.stream().filter(one -> !deleted.contains(one)).toList(),
        Optional.of(deleted.isEmpty() ? AFTER_FAILED_DELETIONS : BETWEEN_DELETIONS)
            .filter(_ -> tried.size() < due.size()));
  }

  private static boolean isDue(Replaced one, Instant now) {
    return !now.isBefore(one.since().plus(GRACE));
  }

  /**
   * Deletes a replaced token, if it has the name of the binding's own: whoever may write the Secret
   * could name any other one there.
   */
  private boolean deleted(CodeSourceBinding binding, Claim claim, Replaced one) {
    boolean deleted =
        asking(
                claim,
                api ->
                    api.named(one.target(), prefix(binding))
                        .then(
                            own ->
                                own.contains(one.id())
                                    ? api.delete(one.target(), one.id())
                                    : Outcome.done(true)))
            instanceof Outcome.Done<Boolean>;
    if (deleted) {
      LOG.infof("%s: deleted the deploy token %s of the %s", of(binding), one.id(), one.target());
    }
    return deleted;
  }

  /**
   * Deletes all deploy tokens of a binding that is being deleted.
   *
   * @return whether it is done; false: a retry may succeed
   */
  public boolean giveBack(CodeSourceBinding binding, Claim claim) {
    Set<Target> targets = new LinkedHashSet<>();
    target(binding).ifPresent(targets::add);
    secretOf(binding)
        .filter(secret -> Ownership.isOwner(binding, secret.getMetadata()))
        .flatMap(StoredDeployToken::of)
        .filter(tokens -> tokens.site().equals(claim.site().toString()))
        .ifPresent(
            tokens -> {
              tokens.current().ifPresent(one -> targets.add(one.target()));
              tokens.replaced().forEach(one -> targets.add(one.target()));
            });
    boolean done = true;
    for (Target target : targets) {
      done &= deleteAll(binding, claim, target);
    }
    return done;
  }

  private boolean deleteAll(CodeSourceBinding binding, Claim claim, Target target) {
    Outcome<Boolean> deleted =
        asking(
            claim,
            api ->
                api.named(target, prefix(binding))
                    .then(
                        ids -> {
                          Outcome<Boolean> all = Outcome.done(true);
                          for (String id : ids) {
                            all = all.then(ok -> api.delete(target, id));
                          }
                          return all;
                        }));
    return switch (deleted) {
      case Outcome.Done<Boolean> _ -> {
        LOG.infof("%s: deleted the deploy tokens of the %s", of(binding), target);
        yield true;
      }
      case Outcome.Refused<Boolean>(var problem) -> {
        LOG.warnf(
            "%s: the deploy tokens of the %s stay until they expire: %s",
            of(binding), target, problem.what());
        yield true;
      }
      case Outcome.Waiting<Boolean> _ -> false;
    };
  }

  private <T> Outcome<T> asking(Claim claim, Function<DeployTokens, Outcome<T>> question) {
    return claim
        .codeHost()
        .deployTokens(
            claim.site(), claim.credential(), client.open(claim.tenant(), claim.anchors()))
        .map(api -> limiter.through(claim.caller(), () -> question.apply(api)))
        .orElseGet(
            () -> Outcome.refused(Reason.DeployTokenRefused, "The platform has no deploy tokens."));
  }

  private Optional<Secret> secretOf(CodeSourceBinding binding) {
    return store.find(
        binding.getMetadata().getNamespace(), secretName(binding), CredentialSecret.TYPE);
  }

  /** The UID is first, since the end of a long name is cut off, and a name can be used again. */
  private static String prefix(CodeSourceBinding binding) {
    return "codesource.dev " + binding.getMetadata().getUid() + " ";
  }

  private static String name(CodeSourceBinding binding) {
    String name = prefix(binding) + of(binding);
    return name.substring(0, Math.min(name.length(), LONGEST_NAME));
  }

  private static String of(CodeSourceBinding binding) {
    return binding.getMetadata().getNamespace() + "/" + binding.getMetadata().getName();
  }
}
