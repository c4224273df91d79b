package dev.codesource.web.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.FieldRules;
import dev.codesource.api.TriggerDefaults;
import dev.codesource.api.TriggerSpec;
import dev.codesource.api.TriggerStatus;
import dev.codesource.build.BuildRule;
import dev.codesource.build.BuildRules;
import dev.codesource.reason.Outcome;
import dev.codesource.web.console.FormPage.Group;
import dev.codesource.web.console.FormPage.Wrong;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The form of a new trigger, with what a person has filled in.
 *
 * @param published what the binding publishes; empty: the visitor may not see it
 */
record TriggerForm(
    String namespace, String binding, Optional<Set<Publication>> published, Entries entries) {

  /** The fields, by those of the object that the API server may refuse. */
  static final Map<String, String> FIELDS =
      Map.of(
          "metadata.name", "name",
          "spec.repository", "repository",
          "spec.image", "image",
          "spec.interval", "interval",
          "spec.rules[0]", "pattern0",
          "spec.rules[1]", "pattern1",
          "spec.rules[2]", "pattern2",
          "spec.builders", "reference",
          "spec.pushSecretRef", "push",
          "spec.serviceAccountName", "account");

  private static final int RULES = 3;

  /** What builds: the value of the field, and what it is called. */
  private static final List<Option> BUILDERS =
      List.of(
          new Option("", "nothing: pushes are only shown", false),
          new Option("sink", "a sink of the administrator", false),
          new Option("pipeline", "a Pipeline of Tekton", false),
          new Option("task", "a Task of Tekton", false),
          new Option("shipwright", "a ClusterBuildStrategy of Shipwright", false),
          new Option("kpack", "an image with buildpacks, by kpack", false),
          new Option("buildkit", "BuildKit", false));

  /** What each kind of builder needs the binding to publish; those that need nothing have none. */
  static final Map<String, Publication> NEEDED =
      Map.of(
          "pipeline", Publication.Tekton,
          "task", Publication.Tekton,
          "shipwright", Publication.Shipwright,
          "kpack", Publication.Kpack,
          "buildkit", Publication.BuildKit);

  FormPage page() {
    List<Group> groups = new ArrayList<>();
    groups.add(
        Group.of(
            Field.text("name", "Name of the trigger", entries.text("name")),
            Field.text("repository", "Repository", entries.text("repository"))
                .hint("Its path on the code host, such as group/shop."),
            Field.text("image", "Image", entries.text("image"))
                .hint("Without a tag, such as registry.example.com/team-a/shop.")));
    groups.add(rule(0, "main", "main"));
    groups.add(rule(1, "", ""));
    groups.add(rule(2, "", ""));
    groups.add(
        Group.of(
            Field.select("builder", "What builds", builders()).hint(publishedWords()),
            Field.text("reference", "Its name", entries.text("reference"))
                .hint(
                    "The name of the sink, Pipeline, Task or strategy, or the image with"
                        + " buildpacks. BuildKit: empty, or the address of a buildkitd."),
            Field.text("push", "Secret to push with", entries.text("push"))
                .hint(
                    "Shipwright and BuildKit need one of the type kubernetes.io/dockerconfigjson."),
            Field.text("account", "ServiceAccount that builds", entries.text("account"))
                .hint(
                    "It needs a RoleBinding for the builder. Empty: %s. A sink needs none."
                        .formatted(TriggerDefaults.SERVICE_ACCOUNT))));
    groups.add(
        Group.folded(
            "More",
            Field.select(
                "mode",
                "How pushes are noticed",
                Stream.concat(
                        Stream.of(new Option("", "as the administrator has set", mode().isEmpty())),
                        Stream.of(TriggerStatus.Mode.values())
                            .map(mode -> Option.of(mode.name(), mode())))
                    .toList()),
            Field.text("interval", "Interval", entries.text("interval"))
                .hint("How often the repository is asked, such as 10m.")));
    return FormPage.of(
            "New trigger",
            Paths.newTrigger(namespace, binding),
            Paths.binding(namespace, binding),
            "Make trigger",
            groups.toArray(Group[]::new))
        .intro(
            "It notices pushes to a repository that the binding %s can read. The rest of a trigger, such as parameters, can be edited afterwards."
                .formatted(binding))
        .kubectl(Kubectl.trigger(namespace, binding));
  }

  private String mode() {
    return entries.text("mode");
  }

  private Group rule(int index, String name, String pattern) {
    Field kind =
        Field.select(
            "kind" + index,
            "Builds",
            List.of(
                new Option("branch", "branches", !entries.text("kind" + index).equals("tag")),
                new Option("tag", "tags", entries.text("kind" + index).equals("tag"))));
    Field[] fields = {
      Field.text("rule" + index, "Name of the rule", entries.textOr("rule" + index, name)),
      kind,
      Field.text("pattern" + index, "Pattern", entries.textOr("pattern" + index, pattern))
          .hint("A regular expression for the whole name: main, or release-.*"),
      Field.text("tags" + index, "Tags of the image", entries.text("tags" + index))
          .hint(
              "Separated by commas, such as ${shortSha}, latest. Empty: the name of the branch or"
                  + " tag and the commit.")
    };
    return index == 0
        ? Group.of(fields)
        : new Group("Rule " + (index + 1), hasRule(index), List.of(fields));
  }

  private List<Option> builders() {
    return BUILDERS.stream()
        .map(
            option ->
                new Option(
                    option.value(),
                    option.label()
                        + lacking(option.value())
                            .map(
                                needed ->
                                    " (the binding does not publish %s yet)".formatted(needed))
                            .orElse(""),
                    option.value().equals(entries.text("builder"))))
        .toList();
  }

  /** What a kind of builder needs, and the binding is known not to publish. */
  private Optional<Publication> lacking(String builder) {
    return Optional.ofNullable(NEEDED.get(builder))
        .filter(needed -> published.filter(all -> !all.contains(needed)).isPresent());
  }

  private String publishedWords() {
    String needs =
        "Tekton, Shipwright, kpack and BuildKit each need the binding to publish the entry of their"
            + " name.";
    return needs
        + published
            .map(
                all ->
                    all.isEmpty()
                        ? " %s publishes nothing: tick it in the form Edit of the binding."
                            .formatted(binding)
                        : " %s publishes %s: tick what is missing in the form Edit of the binding."
                            .formatted(
                                binding,
                                all.stream()
                                    .map(Publication::name)
                                    .sorted()
                                    .collect(Collectors.joining(", "))))
            .orElse("");
  }

  private boolean hasRule(int index) {
    return !entries.text("rule" + index).isEmpty() || !entries.text("pattern" + index).isEmpty();
  }

  List<Wrong> wrongs() {
    List<Wrong> wrongs = new ArrayList<>();
    if (!BindingForm.isName(name(), FieldRules.NAME_LENGTH)) {
      wrongs.add(new Wrong("name", "Name: " + FieldRules.NAME_WORDS + "."));
    }
    if (entries.text("repository").isEmpty()) {
      wrongs.add(new Wrong("repository", "The repository is needed."));
    }
    boolean hasAny = false;
    for (int index = 0; index < RULES; index++) {
      if (hasRule(index)) {
        hasAny = true;
        if (entries.text("pattern" + index).isEmpty()) {
          wrongs.add(new Wrong("pattern" + index, "Rule %d has no pattern.".formatted(index + 1)));
        }
      }
    }
    if (!hasAny) {
      wrongs.add(new Wrong("pattern0", "At least one rule is needed."));
    }
    List<String> needName = List.of("sink", "pipeline", "task", "shipwright", "kpack");
    if (needName.contains(entries.text("builder")) && entries.text("reference").isEmpty()) {
      wrongs.add(new Wrong("reference", "Say which one builds."));
    }
    return wrongs;
  }

  /** What the operator would say of the rules of a trigger. */
  static List<Wrong> wrongs(TriggerSpec spec) {
    return BuildRules.of(spec) instanceof Outcome.Refused<List<BuildRule>>(var problem)
        ? List.of(new Wrong(null, problem.message()))
        : List.of();
  }

  String name() {
    return entries.text("name");
  }

  /** The trigger, as JSON. */
  String trigger() {
    ObjectNode trigger = JsonNodeFactory.instance.objectNode();
    trigger.put("apiVersion", "codesource.dev/v1alpha1").put("kind", "CodeSourceTrigger");
    trigger.putObject("metadata").put("name", name()).put("namespace", namespace);
    ObjectNode spec = trigger.putObject("spec");
    spec.putObject("bindingRef").put("name", binding);
    for (String field : List.of("repository", "image", "mode", "interval")) {
      if (!entries.text(field).isEmpty()) {
        spec.put(field, entries.text(field));
      }
    }
    ArrayNode rules = spec.putArray("rules");
    for (int index = 0; index < RULES; index++) {
      if (hasRule(index)) {
        rules.add(rule(index));
      }
    }
    if (!entries.text("account").isEmpty()) {
      spec.put("serviceAccountName", entries.text("account"));
    }
    builder().ifPresent(builder -> spec.putArray("builders").add(builder));
    if (!entries.text("push").isEmpty()) {
      spec.putObject("pushSecretRef").put("name", entries.text("push"));
    }
    return trigger.toString();
  }

  private ObjectNode rule(int index) {
    ObjectNode rule =
        JsonNodeFactory.instance
            .objectNode()
            .put(
                "name",
                Optional.of(entries.text("rule" + index))
                    .filter(name -> !name.isEmpty())
                    .orElse("rule-" + (index + 1)))
            .put(
                entries.text("kind" + index).equals("tag") ? "tag" : "branch",
                entries.text("pattern" + index));
    List<String> tags = entries.parts("tags" + index);
    if (!tags.isEmpty()) {
      tags.forEach(rule.putArray("imageTags")::add);
    }
    return rule;
  }

  private Optional<ObjectNode> builder() {
    String kind = entries.text("builder");
    String name = entries.text("reference");
    ObjectNode builder = JsonNodeFactory.instance.objectNode();
    switch (kind) {
      case "sink" -> builder.put("name", kind).putObject("sink").put("name", name);
      case "pipeline" ->
          builder
              .put("name", "tekton")
              .putObject("tekton")
              .putObject("pipelineRef")
              .put("name", name);
      case "task" ->
          builder.put("name", "tekton").putObject("tekton").putObject("taskRef").put("name", name);
      case "shipwright" ->
          builder.put("name", kind).putObject("shipwright").putObject("strategy").put("name", name);
      case "kpack" -> builder.put("name", kind).putObject("kpack").put("builderImage", name);
      case "buildkit" -> {
        ObjectNode buildkit = builder.put("name", kind).putObject("buildkit");
        if (!name.isEmpty()) {
          buildkit.put("address", name);
        }
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(builder);
  }
}
