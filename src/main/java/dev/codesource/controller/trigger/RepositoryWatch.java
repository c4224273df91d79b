package dev.codesource.controller.trigger;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.build.BuildRule;
import dev.codesource.build.Comparison;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.RepositoryState;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.controller.trigger.RefStore.Stored;
import dev.codesource.git.GitServer;
import dev.codesource.git.RefFilter;
import dev.codesource.git.Refs;
import dev.codesource.git.RefsMemory;
import dev.codesource.http.HostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ComputeThreads;
import dev.codesource.runtime.UserRequest;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess.Access;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private final RefsMemory memory;
  private final ComputeThreads threads;
  private final Clock clock;

  /**
   * What the last comparison of a trigger found, by UID, so that nothing is read if it is so still.
   */
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  RepositoryWatch(
      HostClient client,
      HostLimiter limiter,
      RefStore store,
      RefsMemory memory,
      ComputeThreads threads,
      Clock clock) {
    this.client = client;
    this.limiter = limiter;
    this.store = store;
    this.memory = memory;
    this.threads = threads;
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
   * @param isChanged whether the branches and tags are others than a comparison of this process
   *     found before
   * @param requested what is due only because a user has asked for it
   * @param refusedRequest why what a user asks for cannot be due
   */
  record Result(
      Repository repository,
      List<DueCommit> due,
      List<GitRef> moved,
      Map<String, DueCommit> last,
      boolean isComplete,
      boolean isChanged,
      Optional<DueCommit> requested,
      Optional<Problem> refusedRequest) {}

  /** The trigger is gone. */
  void forget(String uid) {
    known.remove(uid);
    store.forget(uid);
  }

  /** Whether so much is pending that nothing more may become due. */
  boolean isFull(CodeSourceTrigger trigger, List<BuildRule> rules) {
    return hasBuilders(rules)
        && store.idle(trigger).isEmpty()
        && store
            .read(trigger)
            .map(Stored::state)
            .filter(state -> state.outbox().room() < rules.size() + 1)
            .isPresent();
  }

  private static boolean hasBuilders(List<BuildRule> rules) {
    return rules.stream().anyMatch(rule -> rule.builder().isPresent());
  }

  /**
   * Compares.
   *
   * @return what was found; or a reason of {@code RepositoryFound} or of the host; or {@code
   *     Conflict} or {@code TokenSecretNotOwned}
   */
  Outcome<Result> compare(CodeSourceTrigger trigger, List<BuildRule> rules, Access access) {
    try (RefsMemory.Share share = memory.open(trigger.getMetadata().getNamespace())) {
      return compare(trigger, rules, access, share);
    }
  }

  private Outcome<Result> compare(
      CodeSourceTrigger trigger, List<BuildRule> rules, Access access, RefsMemory.Share share) {
    String uid = trigger.getMetadata().getUid();
    List<String> keys = rules.stream().map(BuildRule::key).sorted().toList();
    RefFilter filter =
        new RefFilter(rules.stream().map(BuildRule::prefix).distinct().toList(), RefFilter.MOST);
    Optional<Known> before =
        Optional.ofNullable(known.get(uid)).filter(some -> some.isOf(trigger, keys));
    // Read again only if something is not as it was.
    Lazy stored = new Lazy(() -> store.read(trigger));
    Host host = new Host(access, share);
    return before
        .map(some -> Outcome.done(some.repository()))
        .orElseGet(() -> host.find(trigger, stored.get()))
        .then(repository -> host.refs(repository, filter))
        .then(
            found -> {
              String digest = found.refs().digest();
              if (before.filter(some -> some.digest().equals(digest)).isPresent()
                  && !TriggerRequests.build(trigger).isOpen()) {
                Known same = before.get();
                return Outcome.done(
                    new Result(
                        found.repository(),
                        List.of(),
                        List.of(),
                        same.last(),
                        true,
                        false,
                        Optional.empty(),
                        Optional.empty()));
              }
              RepositoryState state = state(trigger, found.repository(), stored.get());
              // A request to build has the same branches and tags compared, too.
              boolean isChanged = before.filter(some -> !some.digest().equals(digest)).isPresent();
              return new Work(trigger, rules, keys, found, digest, stored.get(), state, isChanged)
                  .compared(host::changedFiles);
            });
  }

  private static RepositoryState state(
      CodeSourceTrigger trigger, Repository repository, Optional<Stored> stored) {
    return stored
        .map(Stored::state)
        .filter(known -> known.id().equals(repository.id()))
        .orElseGet(() -> RepositoryState.of(trigger.getSpec().repository(), repository.id()));
  }

  /** One comparison in progress. */
  private final class Work {
    private final CodeSourceTrigger trigger;
    private final List<BuildRule> rules;
    private final List<String> keys;
    private final Found found;
    private final String digest;
    private final Optional<Stored> stored;
    private final RepositoryState state;
    private final boolean isChanged;
    private final Instant now = clock.instant();

    Work(
        CodeSourceTrigger trigger,
        List<BuildRule> rules,
        List<String> keys,
        Found found,
        String digest,
        Optional<Stored> stored,
        RepositoryState state,
        boolean isChanged) {
      this.trigger = trigger;
      this.rules = rules;
      this.keys = keys;
      this.found = found;
      this.digest = digest;
      this.stored = stored;
      this.state = state;
      this.isChanged = isChanged;
    }

    Outcome<Result> compared(ChangedFiles host) {
      Optional<String> value =
          Optional.of(TriggerRequests.build(trigger))
              .filter(UserRequest::isOpen)
              .flatMap(UserRequest::value)
              // It was met, and the operator ended before the status said so.
              .filter(asked -> !state.requested().equals(Optional.of(asked)));
      Optional<Outcome<DueCommit>> request =
          value.map(asked -> computed(() -> BuildRequest.read(asked, rules, found.refs(), now)));
      // One place is kept for the request.
      int room = hasBuilders(rules) ? state.outbox().room() - 1 : Integer.MAX_VALUE;
      Comparison comparison =
          computed(() -> Comparison.of(state.seen(), found.refs(), rules, now, room));
      return new ChangedPaths(
              rules,
              (before, after) -> host.between(found.repository(), before, after),
              work -> computed(work::getAsBoolean))
          .of(comparison.due())
          .then(due -> stored(comparison, due, value, request));
    }

    private <T> T computed(Supplier<T> work) {
      return threads.compute(trigger.getMetadata().getNamespace(), work);
    }

    private Outcome<Result> stored(
        Comparison comparison,
        List<DueCommit> due,
        Optional<String> value,
        Optional<Outcome<DueCommit>> request) {
      List<DueCommit> all = new ArrayList<>(due);
      Optional<DueCommit> requested =
          request
              .flatMap(
                  asked ->
                      asked instanceof Outcome.Done<DueCommit>(var commit)
                          ? Optional.of(commit)
                          : Optional.empty())
              .filter(commit -> !isAmong(due, commit));
      requested.ifPresent(all::add);
      Map<String, DueCommit> last = new HashMap<>(state.last());
      all.forEach(commit -> last.put(commit.rule(), commit));
      last.keySet().retainAll(rules.stream().map(BuildRule::name).toList());
      RepositoryState next =
          new RepositoryState(
              trigger.getSpec().repository(),
              found.repository().id(),
              Optional.of(found.repository().cloneUrl().toString()),
              comparison.seen(),
              last,
              state.outbox().with(all.stream().filter(this::hasBuilder).toList()),
              value.or(state::requested));
      Outcome<?> written =
          next.equals(state) ? Outcome.done(next) : store.write(trigger, stored, next);
      return written.map(
          _ -> {
            note(comparison, last);
            return new Result(
                found.repository(),
                all,
                comparison.moved(),
                Map.copyOf(last),
                comparison.isComplete(),
                isChanged,
                requested,
                request.flatMap(Work::refusal));
          });
    }

    private void note(Comparison comparison, Map<String, DueCommit> last) {
      String uid = trigger.getMetadata().getUid();
      if (comparison.isComplete()) {
        known.put(
            uid,
            new Known(
                found.repository(),
                trigger.getSpec().repository(),
                keys,
                digest,
                Map.copyOf(last)));
      } else {
        known.remove(uid);
      }
    }

    private static Optional<Problem> refusal(Outcome<DueCommit> request) {
      return request instanceof Outcome.Refused<DueCommit>(var problem)
          ? Optional.of(problem)
          : Optional.empty();
    }

    /** A commit that is due anyway is not built twice. */
    private static boolean isAmong(List<DueCommit> due, DueCommit asked) {
      return due.stream()
          .anyMatch(
              each ->
                  each.rule().equals(asked.rule())
                      && each.ref().equals(asked.ref())
                      && each.sha().equals(asked.sha()));
    }

    private boolean hasBuilder(DueCommit due) {
      return rules.stream()
          .anyMatch(rule -> rule.name().equals(due.rule()) && rule.builder().isPresent());
    }
  }

  /** Asks the host which files differ between two commits. */
  @FunctionalInterface
  private interface ChangedFiles {
    Outcome<Optional<Set<String>>> between(Repository repository, String before, String after);
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
    private final Access access;
    private final RefsMemory.Share share;
    private final Claim claim;
    private final HostClient.Session session;
    private final Repositories repositories;

    Host(Access access, RefsMemory.Share share) {
      this.access = access;
      this.share = share;
      claim = access.claim();
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

    Outcome<Optional<Set<String>>> changedFiles(
        Repository repository, String before, String after) {
      // Each with a session of its own, which sends a few requests at most.
      return limiter.through(
          claim.caller(),
          () ->
              claim
                  .codeHost()
                  .repositories(claim.site(), claim.credential(), session)
                  .changedFiles(repository, before, after));
    }

    private static boolean mayHaveMoved(Reason reason) {
      return reason == Reason.RepositoryNotFound || reason == Reason.Redirected;
    }

    private Outcome<Refs> listed(URI cloneUrl, RefFilter filter) {
      return limiter.through(
          claim.caller(),
          () ->
              access.asGit(
                  session,
                  login ->
                      new GitServer(
                              session, cloneUrl, login.username(), login.password().reveal(), share)
                          .refs(filter)));
    }
  }
}
