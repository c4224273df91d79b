package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.build.BuildRule;
import dev.codesource.build.Builder;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.Outbox;
import dev.codesource.build.RepositoryState;
import dev.codesource.build.Subject;
import dev.codesource.controller.trigger.RefStore.Stored;
import dev.codesource.http.limit.RequestInterruptedException;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.sink.RefUpdate;
import dev.codesource.sink.Sinks;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells builders of the commits in a trigger's outbox: those of a branch or tag in their order, and
 * each at least once, but for builds that a newer commit of the branch takes the place of. What
 * they were told is removed by one write for all of it; until that has succeeded a restart tells it
 * again, with the same identifier.
 */
@Singleton
final class Handover {

  /** So many commits a sink is told of by one pass; another one follows. */
  static final int MOST = 50;

  /** After that no more is begun by a pass: the repository is to be compared, too. */
  private static final Duration LONGEST_PASS = Duration.ofSeconds(10);

  /** So long after it was noticed a commit is offered that a sink refuses. */
  static final Duration PATIENCE = Duration.ofHours(24);

  private final Sinks sinks;
  private final Builds builds;
  private final RefStore store;
  private final GivenUp givenUp;
  private final TriggerMetrics metrics;
  private final Clock clock;

  /**
   * What was refused, by the UID of the trigger. In memory: after a start it is offered at once.
   */
  private final Map<String, Map<DueCommit, Refusal>> refusals = new ConcurrentHashMap<>();

  /**
   * What is done with and still stored, by the UID of the trigger: this process does not do it
   * again, however often the write that removes it fails.
   */
  private final Map<String, Map<DueCommit, Ended>> ended = new ConcurrentHashMap<>();

  /** Why the last such write failed, by the UID of the trigger. */
  private final Map<String, NotRemoved> notRemoved = new ConcurrentHashMap<>();

