package dev.codesource.webhook;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.OwnedName;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.codehost.Webhooks;
import dev.codesource.codehost.Webhooks.Found;
import dev.codesource.codehost.Webhooks.Wanted;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.digest.Sha256;
import dev.codesource.http.HostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Ownership;
import dev.codesource.runtime.Pauses;
import dev.codesource.schedule.Jitter;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess.Access;
import dev.codesource.webhook.KnownPaths.Holder;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Keeps one webhook at the code host for all triggers of a binding and a repository: makes it,
 * compares it, repairs it, changes its secret, and deletes it with the last trigger.
 *
 * <p>What belongs to it is in a {@link StoredWebhook}, whose Secret is written before the code host
 * is asked. So whatever is interrupted goes on from there: a webhook of the operator is known by
 * the path in its address, and of two with the same path one is deleted.
 */
public final class WebhookKeeper {

  private static final Logger LOG = Logger.getLogger("dev.codesource.webhook");

  /** When a secret is changed, plus or minus a tenth. */
  private static final Duration LIFETIME = Duration.ofDays(90);

  /**
   * How long the secret before is good: code hosts send a delivery again with the signature that it
   * had.
   */
  private static final Duration BOTH_GOOD = Duration.ofHours(24);

  /** For all replicas to know the next secret, before the code host signs with it. */
  private static final Duration UNTIL_KNOWN = Duration.ofSeconds(10);

  /** For how long triggers of the same webhook share a comparison. */
  private static final Duration SHARED = Duration.ofMinutes(1);

  /** A trigger without webhook compares its repository more often than a refusal may change. */
  private static final Duration AFTER_REFUSAL = Duration.ofMinutes(10);

  /** A deleted trigger, of which a reconciliation may still be under way. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final String INFIX = "-webhook-";
  private static final int DIGEST_BYTES = 16;

  /** With the digest, the name of a Secret is as long as it may be. */
  private static final int LONGEST_BINDING = OwnedName.LONGEST - INFIX.length() - 2 * DIGEST_BYTES;

  private final HostClient client;
  private final HostLimiter limiter;
  private final OwnedSecretStore store;
  private final WebhookAddress address;
  private final KnownPaths paths;
  private final SecureRandom random = new SecureRandom();
  private final Clock clock;

  /** The webhooks that are being worked on. */
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  private final Recently<Kept> recently = new Recently<>();
  private final Pauses gone = new Pauses(REMEMBERED);

  /**
   * A keeper without a state of its own but for what was compared a moment ago.
   *
   * @param paths of all webhooks of the cluster, to tell those of nobody
   */
  public WebhookKeeper(
      HostClient client,
      HostLimiter limiter,
      OwnedSecretStore store,
      WebhookAddress address,
      KnownPaths paths,
      Clock clock) {
    this.client = client;
    this.limiter = limiter;
    this.store = store;
    this.address = address;
    this.paths = paths;
    this.clock = clock;
  }

  /**
   * A webhook that code hosts have.
   *
   * @param secretName of the Secret of the {@link StoredWebhook}
   * @param id the code host's identifier
   * @param rotatedAt since when deliveries are signed with the present secret
   * @param isNew whether it was made or repaired now: what was pushed before was perhaps not told
   * @param disabled why the code host had switched it off, before it was made anew; empty: it had
   *     not
   * @param left the identifiers of webhooks that send to the operator and that nobody in this
   *     cluster keeps
   * @param again when to call again, before the next comparison; empty: there is no need
   */
  public record Kept(
      String secretName,
      String id,
      Instant rotatedAt,
      boolean isNew,
      Optional<String> disabled,
      List<String> left,
      Optional<Instant> again) {

    /** For another trigger that asks a moment later. */
    private Kept asKnown() {
      return new Kept(secretName, id, rotatedAt, false, Optional.empty(), List.of(), again);
    }
  }

  /**
   * What a trigger asks for besides.
   *
   * @param atOnce whether the code host is asked also if it was a moment ago
   * @param rotation whether the secret is to be changed now
   */
  public record Wish(boolean atOnce, boolean rotation) {}

