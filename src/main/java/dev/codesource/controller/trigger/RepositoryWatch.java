package dev.codesource.controller.trigger;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.build.BuildRule;
import dev.codesource.build.Comparison;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.RepositoryState;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.controller.trigger.RefStore.Stored;
import dev.codesource.git.GitServer;
import dev.codesource.git.RefFilter;
import dev.codesource.git.Refs;
import dev.codesource.http.HostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess.Access;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares a repository's branches and tags with those that a trigger has seen. Git is the truth:
 * whatever caused the comparison, what is due is what the repository says now.
 */
@Singleton
final class RepositoryWatch {

  private static final String GIT = ".git";

  private final HostClient client;
  private final HostLimiter limiter;
  private final RefStore store;
  private final Clock clock;

  /**
   * What the last comparison of a trigger found, by UID, so that nothing is read if it is so still.
   */
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  RepositoryWatch(HostClient client, HostLimiter limiter, RefStore store, Clock clock) {
    this.client = client;
    this.limiter = limiter;
    this.store = store;
    this.clock = clock;
  }

  /**
   * The state after a comparison.
   *
   * @param digest of the branches and tags
   */
  private record Known(
      Repository repository,
      String path,
      List<String> rules,
      String digest,
      Map<String, DueCommit> last) {

    boolean isOf(CodeSourceTrigger trigger, List<String> keys) {
      return path.equals(trigger.getSpec().repository()) && rules.equals(keys);
    }
  }

  /**
   * What a comparison found.
   *
   * @param due what became due by it
   * @param moved tags that name another commit than before
   * @param last the newest commit that was due, by the name of its rule
   * @param isComplete false: there are more changes than one comparison looks at
   */
  record Result(
      Repository repository,
      List<DueCommit> due,
      List<GitRef> moved,
      Map<String, DueCommit> last,
      boolean isComplete) {}

  /** The trigger is gone. */
  void forget(String uid) {
    known.remove(uid);
  }

  /**
   * Compares.
   *
   * @return what was found; or a reason of {@code RepositoryFound} or of the host; or {@code
   *     Conflict} or {@code TokenSecretNotOwned}
   */
  Outcome<Result> compare(CodeSourceTrigger trigger, List<BuildRule> rules, Access access) {
    String uid = trigger.getMetadata().getUid();
    List<String> keys = rules.stream().map(BuildRule::key).sorted().toList();
    RefFilter filter =
        new RefFilter(rules.stream().map(BuildRule::prefix).distinct().toList(), RefFilter.MOST);
    Optional<Known> before =
        Optional.ofNullable(known.get(uid)).filter(some -> some.isOf(trigger, keys));
    // Read again only if something is not as it was.
    Lazy stored = new Lazy(() -> store.read(trigger));
    Host host = new Host(access);
    return before
        .map(some -> Outcome.done(some.repository()))
        .orElseGet(() -> host.find(trigger, stored.get()))
        .then(repository -> host.refs(repository, filter))
        .then(
            found -> {
              String digest = found.refs().digest();
              if (before.filter(some -> some.digest().equals(digest)).isPresent()) {
                Known same = before.get();
                return Outcome.done(
                    new Result(found.repository(), List.of(), List.of(), same.last(), true));
              }
              return compared(trigger, rules, keys, found, digest, stored.get());
            });
  }

  private Outcome<Result> compared(
      CodeSourceTrigger trigger,
      List<BuildRule> rules,
      List<String> keys,
      Found found,
      String digest,
      Optional<Stored> stored) {
    String path = trigger.getSpec().repository();
    RepositoryState state =
        stored
            .map(Stored::state)
            .filter(known -> known.id().equals(found.repository().id()))
            .orElseGet(() -> RepositoryState.of(path, found.repository().id()));
    Comparison comparison = Comparison.of(state.seen(), found.refs(), rules, clock.instant());
    Map<String, DueCommit> last = new HashMap<>(state.last());
    comparison.due().forEach(due -> last.put(due.rule(), due));
    RepositoryState next =
        new RepositoryState(path, found.repository().id(), comparison.seen(), last);
    Outcome<?> written =
        next.equals(state) ? Outcome.done(next) : store.write(trigger, stored, next);
    return written.map(
        _ -> {
          String uid = trigger.getMetadata().getUid();
          if (comparison.isComplete()) {
            known.put(uid, new Known(found.repository(), path, keys, digest, Map.copyOf(last)));
          } else {
            known.remove(uid);
          }
          return new Result(
              found.repository(),
              comparison.due(),
              comparison.moved(),
              Map.copyOf(last),
              comparison.isComplete());
        });
  }

