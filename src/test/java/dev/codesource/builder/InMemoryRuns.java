package dev.codesource.builder;

import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Builds that nobody builds: a test says what becomes of them. */
public final class InMemoryRuns implements Runs {

  private final Map<String, Run> runs = new LinkedHashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<RunKind>> ofKinds = new CopyOnWriteArrayList<>();
  private final Supplier<Instant> clock;

  /** What was asked for, in order. */
  public final List<String> asked = new ArrayList<>();

  public final Map<String, BuildOrder> orders = new LinkedHashMap<>();
  public Optional<Problem> refusal = Optional.empty();

  /** Why these are not started; may throw. */
  public Function<BuildOrder, Optional<Problem>> refusals = _ -> Optional.empty();

  /** Why these are neither cancelled nor deleted; may throw. */
  public Function<Run, Optional<Problem>> kept = _ -> Optional.empty();

  /** Whether what is deleted stays for now, as an object with a finalizer does. */
  public boolean isDeletedLater;

  public boolean isInstalled = true;

  /** Of all ServiceAccounts. */
  public boolean isAllowed = true;

  public boolean hasAccount = true;

  /** What the API server answers when it is asked for a ServiceAccount. */
  public Optional<RuntimeException> unanswered = Optional.empty();

  /** Whether all builds are known. */
  public boolean isListed = true;

  /** Of all images; an empty text: there is none; empty: there is no answer. */
  public Optional<String> digest = Optional.of("");

  public InMemoryRuns(Supplier<Instant> clock) {
    this.clock = clock;
  }

  /** The builder says this of a build. */
  public void becomes(String name, BuildState state) {
    Run run = run(name);
    Optional<Instant> now = Optional.of(clock.get());
    runs.put(
        name,
        run.with(
            new Progress(
                state,
                state == BuildState.Failed ? Optional.of("Exit code 1.") : Optional.empty(),
                Optional.empty(),
                run.progress().startedAt().or(() -> now),
                state.isEnd() ? now : Optional.empty())));
    tell(run, run.isActive() && state.isEnd());
  }

  /** Somebody deletes a build. */
  public void vanishes(String name) {
    Run run = run(name);
    runs.remove(name);
    tell(run, run.isActive());
  }

  public Run run(String name) {
    Run run = runs.get(name);
    if (run == null) {
      throw new IllegalArgumentException(name);
    }
    return run;
  }

  public List<String> names() {
    return List.copyOf(runs.keySet());
  }

  private void tell(Run run, boolean hasEnded) {
    listeners.forEach(each -> each.changed(run.namespace(), run.triggerName(), hasEnded));
  }

  @Override
  public void start() {
    // They are known.
  }

  @Override
  public void close() {
    runs.clear();
  }

  /** From now on the builds of a kind are known. */
  public void listed(RunKind kind) {
    isListed = true;
    ofKinds.forEach(each -> each.accept(kind));
  }

  @Override
  public void onListed(Consumer<RunKind> listener) {
    ofKinds.add(listener);
  }

  @Override
  public Outcome<RunKind> usable(Builder.InCluster builder) {
    if (!isListed) {
      return Outcome.waiting(Reason.Queued, "They are being listed.");
    }
    return isInstalled
        ? Outcome.done(RunKind.of(builder))
        : Outcome.refused(Reason.BuilderNotInstalled, "There is none.");
  }

  @Override
  public Outcome<String> allowed(String serviceAccount) {
    return isAllowed
        ? Outcome.done(serviceAccount)
        : Outcome.refused(Reason.ServiceAccountNotAllowed, "It may not be used.");
  }

  @Override
  public Outcome<String> present(String namespace, String serviceAccount) {
    asked.add("look for " + serviceAccount);
    unanswered.ifPresent(
        why -> {
          throw why;
        });
    return hasAccount
        ? Outcome.done(serviceAccount)
        : Outcome.refused(Reason.ServiceAccountNotFound, "There is no such account.");
  }

  @Override
  public Set<RunKind> known() {
    return isInstalled ? Set.of(RunKind.values()) : Set.of();
  }

  @Override
  public List<Run> of(String namespace, String triggerUid) {
    return runs.values().stream()
        .filter(run -> run.namespace().equals(namespace))
        .filter(run -> run.triggerUid().equals(triggerUid))
        .sorted(Comparator.comparing(run -> run.due().foundAt()))
        .toList();
  }

  @Override
  public int active(String namespace) {
    return (int)
        runs.values().stream()
            .filter(run -> run.namespace().equals(namespace))
            .filter(Run::isActive)
            .count();
  }

  @Override
  public Outcome<Run> start(Builder.InCluster builder, BuildOrder order) {
    asked.add("start " + order.name());
    Optional<Problem> why = refusal.or(() -> refusals.apply(order));
    if (why.isPresent()) {
      return Outcome.refused(why.get());
    }
    orders.put(order.name(), order);
    return Outcome.done(
        runs.computeIfAbsent(
            order.name(),
            name ->
                new Run(
                    RunKind.of(builder),
                    order.namespace(),
                    name,
                    "uid-of-" + name,
                    order.owner().getUid(),
                    order.owner().getName(),
                    order.due(),
                    order.images().stream().findFirst(),
                    Progress.NONE,
                    clock.get(),
                    false)));
  }

  @Override
  public Outcome<Run> cancel(Run run, String serviceAccount) {
    asked.add("cancel " + run.name() + " as " + serviceAccount);
    return kept.apply(run).map(Outcome::<Run>refused).orElseGet(() -> Outcome.done(run));
  }

  @Override
  public Outcome<Run> delete(Run run, String serviceAccount) {
    asked.add("delete " + run.name() + " as " + serviceAccount);
    Optional<Problem> why = kept.apply(run);
    if (why.isPresent()) {
      return Outcome.refused(why.get());
    }
    if (!isDeletedLater) {
      runs.remove(run.name());
    }
    return Outcome.done(run);
  }

  @Override
  public Optional<String> digest(Run run, String serviceAccount) {
    asked.add("digest " + run.name());
    return digest;
  }

  @Override
  public void onChange(Listener listener) {
    listeners.add(listener);
  }
}