  /** The finalizer of a trigger. */
  public interface Mark {

    /** Puts it on, if it is not on. */
    void put();

    /** Takes it off, if it is on. */
    void take();
  }

  /** The name of the Secret in which a webhook is kept. */
  public static String secretName(StoredWebhook webhook) {
    return secretName(webhook.binding(), webhook.site(), webhook.repository());
  }

  /**
   * The name of the Secret for all triggers of a binding and a repository.
   *
   * @param repository the code host's own identifier
   */
  public static String secretName(String binding, SiteUrl site, String repository) {
    return secretName(binding, site.toString(), repository);
  }

  private static String secretName(String binding, String site, String repository) {
    // No part contains a NUL, so two different webhooks never have the same text.
    String text = String.join("\0", binding, site, repository);
    String beginning = binding.substring(0, Math.min(binding.length(), LONGEST_BINDING));
    return beginning + INFIX + Sha256.hex(text).substring(0, 2 * DIGEST_BYTES);
  }

  /**
   * Compares the webhook with what it should be, and acts on the difference.
   *
   * @param mark is put before a webhook is made, and taken if none can be made
   * @return the webhook; or a reason of {@code WebhookReady}, of the repository or of the host; or
   *     {@code Conflict}: another trigger of the webhook is at it
   */
  public Outcome<Kept> keep(
      CodeSourceTrigger trigger, Repository repository, Access access, Wish wish, Mark mark) {
    String binding = trigger.getSpec().bindingRef().name();
    String name = secretName(binding, access.claim().site(), repository.id());
    if (gone.until(trigger.getMetadata().getUid(), clock.instant()).isPresent()) {
      return OwnedSecretStore.conflict(name, clock.instant());
    }
    String key = key(trigger, name);
    Outcome<Kept> kept =
        Optional.of(wish)
            .filter(some -> !some.atOnce() && !some.rotation())
            .flatMap(_ -> recently.get(key, clock.instant()))
            .orElseGet(
                () ->
                    alone(
                        trigger,
                        name,
                        () -> compared(trigger, name, repository, access, wish, mark)));
    if (kept instanceof Outcome.Done<Kept>) {
      mark.put();
    }
    return kept;
  }

  private Outcome<Kept> compared(
      CodeSourceTrigger trigger,
      String name,
      Repository repository,
      Access access,
      Wish wish,
      Mark mark) {
    if (gone.until(trigger.getMetadata().getUid(), clock.instant()).isPresent()) {
      return OwnedSecretStore.conflict(name, clock.instant());
    }
    Claim claim = access.claim();
    Outcome<Kept> outcome =
        limiter.through(
            claim.caller(),
            () -> new Attempt(trigger, name, repository, claim, wish.rotation(), mark).keep());
    remember(key(trigger, name), outcome);
    return outcome;
  }

  private void remember(String key, Outcome<Kept> outcome) {
    Instant now = clock.instant();
    switch (outcome) {
      case Outcome.Done<Kept>(var kept) -> {
        Instant shared = now.plus(SHARED);
        recently.put(
            key, Outcome.done(kept.asKnown()), kept.again().filter(shared::isAfter).orElse(shared));
      }
      case Outcome.Refused<Kept> _ -> recently.put(key, outcome, now.plus(AFTER_REFUSAL));
      case Outcome.Waiting<Kept> _ -> recently.forget(key);
    }
  }

  private static String key(CodeSourceTrigger trigger, String name) {
    return trigger.getMetadata().getNamespace() + "/" + name;
  }

  /** Two at once would make two webhooks. */
  private <T> Outcome<T> alone(CodeSourceTrigger trigger, String name, Supplier<Outcome<T>> work) {
    String key = key(trigger, name);
    if (!busy.add(key)) {
      return OwnedSecretStore.conflict(name, clock.instant());
    }
    try {
      return work.get();
    } finally {
      busy.remove(key);
    }
  }

  /** Asks the code host for repositories and webhooks. */
  private record Host(Repositories repositories, Webhooks webhooks) {}

