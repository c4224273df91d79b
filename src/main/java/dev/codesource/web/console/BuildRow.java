package dev.codesource.web.console;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildObject;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.build.BuildLog;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A build, or a commit that is to be built.
 *
 * @param commit the first characters of its name
 * @param time when it began, or was noticed
 * @param object what builds; null: there is none, or not yet
 * @param log the command that shows its log
 */
record BuildRow(
    String trigger,
    String rule,
    String ref,
    String commit,
    StatusWord state,
    @Nullable String message,
    @Nullable String image,
    @Nullable String time,
    @Nullable String object,
    @Nullable String log) {

  private static final int SHOWN = 10;
  private static final int SHORT = 8;

  /** The last builds of these triggers, the newest first. */
  static List<BuildRow> of(List<CodeSourceTrigger> triggers) {
    return triggers.stream()
        .flatMap(BuildRow::of)
        .sorted(
            Comparator.comparing((BuildRow row) -> Objects.requireNonNullElse(row.time(), ""))
                .reversed())
        .limit(SHOWN)
        .toList();
  }

  private static Stream<BuildRow> of(CodeSourceTrigger trigger) {
    return Optional.ofNullable(trigger.getStatus()).map(TriggerStatus::rules).stream()
        .flatMap(List::stream)
        .flatMap(rule -> of(trigger, rule));
  }

  private static Stream<BuildRow> of(CodeSourceTrigger trigger, RuleStatus rule) {
    List<BuildStatus> builds = Objects.requireNonNullElse(rule.builds(), List.of());
    Optional<BuildObject> newest =
        builds.stream().map(BuildStatus::object).filter(Objects::nonNull).findFirst();
    // Without an object of its own it is not among the builds: it is only noticed, or a sink has
    // it.
    Stream<BuildRow> last =
        Stream.ofNullable(rule.lastBuild())
            .filter(build -> newest.isEmpty() || build.object() == null)
            .map(build -> of(trigger, rule, build));
    return Stream.concat(last, builds.stream().map(build -> of(trigger, rule, build)));
  }

  private static BuildRow of(CodeSourceTrigger trigger, RuleStatus rule, LastBuild build) {
    return of(
        trigger,
        rule,
        new BuildStatus(
            build.object(),
            build.ref(),
            build.sha(),
            build.state(),
            build.message(),
            Optional.ofNullable(build.images()).stream()
                .flatMap(List::stream)
                .findFirst()
                .orElse(null),
            build.digest(),
            Optional.ofNullable(build.startedAt()).orElse(build.foundAt()),
            build.finishedAt(),
            null));
  }

  private static BuildRow of(CodeSourceTrigger trigger, RuleStatus rule, BuildStatus build) {
    String sha = Objects.requireNonNullElse(build.sha(), "");
    Optional<BuildObject> object = Optional.ofNullable(build.object());
    return new BuildRow(
        trigger.getMetadata().getName(),
        Objects.requireNonNullElse(rule.name(), ""),
        Objects.requireNonNullElse(build.ref(), "").replaceFirst("^refs/(heads|tags)/", ""),
        sha.substring(0, Math.min(SHORT, sha.length())),
        StatusWord.of(Objects.requireNonNullElse(build.state(), TriggerStatus.BuildState.Due)),
        build.message(),
        build.image(),
        Times.shown(build.startedAt()),
        object.map(each -> each.kind() + "/" + each.name()).orElse(null),
        object
            .filter(BuildRow::isNamed)
            .map(
                each ->
                    BuildLog.command(
                        trigger.getMetadata().getNamespace(),
                        Objects.requireNonNullElse(each.kind(), ""),
                        Objects.requireNonNullElse(each.name(), "")))
            .orElse(null));
  }

  /** People copy the command: whoever may write a status cannot write one of their own into it. */
  private static boolean isNamed(BuildObject object) {
    return Objects.requireNonNullElse(object.kind(), "").matches("[A-Za-z]{1,63}")
        && Objects.requireNonNullElse(object.name(), "").matches(Paths.OBJECT_NAME);
  }
}
