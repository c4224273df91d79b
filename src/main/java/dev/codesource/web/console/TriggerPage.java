package dev.codesource.web.console;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerSpec;
import dev.codesource.api.TriggerStatus;
import dev.codesource.build.Explaining;
import dev.codesource.reason.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One trigger.
 *
 * @param path of this page
 * @param version of the trigger: where a watch begins
 * @param sentence what was observed
 * @param todo what is to be done; null: nothing
 * @param eventsMissing what the visitor would have to be allowed to see them; null: nothing
 * @param explainRef the branch or tag that is asked about; empty: none is
 * @param explained the rules that match it
 * @param explainProblem why there is none
 */
record TriggerPage(
    String namespace,
    String name,
    String path,
    String version,
    StatusWord status,
    @Nullable String sentence,
    @Nullable Todo todo,
    List<Step> steps,
    List<Fact> facts,
    boolean mayChange,
    boolean isSuspended,
    List<RuleRow> rules,
    List<BuildRow> builds,
    List<EventRow> events,
    @Nullable String eventsMissing,
    String kubectl,
    String yaml,
    String explainRef,
    List<Explaining.Match> explained,
    @Nullable String explainProblem)
    implements ObjectPage {

  private static final String SUSPENDED =
      "This trigger is suspended: pushes are not noticed, and nothing is built.";

  /**
   * A rule.
   *
   * @param what {@code branches} or {@code tags}
   * @param last what it built last; null: nothing
   */
  record RuleRow(
      String name, String what, String pattern, String imageTags, @Nullable String last) {}

  static TriggerPage of(
      CodeSourceTrigger trigger,
      Panel<EventRow> events,
      boolean mayChange,
      String yaml,
      String explainRef,
      Instant now) {
    String namespace = trigger.getMetadata().getNamespace();
    String name = trigger.getMetadata().getName();
    TriggerSpec spec = trigger.getSpec();
    Conditions conditions = Conditions.of(trigger);
    boolean isSuspended = Boolean.TRUE.equals(spec.suspend());
    Explaining explaining = Explaining.of(spec, explainRef, now);
    return new TriggerPage(
        namespace,
        name,
        Paths.trigger(namespace, name),
        trigger.getMetadata().getResourceVersion(),
        StatusWord.of(trigger, now),
        isSuspended ? SUSPENDED : conditions.sentence().orElse(null),
        (isSuspended ? Optional.of(Reason.Suspended) : conditions.toDo())
            .map(reason -> Todo.of(reason, trigger, mayChange))
            .orElse(null),
        Step.ofTrigger(conditions),
        facts(trigger),
        mayChange,
        isSuspended,
        spec.rules().stream().map(rule -> row(trigger, rule)).toList(),
        BuildRow.of(List.of(trigger)),
        events.rows(),
        events.missing(),
        String.join(
            "\n",
            Kubectl.annotate(namespace, "cst", name),
            Kubectl.suspend(namespace, "cst", name, !isSuspended),
            Kubectl.build(namespace, name, "RULE", "refs/heads/main"),
            Kubectl.edit(namespace, "cst", name),
            Kubectl.delete(namespace, "cst", name)),
        yaml,
        explainRef,
        explaining.matches(),
        explaining.problem());
  }

  @Override
  public String changes() {
    return "%s?trigger=%s&version=%s".formatted(Paths.changes(namespace), name, version);
  }

  /** The commit that the names of images are shown for. */
  public String exampleCommit() {
    return Explaining.EXAMPLE;
  }

  private static RuleRow row(CodeSourceTrigger trigger, TriggerSpec.Rule rule) {
    return new RuleRow(
        rule.name(),
        rule.tag() == null ? "branches" : "tags",
        Optional.ofNullable(rule.tag()).or(() -> Optional.ofNullable(rule.branch())).orElse(""),
        String.join(", ", Objects.requireNonNullElse(rule.imageTags(), List.of("as usual"))),
        Optional.ofNullable(trigger.getStatus()).map(TriggerStatus::rules).stream()
            .flatMap(List::stream)
            .filter(each -> rule.name().equals(each.name()))
            .map(TriggerStatus.RuleStatus::lastBuild)
            .filter(Objects::nonNull)
            .map(build -> build.ref() + " " + build.state())
            .findFirst()
            .orElse(null));
  }

  private static List<Fact> facts(CodeSourceTrigger trigger) {
    TriggerSpec spec = trigger.getSpec();
    return new Fact.Known()
        .and("Binding", spec.bindingRef().name())
        .and("Repository", spec.repository())
        .and("Image", spec.image())
        .and("Pushes are noticed by", TriggerRow.noticedBy(trigger))
        .and(
            "Last delivery",
            TriggerRow.webhook(trigger)
                .map(TriggerStatus.Webhook::lastDeliveryAt)
                .map(Times::shown)
                .orElse(null))
        .and(
            "Builders",
            Optional.ofNullable(spec.builders()).stream()
                .flatMap(List::stream)
                .map(TriggerSpec.Builder::name)
                .reduce((one, other) -> one + ", " + other)
                .orElse(null))
        .all();
  }
}