  private Host host(Claim claim) {
    HostClient.Session session = client.open(claim.tenant(), claim.anchors());
    return new Host(
        claim.codeHost().repositories(claim.site(), claim.credential(), session),
        claim.codeHost().webhooks(claim.site(), claim.credential(), session));
  }

  /** Whether a webhook is the one with this path, whatever the operator's address was then. */
  private static boolean hasPath(Found found, String path) {
    return found.url().endsWith(WebhookAddress.PREFIX + path);
  }

  /** Compares the webhooks of the code host with the Secret once, and acts on the difference. */
  private final class Attempt {
    private final CodeSourceTrigger trigger;
    private final String name;
    private final Repository known;
    private final Claim claim;
    private final boolean rotation;
    private final Mark mark;
    private final Host host;
    private final Instant now = clock.instant();

    Attempt(
        CodeSourceTrigger trigger,
        String name,
        Repository known,
        Claim claim,
        boolean rotation,
        Mark mark) {
      this.trigger = trigger;
      this.name = name;
      this.known = known;
      this.claim = claim;
      this.rotation = rotation;
      this.mark = mark;
      this.host = host(claim);
    }

    /** The repository by its identifier, since it may have been renamed. */
    Outcome<Kept> keep() {
      Optional<Secret> secret =
          store.find(trigger.getMetadata().getNamespace(), name, StoredWebhook.TYPE);
      if (secret.filter(found -> !isOfTrigger(trigger, found)).isPresent()) {
        return OwnedSecretStore.notOwned("webhook", name);
      }
      return host.repositories()
          .byId(known.id())
          .then(
              repository ->
                  host.webhooks().list(repository).then(all -> compared(repository, all, secret)));
    }

    private Outcome<Kept> compared(
        Repository repository, List<Found> all, Optional<Secret> secret) {
      Optional<StoredWebhook> stored = secret.flatMap(StoredWebhook::in).filter(this::isOfThis);
      if (stored.isPresent()) {
        return new Step(repository, all, secret.get(), stored.get(), false).compared();
      }
      StoredWebhook fresh = fresh();
      mark.put();
      return (secret.isPresent()
              ? store.replace(secret.get(), fresh.values())
              : store.create(trigger, name, StoredWebhook.TYPE, fresh.values()))
          .then(written -> new Step(repository, all, written, fresh, true).made(Optional.empty()));
    }

    /** Whoever may write the Secret may have changed it. */
    private boolean isOfThis(StoredWebhook stored) {
      return stored.platform() == claim.codeHost().platform() && isOwn(trigger, name, stored);
    }

    /**
     * A new one. The secret of a webhook can be read nowhere else, so if the Secret was lost, its
     * webhook is too.
     */
    private StoredWebhook fresh() {
      return new StoredWebhook(
          trigger.getSpec().bindingRef().name(),
          claim.codeHost().platform(),
          claim.site().toString(),
          known.id(),
          StoredWebhook.randomPath(random),
          WebhookSecret.random(random),
          Optional.empty(),
          Optional.empty(),
          now);
    }

    /** What is done with what is stored. */
    private final class Step {
      private final Repository repository;
      private final List<Found> all;
      private final Secret secret;
      private final StoredWebhook stored;
      private final boolean isFresh;
      private final Wanted wanted;

      /**
       * @param isFresh whether it was stored a moment ago
       */
      Step(
          Repository repository,
          List<Found> all,
          Secret secret,
          StoredWebhook stored,
          boolean isFresh) {
        this.repository = repository;
        this.all = all;
        this.secret = secret;
        this.stored = stored;
        this.isFresh = isFresh;
        this.wanted = new Wanted(address.of(stored.path()).orElseThrow(), stored.wantedSecret());
      }

      /** Of several with the path, the one that is stored is kept. */
      Outcome<Kept> compared() {
        List<Found> ours = all.stream().filter(each -> hasPath(each, stored.path())).toList();
        Optional<Found> one =
            ours.stream().filter(this::isStored).findFirst().or(() -> ours.stream().findFirst());
        List<Found> others =
            ours.stream().filter(each -> one.filter(each::equals).isEmpty()).toList();
        return Outcome.all(others, each -> host.webhooks().delete(repository, each.id()))
            .then(_ -> one.map(this::compared).orElseGet(() -> made(Optional.empty())));
      }

