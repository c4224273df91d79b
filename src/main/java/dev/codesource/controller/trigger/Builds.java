package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerDefaults;
import dev.codesource.api.TriggerSpec;
import dev.codesource.api.TriggerSpec.ConcurrencyPolicy;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.BuildRule;
import dev.codesource.build.Builder;
import dev.codesource.build.DueCommit;
import dev.codesource.build.RepositoryState;
import dev.codesource.builder.BuildOrder;
import dev.codesource.builder.BuildPlan;
import dev.codesource.builder.NamespaceSlots;
import dev.codesource.builder.PushSecrets;
import dev.codesource.builder.Run;
import dev.codesource.builder.RunKind;
import dev.codesource.builder.RunName;
import dev.codesource.builder.Runs;
import dev.codesource.http.Printable;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiErrors;
import dev.codesource.runtime.Ownership;
import dev.codesource.schedule.Interval;
import dev.codesource.status.ConditionSet;
import dev.codesource.verification.ProvenAccess;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts the builds of triggers, within their limits, and ends those that are superseded, take too
 * long, or are kept no longer.
 */
@Singleton
final class Builds {

  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(24);

  /** For the builder to end a build that takes too long, before the operator deletes it. */
  private static final Duration GRACE = Duration.ofMinutes(10);

  /** A builder may be installed meanwhile, or a ServiceAccount created. */
  private static final Duration RETRY = Duration.ofSeconds(30);

  /** A ServiceAccount or a Secret may be created, though nothing is due that needs it. */
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  /** So many commits may be refused in one pass; the next begins with those that were not tried. */
  private static final int MOST_REFUSED = 20;

  /** So many builds are deleted in one pass; another one follows. */
  private static final int MOST_DELETED = 20;

  /** As long as these last, no commit of the trigger can be built. */
  private static final Set<Reason> OF_THE_TRIGGER =
      EnumSet.of(
          Reason.ServiceAccountNotAllowed,
          Reason.ServiceAccountNotFound,
          Reason.BuildQuotaExceeded,
          Reason.BindingNotFound,
          Reason.BindingNotBound,
          Reason.PushSecretUnusable,
          Reason.Queued);

  /** The condition of the trigger's binding says these. */
  private static final Set<Reason> OF_THE_BINDING =
      EnumSet.of(Reason.BindingNotFound, Reason.BindingNotBound);

  /** The names and the spec do not change: the commit is given up. */
  private static final Set<Reason> OF_THE_REF =
      EnumSet.of(Reason.ImageTagInvalid, Reason.BuildParameterInvalid);

  /** Another commit may be accepted of the same builder. */
  private static final Set<Reason> OF_THE_COMMIT =
      EnumSet.of(Reason.BuildRefused, Reason.BuildNameTaken);

  private static final int TOO_MANY_REQUESTS = 429;

  /** Of what the API server says, in characters. */
  private static final int LONGEST_ANSWER = 300;

  private final Runs runs;
  private final ProvenAccess bindings;
  private final PushSecrets pushSecrets;
  private final NamespaceSlots slots;
  private final TriggerEvents events;
  private final Clock clock;

  /** Those that wait for a place of their namespace. */
  private final Map<String, Set<ResourceID>> waiting = new ConcurrentHashMap<>();

  /** Those that wait until builds of a kind can be started, by their UIDs. */
  private final Map<RunKind, Map<String, ResourceID>> unlisted = new ConcurrentHashMap<>();

  /** Builds whose cancellation was asked for, by UID, so that it is asked for once. */
  private final Map<String, Set<String>> cancelled = new ConcurrentHashMap<>();

  /**
   * Commits that were refused, those that were tried last at the end, by the UID of the trigger.
   */
  private final Map<String, List<DueCommit>> refused = new ConcurrentHashMap<>();

  /** Builds whose deletion was asked for, until nobody tells of them, by the UID of the trigger. */
  private final Map<String, Set<String>> deleted = new ConcurrentHashMap<>();

  /** Until when nothing is deleted after a refusal, by the UID of the trigger. */
  private final Map<String, Instant> undeletable = new ConcurrentHashMap<>();

  /** Of images whose builds' objects do not tell it, by the UIDs of the trigger and the build. */
  private final Map<String, Map<String, String>> digests = new ConcurrentHashMap<>();

