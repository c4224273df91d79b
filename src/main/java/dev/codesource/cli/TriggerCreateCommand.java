package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.ApiGroup;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.TriggerSpec;
import dev.codesource.api.TriggerStatus.Mode;
import dev.codesource.build.Builder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a trigger, and waits for what the operator finds. */
@Command(
    name = "create",
    description = {
      "Make a trigger for a repository that a binding can read.",
      "It waits until pushes are noticed, and says whether they can be built. What is not given is",
      "asked for. The rest of a trigger, such as paths and workspaces, can be edited afterwards."
    })
final class TriggerCreateCommand extends PluginCommand {

  /** As a rule may be called. */
  private static final int NAME_LENGTH = 40;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "The name of the trigger. Default: the last part of the repository.")
  private String name = "";

  @Option(names = "--binding", paramLabel = "BINDING", description = "The binding.")
  private String binding = "";

  @Option(
      names = "--repository",
      paramLabel = "PATH",
      description = "The path of the repository on the code host, such as group/shop.")
  private String repository = "";

  @Option(
      names = "--branch",
      paramLabel = "PATTERN",
      description =
          "Build branches whose whole name matches this regular expression (RE2): main, or"
              + " release-.*; may be repeated.")
  private List<String> branches = new ArrayList<>();

  @Option(
      names = "--tag",
      paramLabel = "PATTERN",
      description = "As --branch, for tags: v(?<version>[0-9.]+); may be repeated.")
  private List<String> tags = new ArrayList<>();

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description =
          "The image, with its registry and without tag: registry.example.com/team-a/shop."
              + " Shipwright, kpack and BuildKit need it.")
  private String image = "";

  @Option(
      names = "--image-tag",
      paramLabel = "TEMPLATE",
      split = ",",
      description =
          "The tags of the image. $${…} stands for refSlug, shortSha, a group of the pattern and"
              + " others. Default: $${refSlug}-$${shortSha}.")
  private List<String> imageTags = new ArrayList<>();

  @Option(
      names = "--context-dir",
      paramLabel = "PATH",
      description = "The folder of the repository that is built. Default: its root.")
  private String contextDir = "";

  @Option(
      names = "--dockerfile",
      paramLabel = "PATH",
      description = "The Dockerfile, in that folder. Default: Dockerfile.")
  private String dockerfile = "";

  @Mixin private final NewBuilder builder = new NewBuilder();

  @Option(
      names = "--push-secret",
      paramLabel = "SECRET",
      description = "The Secret with which Shipwright and BuildKit push the image.")
  private String pushSecret = "";

  @Option(
      names = "--service-account",
      paramLabel = "NAME",
      description = "The ServiceAccount that builds. Default: codesource-builder.")
  private String serviceAccount = "";

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "Webhook or Poll: how pushes are noticed. Default: as the administrator has set.")
  private Optional<Mode> mode = Optional.empty();

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      description = "How often the repository is compared. Default: 10m with a webhook, else 2m.")
  private String interval = "";

  @Option(
      names = "--dry-run",
      description = "Have the API server check what would be made, and make nothing.")
  private boolean dryRun;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "yaml or json: print the trigger and make nothing, for a repository.")
  private Optional<Output> output = Optional.empty();

  @Option(
      names = "--wait",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Wait until the operator has looked at it (the default), or do not: --no-wait.")
  private boolean wait;

  @Mixin private final Waiting waiting = new Waiting("2m");

  @Override
  Exit run() {
    complete();
    ObjectNode trigger = trigger();
    TriggerSpec spec = Rules.spec(trigger);
    Rules.check(spec);
    Kubectl kubectl = kubectl();
    if (output.isPresent()) {
      terminal().print(NewObject.text(kubectl, trigger, output.get()));
      return Exit.DONE;
    }
    NewObject.tryOut(kubectl, trigger);
    // Also without a builder that reads a Secret: there must be a binding.
    sayWhatIsNotPublished(kubectl, spec);
    if (dryRun) {
      terminal().print("The API server would make the trigger %s.".formatted(name));
      return Exit.DONE;
    }
    kubectl.read(List.of("create", "-f", "-"), Change.bytes(trigger));
    if (!wait) {
      terminal().print("The trigger %s is made.".formatted(name));
      return Exit.DONE;
    }
    return new Watching(kubectl, terminal(), name, waiting.timeout())
        .first(builds(spec).isPresent());
  }

  /** Asks for what is missing, and refuses what cannot be. */
  private void complete() {
    binding = given(binding, "--binding", "Binding");
    Names.check(binding);
    repository = given(repository, "--repository", "Repository, such as group/shop");
    if (branches.isEmpty() && tags.isEmpty()) {
      branches.add(given("", "--branch or --tag", "Branches (a regular expression, such as main)"));
    }
    if (name.isEmpty()) {
      name =
          repository
              .substring(repository.lastIndexOf('/') + 1)
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^a-z0-9.-]+", "-");
    }
    for (String each : List.of(name, pushSecret, serviceAccount)) {
      if (!each.isEmpty()) {
        Names.check(each);
      }
    }
  }

  private ObjectNode trigger() {
    ObjectNode trigger = JsonNodeFactory.instance.objectNode();
    trigger
        .put("apiVersion", ApiGroup.NAME + "/" + ApiGroup.VERSION)
        .put("kind", "CodeSourceTrigger");
    ObjectNode metadata = trigger.putObject("metadata").put("name", name);
    plugin().namespace().ifPresent(namespace -> metadata.put("namespace", namespace));
    ObjectNode spec = trigger.putObject("spec");
    spec.putObject("bindingRef").put("name", binding);
    spec.put("repository", repository);
    mode.ifPresent(each -> spec.put("mode", each.name()));
    put(spec, "interval", interval);
    put(spec, "image", image);
    ArrayNode rules = spec.putArray("rules");
    Set<String> names = new TreeSet<>();
    branches.forEach(pattern -> rules.add(rule("branch", pattern, names)));
    tags.forEach(pattern -> rules.add(rule("tag", pattern, names)));
    builder.json().ifPresent(spec.putArray("builders")::add);
    if (spec.path("builders").isEmpty()) {
      spec.remove("builders");
    }
    put(spec, "serviceAccountName", serviceAccount);
    if (!pushSecret.isEmpty()) {
      spec.putObject("pushSecretRef").put("name", pushSecret);
    }
    return trigger;
  }

  private ObjectNode rule(String kind, String pattern, Set<String> names) {
    ObjectNode rule =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", ruleName(kind, pattern, names))
            .put(kind, pattern);
    if (!imageTags.isEmpty()) {
      imageTags.forEach(rule.putArray("imageTags")::add);
    }
    put(rule, "contextDir", contextDir);
    put(rule, "dockerfile", dockerfile);
    return rule;
  }

  /** From the pattern, if it is a name; no two rules have the same. */
  private static String ruleName(String kind, String pattern, Set<String> names) {
    String plain = pattern.toLowerCase(Locale.ROOT).replaceAll("[/_.-]+", "-");
    String wanted =
        plain.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?") && plain.length() <= NAME_LENGTH
            ? plain
            : kind.equals("tag") ? "tags" : "branches";
    String free =
        Stream.iterate(1, number -> number + 1)
            .map(number -> number == 1 ? wanted : wanted + "-" + number)
            .filter(each -> !names.contains(each))
            .findFirst()
            .orElseThrow();
    names.add(free);
    return free;
  }

  private static void put(ObjectNode object, String field, String value) {
    if (!value.isEmpty()) {
      object.put(field, value);
    }
  }

  private static Optional<Builder.InCluster> builds(TriggerSpec spec) {
    return Builder.of(spec.builders(), spec.rules().getFirst())
        .filter(Builder.InCluster.class::isInstance)
        .map(Builder.InCluster.class::cast);
  }

  /** The operator says it, too, once it has looked: then whoever made the trigger may be gone. */
  private void sayWhatIsNotPublished(Kubectl kubectl, TriggerSpec spec) {
    Optional<Publication> needed = builds(spec).map(Builder.InCluster::publication);
    if (needed.isEmpty()) {
      return;
    }
    List<String> published;
    try {
      published =
          Json.elements(
                  kubectl.read(List.of("get", Resources.BINDINGS, binding)), "spec", "publish")
              .map(JsonNode::asText)
              .toList();
    } catch (Failure failure) {
      terminal().say("What the binding publishes is not known: " + failure.sentence());
      return;
    }
    String entry = needed.get().name();
    if (!published.contains(entry)) {
      ObjectNode patch = JsonNodeFactory.instance.objectNode();
      ArrayNode all = patch.putObject("spec").putArray("publish");
      published.forEach(all::add);
      all.add(entry);
      terminal()
          .say(
              "The builder needs a Secret that the binding %s does not publish yet. Publish it: kubectl%s patch csb %s --type=merge -p '%s'"
                  .formatted(
                      binding,
                      plugin().namespace().map(namespace -> " -n " + namespace).orElse(""),
                      binding,
                      patch));
    }
  }
}