      private boolean isStored(Found found) {
        return stored.hook().filter(found.id()::equals).isPresent();
      }

      private Outcome<Kept> compared(Found found) {
        boolean isGood =
            found.isAsWanted()
                && found.disabled().isEmpty()
                && found.url().equals(wanted.url().toString())
                && isStored(found);
        return isGood && !stored.isChanging()
            ? settled(stored, false, Optional.empty())
            : updated(found, !isGood);
      }

      /** One that stays disabled is made anew. */
      private Outcome<Kept> updated(Found found, boolean isRepair) {
        return host.webhooks()
            .update(repository, found.id(), wanted)
            .then(
                answer -> {
                  if (answer.isEmpty()) {
                    return made(found.disabled());
                  }
                  return answer.get().disabled().isEmpty()
                      ? settled(at(found), isRepair, found.disabled())
                      : host.webhooks()
                          .delete(repository, found.id())
                          .then(_ -> made(found.disabled()));
                });
      }

      Outcome<Kept> made(Optional<String> disabled) {
        Outcome<Found> made = host.webhooks().create(repository, wanted);
        if (made instanceof Outcome.Refused<Found>) {
          notMade();
        }
        return made.then(
            found -> {
              LOG.infof(
                  "%s: made the webhook %s of %s", of(trigger), found.id(), repository.path());
              return settled(at(found), true, disabled.or(found::disabled));
            });
      }

      /** If there was none before either, nothing of it is kept. */
      private void notMade() {
        if (stored.hook().isEmpty() && store.delete(secret)) {
          mark.take();
        }
      }

      private StoredWebhook at(Found found) {
        return stored.madeAs(found.id()).changed(now);
      }

      /**
       * @param webhook as the code host has it
       */
      private Outcome<Kept> settled(
          StoredWebhook webhook, boolean isNew, Optional<String> disabled) {
        StoredWebhook next = withSecretsDue(webhook);
        Outcome<Secret> written =
            next.equals(stored) ? Outcome.done(secret) : store.replace(secret, next.values());
        return written.map(
            _ ->
                new Kept(
                    name,
                    next.hook().orElseThrow(),
                    next.rotatedAt(),
                    isNew,
                    disabled,
                    ofNobody(),
                    Optional.of(now.plus(UNTIL_KNOWN)).filter(_ -> next.isChanging())));
      }

      private StoredWebhook withSecretsDue(StoredWebhook webhook) {
        Duration lifetime = Jitter.computed(name).aroundTenth(LIFETIME, webhook.rotatedAt());
        if ((rotation && !isFresh && !stored.isChanging())
            || !now.isBefore(webhook.rotatedAt().plus(lifetime))) {
          return webhook.changingTo(WebhookSecret.random(random));
        }
        return now.isBefore(webhook.rotatedAt().plus(BOTH_GOOD)) ? webhook : webhook.withoutOther();
      }

      private List<String> ofNobody() {
        String beginning = address.of("").map(URI::toString).orElseThrow();
        return all.stream()
            .filter(each -> each.url().startsWith(beginning))
            .filter(each -> !hasPath(each, stored.path()))
            .filter(each -> isOfNobody(each.url().substring(beginning.length())))
            .map(Found::id)
            .toList();
      }

      private boolean isOfNobody(String path) {
        return paths.isComplete() && paths.holder(path).isEmpty();
      }
    }
  }

  /**
   * Does what a trigger leaves that does not need a webhook any more: hands the webhook to another
   * trigger, or deletes it.
   *
   * @param successor a trigger that needs the webhook; empty: there is none
   * @param accesses of bindings, by their names
   * @return true; or why it is not done
   */
  public Outcome<Boolean> release(
      CodeSourceTrigger trigger,
      String name,
      Optional<CodeSourceTrigger> successor,
      Function<String, Outcome<Access>> accesses) {
    return alone(trigger, name, () -> released(trigger, name, successor, accesses));
  }