  Builds(
      Runs runs,
      ProvenAccess bindings,
      PushSecrets pushSecrets,
      NamespaceSlots slots,
      TriggerEvents events,
      Clock clock) {
    this.runs = runs;
    this.bindings = bindings;
    this.pushSecrets = pushSecrets;
    this.slots = slots;
    this.events = events;
    this.clock = clock;
  }

  /** Calls a listener for each trigger for which something may have changed. */
  void onChange(Consumer<ResourceID> listener) {
    runs.onChange(
        (namespace, name, hasEnded) -> {
          ResourceID own = new ResourceID(name, namespace);
          listener.accept(own);
          if (!hasEnded) {
            return;
          }
          Optional.ofNullable(waiting.remove(namespace)).orElse(Set.of()).stream()
              .filter(other -> !other.equals(own))
              .forEach(listener);
        });
    runs.onListed(
        kind ->
            Optional.ofNullable(unlisted.remove(kind)).orElse(Map.of()).values().forEach(listener));
  }

  /** The trigger is gone. */
  void forget(String uid) {
    unlisted.values().forEach(each -> each.remove(uid));
    cancelled.remove(uid);
    digests.remove(uid);
    refused.remove(uid);
    deleted.remove(uid);
    undeletable.remove(uid);
  }

  /**
   * A request to the API server, whose faults are about this request: others go on.
   *
   * @return its outcome; or waiting, with {@code BuildRefused}, or with {@code Queued} if the API
   *     server takes no requests now
   */
  private static <T> Outcome<T> attempt(Supplier<Outcome<T>> request) {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      if (e.getCode() == 0 || e.getCode() == TOO_MANY_REQUESTS) {
        return Outcome.waiting(Reason.Queued, "The API server takes no requests now.");
      }
      String said = Printable.of(ApiErrors.message(e).orElse(""), LONGEST_ANSWER);
      return Outcome.waiting(
          Reason.BuildRefused,
          "The API server answers with %d%s"
              .formatted(e.getCode(), said.isEmpty() ? "." : ": " + Printable.sentence(said)));
    }
  }

  private List<Run> of(CodeSourceTrigger trigger) {
    return runs.of(trigger.getMetadata().getNamespace(), trigger.getMetadata().getUid());
  }

  /** The builds of a trigger, the oldest first, with the digests of their images. */
  List<Run> observed(CodeSourceTrigger trigger, Optional<TriggerStatus> status) {
    List<Run> all = of(trigger);
    Map<String, String> known = digests.getOrDefault(trigger.getMetadata().getUid(), Map.of());
    Map<String, String> found = new HashMap<>();
    List<Run> complete =
        all.stream()
            .map(
                run -> {
                  if (run.progress().state() != BuildState.Succeeded
                      || run.progress().digest().isPresent()) {
                    return run;
                  }
                  Optional<String> digest =
                      Optional.ofNullable(known.get(run.uid()))
                          .or(() -> reported(status, run))
                          // Answered once: that there is none is remembered, too.
                          .or(() -> runs.digest(run, account(trigger)));
                  digest.ifPresent(text -> found.put(run.uid(), text));
                  return digest
                      .filter(text -> !text.isEmpty())
                      .map(text -> run.with(run.progress().with(text)))
                      .orElse(run);
                })
            .toList();
    if (found.isEmpty()) {
      digests.remove(trigger.getMetadata().getUid());
    } else {
      digests.put(trigger.getMetadata().getUid(), found);
    }
    return complete;
  }

  private static Optional<String> reported(Optional<TriggerStatus> status, Run run) {
    return status.map(TriggerStatus::rules).orElse(List.of()).stream()
        .flatMap(rule -> Stream.ofNullable(rule.builds()))
        .flatMap(List::stream)
        .filter(build -> build.object() != null && run.name().equals(build.object().name()))
        .flatMap(build -> Stream.ofNullable(build.digest()))
        .findFirst();
  }

  /** The kinds of which all builds are known. */
  Set<RunKind> known() {
    return runs.known();
  }

  /** Begins to watch builds. */
  void start() {
    runs.start();
  }

  /** The account as which a trigger builds. */
  static String account(CodeSourceTrigger trigger) {
    return Objects.requireNonNullElse(
        trigger.getSpec().serviceAccountName(), TriggerDefaults.SERVICE_ACCOUNT);
  }

  /**
   * Whether commits could be built.
   *
   * @param problem why not
   * @param isKnown whether all was looked at; else the next look tells
   * @param next when it is looked at again; empty: when something changes
   */
  record Readiness(Optional<Problem> problem, boolean isKnown, Optional<Instant> next) {
    private static final Readiness READY = new Readiness(Optional.empty(), true, Optional.empty());
  }

  /**
   * Looks whether commits could be built, before one is due. Starts nothing. What takes a request
   * to the API server is looked at until it is there, and again when {@code spec} changes.
   */
  Readiness ready(CodeSourceTrigger trigger, List<BuildRule> rules) {
    List<Builder.InCluster> builders =
        rules.stream()
            .flatMap(rule -> rule.builder().stream())
            .filter(Builder.InCluster.class::isInstance)
            .map(Builder.InCluster.class::cast)
            .distinct()
            .toList();
    boolean isKnown = true;
    for (Builder.InCluster builder : builders) {
      switch (usable(trigger, builder)
          .then(_ -> runs.allowed(account(trigger)))
          .then(_ -> published(trigger, builder))) {
        case Outcome.Done<String> _ -> {}
        case Outcome.Refused<String>(var why) when OF_THE_BINDING.contains(why.reason()) -> {}
        case Outcome.Refused<String>(var why) -> {
          return new Readiness(Optional.of(why), true, Optional.empty());
        }
        // The listener hears when its kind has been listed.
        case Outcome.Waiting<String> _ -> isKnown = false;
      }
    }
    if (builders.isEmpty() || wasReady(trigger)) {
      return isKnown ? Readiness.READY : new Readiness(Optional.empty(), false, Optional.empty());
    }
    Optional<Instant> next = Optional.of(clock.instant().plus(LOOK_AGAIN));
    return switch (attempt(
        () -> pushSecret(trigger).then(_ -> runs.present(namespace(trigger), account(trigger))))) {
      case Outcome.Done<String> _ -> new Readiness(Optional.empty(), isKnown, Optional.empty());
      case Outcome.Refused<String>(var why) -> new Readiness(Optional.of(why), true, next);
      case Outcome.Waiting<String>(var why, _, _) when why.reason() == Reason.Queued ->
          new Readiness(Optional.empty(), false, next);
      case Outcome.Waiting<String>(var why, _, _) -> new Readiness(Optional.of(why), true, next);
    };
  }

  /** Whether all that this {@code spec} needs was there before. */
  private static boolean wasReady(CodeSourceTrigger trigger) {
    return Optional.ofNullable(trigger.getStatus())
        .flatMap(status -> ConditionSet.find(status.conditions(), ConditionType.BuilderReady))
        .filter(ready -> "True".equals(ready.getStatus()))
        .filter(
            ready -> trigger.getMetadata().getGeneration().equals(ready.getObservedGeneration()))
        .isPresent();
  }

  private static String namespace(CodeSourceTrigger trigger) {
    return trigger.getMetadata().getNamespace();
  }

  private Outcome<String> published(CodeSourceTrigger trigger, Builder.InCluster builder) {
    return bindings.published(
        namespace(trigger), trigger.getSpec().bindingRef().name(), builder.publication());
  }

  private Outcome<Optional<String>> pushSecret(CodeSourceTrigger trigger) {
    TriggerSpec.PushSecretRef reference = trigger.getSpec().pushSecretRef();
    return reference == null
        ? Outcome.done(Optional.empty())
        : pushSecrets.usable(namespace(trigger), reference.name()).map(Optional::of);
  }

  /** Is called again when it can be used. */
  private Outcome<RunKind> usable(CodeSourceTrigger trigger, Builder.InCluster builder) {
    RunKind kind = RunKind.of(builder);
    String uid = trigger.getMetadata().getUid();
    // Before it is asked: else it could become known in between.
    unlisted.compute(
        kind,
        (_, others) -> {
          Map<String, ResourceID> waits = others == null ? new ConcurrentHashMap<>() : others;
          waits.put(uid, ResourceID.fromResource(trigger));
          return waits;
        });
    Outcome<RunKind> usable = runs.usable(builder);
    if (usable instanceof Outcome.Done<RunKind>) {
      unlisted.computeIfPresent(
          kind,
          (_, waits) -> {
            waits.remove(uid);
            return waits.isEmpty() ? null : waits;
          });
    }
    return usable;
  }

  /**
   * Starts what may be started.
   *
   * @param pending what is due for builders of the cluster, the oldest first
   */
  Taken take(
      CodeSourceTrigger trigger,
      Map<String, BuildRule> rules,
      RepositoryState state,
      List<DueCommit> pending) {
    return new Work(trigger, rules, state).take(pending);
  }

  /**
   * Deletes builds that are kept no longer, or that have not ended in time.
   *
   * @param isKept those that are left for now if they have ended
   * @return when it is to be done again; empty: when something changes
   */
  Optional<Instant> cleanUp(CodeSourceTrigger trigger, Predicate<Run> isKept) {
    String uid = trigger.getMetadata().getUid();
    Duration longest = timeout(trigger).plus(GRACE);
    Instant now = clock.instant();
    Set<String> before = deleted.getOrDefault(uid, Set.of());
    List<Run> present = of(trigger);
    List<Run> all = present.stream().filter(run -> !before.contains(run.uid())).toList();
    Set<String> asked = new HashSet<>(before);
    asked.retainAll(present.stream().map(Run::uid).collect(Collectors.toSet()));
    Optional<Instant> refusal = Optional.ofNullable(undeletable.get(uid)).filter(now::isBefore);
    if (refusal.isEmpty()) {
      undeletable.remove(uid);
    }
    List<Run> overdue = new ArrayList<>();
    List<Run> ended =
        Stream.concat(
                all.stream()
                    .filter(Run::isActive)
                    .filter(run -> !now.isBefore(start(run).plus(longest))),
                expired(trigger, all).stream().filter(run -> !isKept.test(run)))
            .toList();
    for (Run run :
        refusal.isPresent() ? List.<Run>of() : ended.stream().limit(MOST_DELETED).toList()) {
      if (!(attempt(() -> runs.delete(run, account(trigger))) instanceof Outcome.Done<Run>)) {
        // Whoever took the right to delete away has a history that grows; it is tried again then.
        refusal = Optional.of(now.plus(GRACE));
        undeletable.put(uid, now.plus(GRACE));
        break;
      }
      asked.add(run.uid());
      if (run.isActive()) {
        overdue.add(run);
      }
    }
    events.overdue(trigger, overdue);
    if (asked.isEmpty()) {
      deleted.remove(uid);
    } else {
      deleted.put(uid, Set.copyOf(asked));
    }
    if (refusal.isEmpty() && ended.size() > MOST_DELETED) {
      return Optional.of(now.plusSeconds(1));
    }
    Optional<Instant> next =
        all.stream()
            .filter(Run::isActive)
            .map(run -> start(run).plus(longest))
            .filter(now::isBefore)
            .min(Instant::compareTo);
    return Stream.concat(refusal.stream(), next.stream()).min(Instant::compareTo);
  }

  /** One that waited for the builder has its time from its start on. */
  private static Instant start(Run run) {
    return run.progress().startedAt().orElse(run.createdAt());
  }

  private static List<Run> expired(CodeSourceTrigger trigger, List<Run> all) {
    Optional<TriggerSpec.History> history = Optional.ofNullable(trigger.getSpec().history());
    return BuildPlan.expired(
        all,
        history.map(TriggerSpec.History::succeeded).orElse(TriggerDefaults.HISTORY),
        history.map(TriggerSpec.History::failed).orElse(TriggerDefaults.HISTORY));
  }

  private static Duration timeout(CodeSourceTrigger trigger) {
    Duration asked =
        Interval.of(trigger.getSpec().timeout(), Duration.ofHours(TriggerDefaults.TIMEOUT_HOURS));
    return asked.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : asked;
  }

  /** One pass over what is due. */
  private final class Work {
    private final CodeSourceTrigger trigger;
    private final TriggerSpec spec;
    private final String namespace;
    private final Map<String, BuildRule> rules;
    private final RepositoryState state;
    private final Map<DueCommit, Instant> told = new HashMap<>();
    private final Set<DueCommit> dropped = new HashSet<>();
    private final Map<DueCommit, Problem> impossible = new LinkedHashMap<>();
    private Optional<Problem> problem = Optional.empty();
    private Optional<Instant> next = Optional.empty();
    private Optional<Outcome<Optional<String>>> push = Optional.empty();

    Work(CodeSourceTrigger trigger, Map<String, BuildRule> rules, RepositoryState state) {
      this.trigger = trigger;
      this.spec = trigger.getSpec();
      this.namespace = namespace(trigger);
      this.rules = rules;
      this.state = state;
    }

    Taken take(List<DueCommit> pending) {
      List<DueCommit> possible = new ArrayList<>();
      for (DueCommit due : pending) {
        switch (builder(due).map(builder -> usable(trigger, builder)).orElseThrow()) {
          case Outcome.Done<RunKind> _ -> possible.add(due);
          case Outcome.Refused<RunKind>(var why) -> {
            var _ = failed(why);
          }
          // The builds have not been listed yet: no fault of anybody.
          case Outcome.Waiting<RunKind>(_, var until, _) ->
              again(until.orElseGet(() -> clock.instant().plus(RETRY)));
        }
      }
      if (!possible.isEmpty()) {
        start(possible);
      }
      events.notPossible(trigger, impossible);
      return new Taken(told, dropped, problem, next);
    }

    private Optional<Builder.InCluster> builder(DueCommit due) {
      return Optional.ofNullable(rules.get(due.rule()))
          .flatMap(BuildRule::builder)
          .flatMap(
              each ->
                  each instanceof Builder.InCluster inCluster
                      ? Optional.of(inCluster)
                      : Optional.empty());
    }

    private void start(List<DueCommit> possible) {
      List<Run> all = of(trigger);
      ConcurrencyPolicy policy =
          Objects.requireNonNullElse(
              spec.concurrencyPolicy(),
              ConcurrencyPolicy.valueOf(TriggerDefaults.CONCURRENCY_POLICY));
      // One that is refused takes no place, so the plan has all that might be started.
      BuildPlan plan = BuildPlan.of(possible, all, policy, possible.size());
      List<Run> left = cancel(all, plan.cancel());
      dropped.addAll(plan.superseded());
      events.superseded(trigger, plan.superseded());
      List<DueCommit> startable = new ArrayList<>();
      for (DueCommit due : plan.start()) {
        if (all.stream().anyMatch(run -> run.isOf(due))) {
          // It was started before, and is told by its name to be of this commit.
          told.put(due, clock.instant());
        } else if (left.stream().noneMatch(run -> BuildPlan.areOfOneBranch(run.due(), due))) {
          startable.add(due);
        }
      }
      int active = (int) all.stream().filter(Run::isActive).count();
      int most = Objects.requireNonNullElse(spec.maxConcurrent(), TriggerDefaults.CONCURRENT);
      int wanted = Math.max(0, Math.min(most - active, startable.size()));
      int reserved = slots.reserve(namespace, () -> runs.active(namespace), wanted);
      try {
        start(startable, reserved);
        if (reserved < wanted) {
          // As a whole, since those that wait may be taken out to be called at the same time.
          waiting.compute(
              namespace,
              (_, others) -> {
                Set<ResourceID> waits = others == null ? ConcurrentHashMap.newKeySet() : others;
                waits.add(ResourceID.fromResource(trigger));
                return waits;
              });
          retry();
        }
      } finally {
        slots.release(namespace, reserved);
      }
    }

    /** Starts as many as there are places, and goes on after those that are refused. */
    private void start(List<DueCommit> startable, int places) {
      List<DueCommit> last = refused.getOrDefault(trigger.getMetadata().getUid(), List.of());
      List<DueCommit> turned = new ArrayList<>(last);
      turned.retainAll(Set.copyOf(startable));
      List<DueCommit> inTurn =
          startable.stream().sorted(Comparator.comparingInt(last::indexOf)).toList();
      Set<String> without = new HashSet<>();
      int started = 0;
      int failures = 0;
      for (DueCommit due : inTurn) {
        if (started == places || failures == MOST_REFUSED) {
          break;
        }
        Builder.InCluster builder = builder(due).orElseThrow();
        if (without.contains(builder.name())) {
          continue;
        }
        Optional<Problem> why = started(builder, due);
        if (why.isEmpty()) {
          started += told.containsKey(due) ? 1 : 0;
          turned.remove(due);
          continue;
        }
        failures++;
        turned.remove(due);
        turned.add(due);
        Reason reason = why.get().reason();
        if (OF_THE_TRIGGER.contains(reason)) {
          break;
        }
        if (!OF_THE_COMMIT.contains(reason)) {
          without.add(builder.name());
        }
      }
      if (turned.isEmpty()) {
        refused.remove(trigger.getMetadata().getUid());
      } else {
        refused.put(trigger.getMetadata().getUid(), List.copyOf(turned));
      }
    }

    /** Those that are not cancelled. */
    private List<Run> cancel(List<Run> all, List<Run> superseded) {
      String uid = trigger.getMetadata().getUid();
      Set<String> asked = cancelled.computeIfAbsent(uid, _ -> ConcurrentHashMap.newKeySet());
      asked.retainAll(all.stream().map(Run::uid).toList());
      List<Run> left = new ArrayList<>();
      for (Run run : superseded) {
        if (asked.contains(run.uid())) {
          continue;
        }
        switch (attempt(() -> runs.cancel(run, account(trigger)))) {
          case Outcome.Done<Run> _ -> asked.add(run.uid());
          case Outcome.Refused<Run>(var why) -> {
            left.add(run);
            var _ = failed(why);
          }
          case Outcome.Waiting<Run>(var why, _, _) -> {
            left.add(run);
            var _ = failed(why);
          }
        }
      }
      if (asked.isEmpty()) {
        cancelled.remove(uid);
      }
      return left;
    }

    /** Why it is not started now; empty: it was, or is given up. */
    private Optional<Problem> started(Builder.InCluster builder, DueCommit due) {
      Outcome<Run> started =
          attempt(() -> order(builder, due).then(order -> runs.start(builder, order)));
      return switch (started) {
        case Outcome.Done<Run> _ -> {
          told.put(due, clock.instant());
          yield Optional.empty();
        }
        case Outcome.Refused<Run>(var why) when OF_THE_REF.contains(why.reason()) -> {
          dropped.add(due);
          impossible.put(due, why);
          yield Optional.empty();
        }
        case Outcome.Refused<Run>(var why) -> failed(why);
        case Outcome.Waiting<Run>(var why, _, _) -> failed(why);
      };
    }

    private Optional<Problem> failed(Problem why) {
      if (why.reason() != Reason.Queued) {
        problem = problem.or(() -> Optional.of(why));
      }
      retry();
      return Optional.of(why);
    }

    private void retry() {
      again(clock.instant().plus(RETRY));
    }

    /** At that time, or at an earlier one that is known already. */
    private void again(Instant time) {
      next = Optional.of(next.filter(known -> known.isBefore(time)).orElse(time));
    }

    /** What is wrong with the trigger comes before what is wrong with its binding. */
    private Outcome<BuildOrder> order(Builder.InCluster builder, DueCommit due) {
      return runs.allowed(account(trigger))
          .then(_ -> images(due))
          .then(
              images ->
                  published(trigger, builder)
                      .then(secret -> pushSecret().map(push -> order(due, images, secret, push))));
    }

    private Outcome<List<String>> images(DueCommit due) {
      BuildRule rule = Objects.requireNonNull(rules.get(due.rule()));
      return rule.imageTags(due.ref(), due.sha(), due.foundAt())
          .orElseGet(
              () ->
                  Outcome.refused(
                      Reason.ImageTagInvalid,
                      "The rule %s does not match %s any more.".formatted(rule.name(), due.ref())))
          .map(tags -> ImageNames.of(spec, tags));
    }

    /** Looked for once. */
    private Outcome<Optional<String>> pushSecret() {
      Outcome<Optional<String>> known = push.orElseGet(() -> Builds.this.pushSecret(trigger));
      push = Optional.of(known);
      return known;
    }

    private BuildOrder order(
        DueCommit due, List<String> images, String gitSecret, Optional<String> pushSecret) {
      BuildRule rule = Objects.requireNonNull(rules.get(due.rule()));
      TriggerSpec.Rule inputs =
          spec.rules().stream()
              .filter(each -> each.name().equals(due.rule()))
              .findFirst()
              .orElseThrow();
      URI cloneUrl = URI.create(state.cloneUrl().orElseThrow());
      Optional<String> contextDir = Optional.ofNullable(inputs.contextDir());
      Optional<String> dockerfile = Optional.ofNullable(inputs.dockerfile());
      List<String> platforms = Objects.requireNonNullElse(inputs.platforms(), List.of());
      return new BuildOrder(
          namespace,
          Ownership.reference(trigger),
          RunName.of(Ownership.reference(trigger), due),
          due,
          cloneUrl,
          images,
          contextDir,
          dockerfile,
          Objects.requireNonNullElse(inputs.buildArgs(), Map.of()),
          platforms,
          rule.variables(due, cloneUrl, images, contextDir, dockerfile, platforms),
          account(trigger),
          gitSecret,
          pushSecret,
          timeout(trigger));
    }
  }
}