  Handover(
      Sinks sinks,
      Builds builds,
      RefStore store,
      GivenUp givenUp,
      TriggerMetrics metrics,
      Clock clock) {
    this.sinks = sinks;
    this.builds = builds;
    this.store = store;
    this.givenUp = givenUp;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Is told of each commit of which a builder is not told any more. */
  @FunctionalInterface
  interface GivenUp {
    void tell(CodeSourceTrigger trigger, DueCommit due, Problem why);
  }

  /** A refusal, and when the commit is offered again. */
  private record Refusal(Problem problem, Instant until) {}

  /**
   * A commit that is done with.
   *
   * @param toldAt when its builder was told; empty: it was given up
   */
  private record Ended(Optional<Instant> toldAt) {}

  /**
   * A write that failed.
   *
   * @param why as the condition is to say; empty: it passes in a moment
   * @param until before that there is no other pass, which would write again
   */
  private record NotRemoved(Optional<Problem> why, Instant until) {}

  /**
   * What a pass has left.
   *
   * @param outbox what is still pending, and what builders were told
   * @param hasBuilders whether the trigger has any
   * @param problem why not everything was told
   * @param next when there is to be another pass; empty: when something is due
   * @param dropped what builders are not told of any more, since this pass
   * @param isKnown whether it is known that there is no other problem
   */
  record Result(
      Outbox outbox,
      boolean hasBuilders,
      Optional<Problem> problem,
      Optional<Instant> next,
      Set<DueCommit> dropped,
      boolean isKnown) {

    /** Without anything dropped. */
    Result(Outbox outbox, boolean hasBuilders, Optional<Problem> problem, Optional<Instant> next) {
      this(outbox, hasBuilders, problem, next, Set.of(), true);
    }

    private Result with(Set<DueCommit> others) {
      return new Result(outbox, hasBuilders, problem, next, others, isKnown);
    }

    private Result with(Optional<Problem> other) {
      return new Result(outbox, hasBuilders, other, next, dropped, isKnown);
    }

    private Result with(Builds.Readiness ready) {
      return new Result(
          outbox,
          hasBuilders,
          ready.problem(),
          Stream.concat(next.stream(), ready.next().stream()).min(Instant::compareTo),
          dropped,
          ready.isKnown());
    }
  }

  /** Nothing is told as long as the trigger is suspended: nothing waits for a builder. */
  void suspended(CodeSourceTrigger trigger) {
    metrics.nothingPending(trigger.getMetadata().getUid());
  }

  /** The trigger is gone. */
  void forget(String uid) {
    refusals.remove(uid);
    ended.remove(uid);
    notRemoved.remove(uid);
    metrics.forget(uid);
  }

  /**
   * Tells what is pending, and looks whether what will be due could be built. Blocks until the
   * sinks have answered.
   *
   * @param repository as the status has it: what is stored of another one was not stored by the
   *     operator, and nobody is told of it
   */
  Result pass(
      CodeSourceTrigger trigger,
      List<BuildRule> rules,
      Optional<TriggerStatus.Repository> repository) {
    Result told = told(trigger, rules, repository);
    return told.problem().isPresent() ? told : told.with(builds.ready(trigger, rules));
  }

  private Result told(
      CodeSourceTrigger trigger,
      List<BuildRule> rules,
      Optional<TriggerStatus.Repository> repository) {
    boolean hasBuilders = rules.stream().anyMatch(rule -> rule.builder().isPresent());
    Optional<Problem> missing = missing(rules);
    Optional<Outbox> idle = store.idle(trigger);
    if (idle.isPresent()) {
      ended.remove(trigger.getMetadata().getUid());
      notRemoved.remove(trigger.getMetadata().getUid());
      metrics.nothingPending(trigger.getMetadata().getUid());
      return new Result(idle.get(), hasBuilders, missing, Optional.empty());
    }
    Optional<Stored> stored = store.read(trigger);
    if (stored.isEmpty() || stored.get().state().outbox().pending().isEmpty()) {
      Outbox outbox = stored.map(Stored::state).map(RepositoryState::outbox).orElse(Outbox.EMPTY);
      metrics.nothingPending(trigger.getMetadata().getUid());
      return new Result(outbox, hasBuilders, missing, Optional.empty());
    }
    RepositoryState state = stored.get().state();
    boolean isSame =
        state.path().equals(trigger.getSpec().repository())
            && repository
                .filter(found -> state.id().equals(found.id()))
                .filter(found -> state.cloneUrl().equals(Optional.ofNullable(found.cloneUrl())))
                .isPresent();
    if (!isSame) {
      metrics.nothingPending(trigger.getMetadata().getUid());
      return new Result(state.outbox(), hasBuilders, missing, Optional.empty());
    }
    @Nullable NotRemoved failed = notRemoved.get(trigger.getMetadata().getUid());
    if (failed != null && clock.instant().isBefore(failed.until())) {
      return new Result(
              state.outbox(),
              hasBuilders,
              failed.why().or(() -> missing),
              Optional.of(failed.until()))
          .with(dropped(ended.getOrDefault(trigger.getMetadata().getUid(), Map.of())));
    }
    Result told = new Pass(trigger, rules, stored.get()).run();
    return told.with(missing.or(told::problem));
  }

  private static Set<DueCommit> dropped(Map<DueCommit, Ended> done) {
    return done.entrySet().stream()
        .filter(each -> each.getValue().toldAt().isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** {@code SinkNotFound}: what is due for that builder waits; empty: all are there. */
  Optional<Problem> missing(List<BuildRule> rules) {
    return rules.stream()
        .flatMap(rule -> rule.builder().stream())
        .flatMap(
            builder ->
                switch (builder) {
                  case Builder.Sink(_, var sink) -> sinks.objection(sink).stream();
                  // Builds looks at these.
                  case Builder.InCluster _ -> Stream.<Problem>empty();
                })
        .findFirst();
  }

  /** One pass over an outbox. */
  private final class Pass {
    private final CodeSourceTrigger trigger;
    private final Map<String, BuildRule> rules;
    private final Stored stored;
    private final Instant began = clock.instant();
    private final Map<DueCommit, Refusal> refused;
    private final Map<DueCommit, Ended> before;

    Pass(CodeSourceTrigger trigger, List<BuildRule> rules, Stored stored) {
      this.trigger = trigger;
      this.rules = rules.stream().collect(Collectors.toMap(BuildRule::name, Function.identity()));
      this.stored = stored;
      this.refused =
          refusals.computeIfAbsent(trigger.getMetadata().getUid(), _ -> new ConcurrentHashMap<>());
      this.before = ended.getOrDefault(trigger.getMetadata().getUid(), Map.of());
    }

    Result run() {
      List<DueCommit> pending = stored.state().outbox().pending();
      refused.keySet().retainAll(Set.copyOf(pending));
      Map<String, List<DueCommit>> bySink = new LinkedHashMap<>();
      List<DueCommit> inCluster = new ArrayList<>();
      Map<DueCommit, Ended> done = new HashMap<>();
      for (DueCommit due : pending) {
        if (before.containsKey(due)) {
          done.put(due, before.get(due));
          continue;
        }
        switch (builder(due)) {
          case Builder.Sink(_, var sink) ->
              bySink.computeIfAbsent(sink, _ -> new ArrayList<>()).add(due);
          case Builder.InCluster _ -> inCluster.add(due);
          // The rule or its builder was removed since.
          case null -> {
            done.put(due, new Ended(Optional.empty()));
            givenUp.tell(
                trigger,
                due,
                new Problem(Reason.NotDelivered, "Its rule or its builder was removed."));
          }
        }
      }
      List<SinkDelivery> deliveries =
          bySink.entrySet().stream()
              .map(each -> new SinkDelivery(each.getKey(), each.getValue()))
              .toList();
      List<Taken> all = new ArrayList<>();
      try {
        allAtOnce(deliveries);
        if (!inCluster.isEmpty()) {
          Taken started = builds.take(trigger, rules, stored.state(), inCluster);
          started.told().forEach(metrics::told);
          all.add(started);
        }
      } catch (RuntimeException e) {
        // What sinks were told by this pass is not told again by the next.
        deliveries.forEach(delivery -> note(delivery.taken(), done));
        try {
          stored(done, List.of());
        } catch (RuntimeException ofTheWrite) {
          e.addSuppressed(ofTheWrite);
        }
        throw e;
      }
      deliveries.reversed().forEach(delivery -> all.addFirst(delivery.taken()));
      all.forEach(taken -> note(taken, done));
      Result result = stored(done, all);
      if (refused.isEmpty()) {
        refusals.remove(trigger.getMetadata().getUid());
      }
      metrics.pending(
          trigger.getMetadata().getUid(),
          result.outbox().pending().stream()
              .flatMap(due -> sink(due).stream())
              .collect(Collectors.groupingBy(Function.identity(), Collectors.counting())),
          result.outbox().pending().stream()
              .filter(due -> builder(due) instanceof Builder.InCluster)
              .count());
      return result.with(dropped(done));
    }

    private static void note(Taken taken, Map<DueCommit, Ended> done) {
      taken.dropped().forEach(due -> done.put(due, new Ended(Optional.empty())));
      taken.told().forEach((due, at) -> done.put(due, new Ended(Optional.of(at))));
    }

    /** When the newest commit of each rule was told. */
    private Map<String, Instant> told(Map<DueCommit, Ended> done) {
      Map<String, Instant> told = new HashMap<>();
      stored
          .state()
          .last()
          .forEach(
              (rule, due) ->
                  Optional.ofNullable(done.get(due))
                      .flatMap(Ended::toldAt)
                      .ifPresent(at -> told.put(rule, at)));
      return told;
    }

    private Result stored(Map<DueCommit, Ended> done, List<Taken> all) {
      Optional<Problem> problem =
          all.stream().flatMap(taken -> taken.problem().stream()).findFirst();
      Optional<Instant> next =
          all.stream().flatMap(taken -> taken.next().stream()).min(Instant::compareTo);
      if (done.isEmpty()) {
        return new Result(stored.state().outbox(), true, problem, next);
      }
      String uid = trigger.getMetadata().getUid();
      ended.put(uid, Map.copyOf(done));
      Outbox left = stored.state().outbox().without(done.keySet(), told(done));
      return switch (store.write(trigger, Optional.of(stored), stored.state().with(left))) {
        case Outcome.Done<Stored> _ -> {
          ended.remove(uid);
          notRemoved.remove(uid);
          yield new Result(left, true, problem, next);
        }
        case Outcome.Refused<Stored>(var why) ->
            notRemoved(Optional.of(why), problem, atInterval());
        // Somebody else has changed the Secret.
        case Outcome.Waiting<Stored>(_, var until, _) ->
            notRemoved(Optional.empty(), problem, until.orElseGet(this::atInterval));
      };
    }

    private Result notRemoved(Optional<Problem> why, Optional<Problem> problem, Instant until) {
      NotRemoved failed = new NotRemoved(why.or(() -> problem), until);
      notRemoved.put(trigger.getMetadata().getUid(), failed);
      return new Result(stored.state().outbox(), true, failed.why(), Optional.of(until));
    }

    private @Nullable Builder builder(DueCommit due) {
      return Optional.ofNullable(rules.get(due.rule())).flatMap(BuildRule::builder).orElse(null);
    }

    private Optional<String> sink(DueCommit due) {
      return builder(due) instanceof Builder.Sink(_, var sink)
          ? Optional.of(sink)
          : Optional.empty();
    }

    private Instant atInterval() {
      return TriggerSchedule.of(trigger, Optional.ofNullable(trigger.getStatus()))
          .afterComparison(clock.instant());
    }

    private RefUpdate update(DueCommit due) {
      RepositoryState state = stored.state();
      List<String> images =
          Optional.ofNullable(rules.get(due.rule()))
                      .flatMap(rule -> rule.imageTags(due.ref(), due.sha(), due.foundAt()))
                      .orElseGet(() -> Outcome.done(List.of()))
                  instanceof Outcome.Done<List<String>>(var tags)
              ? ImageNames.of(trigger.getSpec(), tags)
              : List.of();
      return new RefUpdate(
          trigger.getMetadata().getNamespace(),
          trigger.getMetadata().getName(),
          trigger.getMetadata().getUid(),
          trigger.getSpec().bindingRef().name(),
          new RefUpdate.Repository(state.id(), state.path(), state.cloneUrl().orElse("")),
          due,
          images);
    }

    /** What one sink is to be told. */
    private final class SinkDelivery implements Callable<Boolean> {
      private final String sink;
      private final List<DueCommit> pending;
      private final Map<DueCommit, Instant> told = new LinkedHashMap<>();
      private final Set<DueCommit> dropped = new HashSet<>();

      /** Refs of which a commit is not told, so that no later one is. */
      private final Set<GitRef> held = new HashSet<>();

      /** The newest commit of each rule and ref. */
      private final Map<Subject, DueCommit> newest = new HashMap<>();

      private Optional<Problem> problem = Optional.empty();
      private Optional<Instant> next = Optional.empty();

      SinkDelivery(String sink, List<DueCommit> pending) {
        this.sink = sink;
        this.pending = pending;
        pending.forEach(due -> newest.put(Subject.of(due), due));
      }

      Taken taken() {
        return new Taken(told, dropped, problem, next);
      }

      @Override
      public Boolean call() {
        int sent = 0;
        for (DueCommit due : pending) {
          boolean isFollowed = !due.equals(newest.get(Subject.of(due)));
          if (held.contains(due.ref())) {
            continue;
          }
          @Nullable Refusal refusal = refused.get(due);
          if (refusal != null && isFollowed) {
            drop(due, refusal.problem());
          } else if (refusal != null && clock.instant().isBefore(refusal.until())) {
            hold(due, refusal);
          } else if (sent == MOST || !clock.instant().isBefore(began.plus(LONGEST_PASS))) {
            again(clock.instant());
            return false;
          } else {
            sent++;
            if (!offer(due, isFollowed)) {
              return false;
            }
          }
        }
        return true;
      }

      /** Whether the sink may be told of others. */
      private boolean offer(DueCommit due, boolean isFollowed) {
        Outcome<Boolean> answer = sinks.send(sink, update(due));
        metrics.answered(sink, answer);
        return switch (answer) {
          case Outcome.Done<Boolean> _ -> {
            Instant now = clock.instant();
            told.put(due, now);
            refused.remove(due);
            metrics.told(due, now);
            yield true;
          }
          case Outcome.Refused<Boolean>(var why) when why.reason() == Reason.SinkRefused -> {
            if (isFollowed || !clock.instant().isBefore(due.foundAt().plus(PATIENCE))) {
              drop(due, why);
            } else {
              Refusal refusal = new Refusal(why, atInterval());
              refused.put(due, refusal);
              hold(due, refusal);
            }
            yield true;
          }
          case Outcome.Refused<Boolean>(var why) -> {
            problem = Optional.of(why);
            again(atInterval());
            yield false;
          }
          case Outcome.Waiting<Boolean>(var why, var until, _) -> {
            if (why.reason() != Reason.Queued) {
              problem = Optional.of(why);
            }
            again(until.orElseGet(Pass.this::atInterval));
            yield false;
          }
        };
      }

      private void hold(DueCommit due, Refusal refusal) {
        held.add(due.ref());
        problem = problem.or(() -> Optional.of(refusal.problem()));
        again(refusal.until());
      }

      private void drop(DueCommit due, Problem why) {
        refused.remove(due);
        dropped.add(due);
        givenUp.tell(trigger, due, why);
      }

      private void again(Instant time) {
        next = Stream.concat(next.stream(), Stream.of(time)).min(Instant::compareTo);
      }
    }

    /** A slow sink delays no other. */
    private void allAtOnce(List<SinkDelivery> deliveries) {
      if (deliveries.size() == 1) {
        deliveries.getFirst().call();
        return;
      }
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Future<Boolean> each : threads.invokeAll(deliveries)) {
          each.get();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RequestInterruptedException(e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a pass over an outbox failed", e.getCause());
      }
    }
  }
}