  private Outcome<Boolean> released(
      CodeSourceTrigger trigger,
      String name,
      Optional<CodeSourceTrigger> successor,
      Function<String, Outcome<Access>> accesses) {
    Optional<Secret> secret =
        store.find(trigger.getMetadata().getNamespace(), name, StoredWebhook.TYPE);
    if (secret.filter(found -> isOfTrigger(trigger, found)).isEmpty()) {
      return successor.isPresent()
          ? Outcome.done(true)
          : Outcome.refused(
              Reason.WebhookLeft, "The Secret %s with its address is gone.".formatted(name));
    }
    if (successor.isPresent()) {
      return Ownership.isOwner(trigger, secret.get().getMetadata())
          ? store.handOver(secret.get(), successor.get()).map(_ -> true)
          : Outcome.done(true);
    }
    return StoredWebhook.in(secret.get())
        .filter(stored -> isOwn(trigger, name, stored))
        .map(
            stored ->
                accesses
                    .apply(stored.binding())
                    .then(access -> deleted(trigger, stored, access.claim())))
        .orElseGet(
            () ->
                Outcome.refused(
                    Reason.WebhookLeft,
                    "The Secret %s with its address was changed.".formatted(name)))
        .then(_ -> forgotten(trigger, secret.get()));
  }

  /**
   * Whether what a Secret says is what the operator wrote into it. Whoever may write Secrets may
   * have changed it, or have stored the path of another webhook, which is the one of the older
   * Secret.
   */
  private boolean isOwn(CodeSourceTrigger trigger, String name, StoredWebhook stored) {
    Holder own = new Holder(trigger.getMetadata().getNamespace(), name);
    return stored.hasUsualPath()
        && secretName(stored).equals(name)
        && paths.holder(stored.path()).filter(holder -> !holder.equals(own)).isEmpty();
  }

  private Outcome<Boolean> forgotten(CodeSourceTrigger trigger, Secret secret) {
    String name = secret.getMetadata().getName();
    recently.forget(key(trigger, name));
    return store.delete(secret)
        ? Outcome.done(true)
        : OwnedSecretStore.conflict(name, clock.instant());
  }

  private Outcome<Boolean> deleted(CodeSourceTrigger trigger, StoredWebhook stored, Claim claim) {
    if (!claim.site().toString().equals(stored.site())) {
      return Outcome.refused(
          Reason.WebhookLeft, "The binding is for %s now.".formatted(claim.site()));
    }
    Host host = host(claim);
    Outcome<Boolean> deleted =
        limiter.through(
            claim.caller(),
            () ->
                host.repositories()
                    .byId(stored.repository())
                    .then(repository -> deleted(trigger, stored, host, repository)));
    // What is gone has no webhook.
    return deleted instanceof Outcome.Refused<Boolean>(var problem)
            && problem.reason() == Reason.RepositoryNotFound
        ? Outcome.done(true)
        : deleted;
  }

  private static Outcome<Boolean> deleted(
      CodeSourceTrigger trigger, StoredWebhook stored, Host host, Repository repository) {
    return host.webhooks()
        .list(repository)
        .then(
            all ->
                Outcome.all(
                        all.stream().filter(each -> hasPath(each, stored.path())).toList(),
                        each -> host.webhooks().delete(repository, each.id()))
                    .map(
                        ours -> {
                          if (!ours.isEmpty()) {
                            LOG.infof(
                                "%s: deleted the webhook of %s", of(trigger), repository.path());
                          }
                          return true;
                        }));
  }

  /** The trigger is being deleted: a reconciliation that is under way makes no webhook for it. */
  public void ends(CodeSourceTrigger trigger) {
    gone.note(trigger.getMetadata().getUid(), clock.instant());
  }

  private static boolean isOfTrigger(CodeSourceTrigger trigger, Secret secret) {
    return Ownership.isOfKind(trigger, secret.getMetadata());
  }

  private static String of(CodeSourceTrigger trigger) {
    return trigger.getMetadata().getNamespace() + "/" + trigger.getMetadata().getName();
  }
}