  /** A repository with its branches and tags. */
  private record Found(Repository repository, Refs refs) {}

  /** Read once at most. */
  private static final class Lazy {
    private final Supplier<Optional<Stored>> reading;
    private Optional<Optional<Stored>> value = Optional.empty();

    Lazy(Supplier<Optional<Stored>> reading) {
      this.reading = reading;
    }

    Optional<Stored> get() {
      if (value.isEmpty()) {
        value = Optional.of(reading.get());
      }
      return value.get();
    }
  }

  /** The code host, asked with the limits that all who ask it share. */
  private final class Host {
    private final Claim claim;
    private final GitLogin login;
    private final HostClient.Session session;
    private final Repositories repositories;

    Host(Access access) {
      claim = access.claim();
      login = access.gitLogin();
      session = client.open(claim.tenant(), claim.anchors());
      repositories = claim.codeHost().repositories(claim.site(), claim.credential(), session);
    }

    /** The one that is pinned, if the spec still has the path with which it was found. */
    Outcome<Repository> find(CodeSourceTrigger trigger, Optional<Stored> stored) {
      String path = trigger.getSpec().repository();
      Optional<String> pinned =
          stored
              .map(Stored::state)
              .filter(state -> state.path().equals(path))
              .map(RepositoryState::id);
      return pinned
          .flatMap(id -> inStatus(trigger, id))
          .map(Outcome::done)
          .orElseGet(
              () ->
                  limiter.through(
                      claim.caller(),
                      () ->
                          pinned
                              .map(repositories::byId)
                              .orElseGet(() -> repositories.byPath(path))));
    }

    /**
     * The repository as the status has it. Who may write the status could name another host there,
     * which would get the credential.
     */
    private Optional<Repository> inStatus(CodeSourceTrigger trigger, String id) {
      return Optional.ofNullable(trigger.getStatus())
          .map(TriggerStatus::repository)
          .filter(known -> id.equals(known.id()))
          .flatMap(known -> ofSite(id, known.path(), known.cloneUrl()));
    }

    private Optional<Repository> ofSite(
        String id, @Nullable String path, @Nullable String cloneUrl) {
      return path != null && cloneUrl != null && isOfSite(cloneUrl)
          ? Optional.of(new Repository(id, path, URI.create(cloneUrl)))
          : Optional.empty();
    }

    private boolean isOfSite(String cloneUrl) {
      // The address of a site does not end so.
      String address =
          cloneUrl.endsWith(GIT) ? cloneUrl.substring(0, cloneUrl.length() - GIT.length()) : "";
      return SiteUrl.parse(address) instanceof Outcome.Done<SiteUrl>(var url)
          && claim.site().covers(url)
          && url.toString().equals(address);
    }

    /** Looks for a repository that is not where it was. */
    Outcome<Found> refs(Repository repository, RefFilter filter) {
      return switch (listed(repository.cloneUrl(), filter)) {
        case Outcome.Done<Refs>(var refs) -> Outcome.done(new Found(repository, refs));
        case Outcome.Refused<Refs>(var problem) when mayHaveMoved(problem.reason()) ->
            limiter
                .through(claim.caller(), () -> repositories.byId(repository.id()))
                .then(
                    now ->
                        now.cloneUrl().equals(repository.cloneUrl())
                            ? new Outcome.Refused<>(problem)
                            : listed(now.cloneUrl(), filter).map(refs -> new Found(now, refs)));
        case Outcome.Refused<Refs>(var problem) -> new Outcome.Refused<>(problem);
        case Outcome.Waiting<Refs>(var problem, var until, var scope) ->
            new Outcome.Waiting<>(problem, until, scope);
      };
    }

    private static boolean mayHaveMoved(Reason reason) {
      return reason == Reason.RepositoryNotFound || reason == Reason.Redirected;
    }

    private Outcome<Refs> listed(URI cloneUrl, RefFilter filter) {
      return limiter.through(
          claim.caller(),
          () ->
              new GitServer(session, cloneUrl, login.username(), login.password().reveal())
                  .refs(filter));
    }
  }
}
