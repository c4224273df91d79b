package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.reason.Reason;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a branch or tag built now, and tells how it ends. */
@Command(
    description = {
      "Build the newest commit of a branch or tag now.",
      "It waits for the end. The code is 0 only if the build succeeded."
    })
final class BuildCommand extends PluginCommand {

  @Parameters(index = "0", paramLabel = "TRIGGER", description = "The name of the trigger.")
  private String name = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "REF",
      description =
          "The branch or tag, such as main or refs/tags/v1.2. Default: the branch or tag of the"
              + " rule, if it names one.")
  private String ref = "";

  @Option(
      names = "--rule",
      paramLabel = "RULE",
      description = "The rule to build by. It may be left out where there is one.")
  private String rule = "";

  @Option(
      names = "--wait",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Wait for the end of the build (the default), or do not: --no-wait.")
  private boolean wait;

  @Mixin private final Waiting waiting = new Waiting("1h");

  @Override
  Exit run() {
    Names.check(name);
    Kubectl kubectl = kubectl();
    JsonNode trigger = kubectl.read(List.of("get", Resources.TRIGGERS, name));
    JsonNode chosen = rule(trigger);
    String ruleName = Json.text(chosen, "name");
    String wanted = wanted(chosen);
    String request = "%s@%s %s".formatted(ruleName, wanted, Stamp.now());
    kubectl.read(
        Change.merge(
            Resources.TRIGGERS, name, Change.annotation(CodeSourceTrigger.BUILD, request)));
    if (!wait) {
      terminal().print("The build of %s by the rule %s is asked for.".formatted(wanted, ruleName));
      return Exit.DONE;
    }
    Followed followed =
        new Followed(terminal(), ruleName, wanted, request, Builds.last(trigger, ruleName));
    JsonNode end =
        kubectl
            .await(Resources.TRIGGERS, name, waiting.timeout(), followed::isEnd)
            .orElseThrow(
                () ->
                    Failure.timeout(
                        "The build did not end in %d s (%s). It goes on."
                            .formatted(waiting.timeout().toSeconds(), followed.last)));
    return followed.isRefused ? refused(kubectl) : tell(followed.build(end));
  }

  private JsonNode rule(JsonNode trigger) {
    List<JsonNode> rules = Json.elements(trigger, "spec", "rules").toList();
    String names = String.join(", ", rules.stream().map(each -> Json.text(each, "name")).toList());
    if (rule.isEmpty() && rules.size() == 1) {
      return rules.getFirst();
    }
    if (rule.isEmpty()) {
      throw Failure.usage("Give --rule: the trigger has %s.".formatted(names));
    }
    return rules.stream()
        .filter(each -> Json.text(each, "name").equals(rule))
        .findFirst()
        .orElseThrow(
            () -> Failure.usage("The trigger has no rule %s; it has %s.".formatted(rule, names)));
  }

  private String wanted(JsonNode chosen) {
    boolean isTag = !Json.text(chosen, "tag").isEmpty();
    String pattern = Json.text(chosen, isTag ? "tag" : "branch");
    if (ref.isEmpty() && !pattern.matches("[A-Za-z0-9_/-]+")) {
      throw Failure.usage(
          "Say which branch or tag: the rule %s matches more than one."
              .formatted(Json.text(chosen, "name")));
    }
    String typed = ref.isEmpty() ? pattern : ref;
    String full =
        typed.startsWith("refs/") ? typed : (isTag ? "refs/tags/" : "refs/heads/") + typed;
    if (full.codePoints().anyMatch(point -> point <= ' ' || point == 127)) {
      throw Failure.usage("A branch or tag has no blanks.");
    }
    return full;
  }

  /** The Event says why; who may not see it is told what can be wrong. */
  private Exit refused(Kubectl kubectl) {
    Optional<String> why;
    try {
      why =
          Json.elements(
                  kubectl.read(
                      List.of(
                          "get",
                          "events",
                          "--field-selector=involvedObject.name=%s,reason=%s"
                              .formatted(name, Reason.BuildRequestInvalid))),
                  "items")
              .max(Comparator.comparing(event -> Json.text(event, "metadata", "creationTimestamp")))
              .map(event -> Json.text(event, "message"));
    } catch (Failure notSeen) {
      why = Optional.empty();
    }
    throw Failure.failed(
        why.filter(text -> !text.isEmpty())
            .orElse(
                Reason.BuildRequestInvalid.meaning() + " " + Reason.BuildRequestInvalid.remedy()));
  }

  private Exit tell(JsonNode build) {
    terminal()
        .print(
            "%s: %s %s"
                .formatted(
                    Json.text(build, "state"), Builds.shortRef(build), Json.text(build, "sha")));
    Json.some(build, "message").ifPresent(text -> terminal().print(Visible.line(text)));
    Json.some(build, "digest").ifPresent(digest -> terminal().print("Digest " + digest));
    Optional<BuildState> state = Builds.state(build);
    if (state.filter(each -> each == BuildState.Due).isPresent()) {
      terminal().say("The trigger has no builder: the commit is only noticed.");
    }
    boolean isBad =
        state.filter(each -> each == BuildState.Failed || each == BuildState.Cancelled).isPresent();
    if (isBad && Builds.log(build).isPresent()) {
      terminal().say("See its log: %s logs %s".formatted(Plugin.NAME, name));
    }
    return isBad ? Exit.FAILED : Exit.DONE;
  }

  /** The build that was asked for, from the request to its end. */
  private static final class Followed {

    private final Terminal terminal;
    private final String rule;
    private final String ref;
    private final String request;
    private final JsonNode before;
    private String object = "";
    private String last = "the operator has not looked at the request yet";
    private boolean isRefused;

    Followed(Terminal terminal, String rule, String ref, String request, JsonNode before) {
      this.terminal = terminal;
      this.rule = rule;
      this.ref = ref;
      this.request = request;
      this.before = before;
    }

    boolean isEnd(JsonNode trigger) {
      if (!Json.text(trigger, "status", "lastHandledBuild").equals(request)) {
        return false;
      }
      JsonNode build = build(trigger);
      if (build.isMissingNode()) {
        isRefused = true;
        return true;
      }
      object = Json.some(build, "object", "name").orElse(object);
      progress(build);
      return Builds.state(build).filter(BuildState::isEnd).isPresent()
          || Json.at(trigger, "spec", "builders").isMissingNode();
    }

    /** A missing node: the request was handled, and nothing is built. */
    JsonNode build(JsonNode trigger) {
      Optional<JsonNode> known =
          object.isEmpty() ? Optional.empty() : Builds.of(trigger, rule, object);
      if (known.isPresent()) {
        return known.get();
      }
      JsonNode newest = Builds.last(trigger, rule);
      boolean isNew =
          Json.text(newest, "ref").equals(ref)
              && !Json.text(newest, "foundAt").equals(Json.text(before, "foundAt"));
      return isNew || !object.isEmpty() ? newest : Json.TREES.missingNode();
    }

    private void progress(JsonNode build) {
      String now =
          Json.text(build, "state")
              + (object.isEmpty() ? "" : ": " + Json.text(build, "object", "kind") + "/" + object);
      if (!now.equals(last)) {
        terminal.say(now);
        last = now;
      }
    }
  }
}
