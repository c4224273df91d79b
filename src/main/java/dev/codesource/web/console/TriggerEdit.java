package dev.codesource.web.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerSpec;
import dev.codesource.web.console.FormPage.Group;
import dev.codesource.web.console.FormPage.Wrong;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The form of the fields of a trigger that are changed most. It sends these fields alone: whatever
 * else the trigger has stays as it is.
 */
record TriggerEdit(CodeSourceTrigger trigger, Entries entries) {

  /** More rules are edited as YAML. */
  static final int MOST_RULES = 10;

  /**
   * A field of spec.
   *
   * @param index of the rule; -1: it is not one of a rule
   * @param value what it is to be; null: it is removed
   */
  private record Change(int index, String field, @Nullable JsonNode value, boolean isThere) {

    String path() {
      return index < 0 ? "/spec/" + field : "/spec/rules/%d/%s".formatted(index, field);
    }

    void apply(ObjectNode spec) {
      ObjectNode where = index < 0 ? spec : (ObjectNode) spec.path("rules").path(index);
      if (value == null) {
        where.remove(field);
      } else {
        where.set(field, value);
      }
    }
  }

  private TriggerSpec spec() {
    return trigger.getSpec();
  }

  /** Whether the form can have all rules. */
  boolean isSmall() {
    return spec().rules().size() <= MOST_RULES;
  }

  /** The fields, by those of the object that the API server may refuse. */
  Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("spec.repository", "repository");
    fields.put("spec.image", "image");
    IntStream.range(0, spec().rules().size())
        .forEach(index -> fields.put("spec.rules[%d]".formatted(index), "pattern" + index));
    return fields;
  }

  FormPage page() {
    String namespace = trigger.getMetadata().getNamespace();
    String name = trigger.getMetadata().getName();
    String page = Paths.trigger(namespace, name);
    List<Field> fields = new ArrayList<>();
    fields.add(Field.hidden("generation", trigger.getMetadata().getGeneration().toString()));
    fields.add(
        Field.text("repository", "Repository", entries.textOr("repository", spec().repository()))
            .hint("Its path on the code host, such as group/shop."));
    fields.add(
        Field.text("image", "Image", entries.textOr("image", orEmpty(spec().image())))
            .hint("Without a tag, such as registry.example.com/team-a/shop."));
    for (int index = 0; index < spec().rules().size(); index++) {
      fields.addAll(rule(index, spec().rules().get(index)));
    }
    fields.add(
        Field.checks(
            "suspend",
            "Suspend",
            List.of(new Option("true", "notice no pushes and build nothing", isSuspended()))));
    return FormPage.of(
            "Edit " + name, page + "/edit", page, "Save", Group.of(fields.toArray(Field[]::new)))
        .intro("Everything else stays as it is. Edit as YAML has all of it, and adds rules.")
        .kubectl(Kubectl.edit(namespace, "cst", name));
  }

  private List<Field> rule(int index, TriggerSpec.Rule rule) {
    boolean isTag = rule.tag() != null;
    return List.of(
        Field.text(
                "pattern" + index,
                "%s of the rule %s".formatted(isTag ? "Tags" : "Branches", rule.name()),
                entries.textOr("pattern" + index, orEmpty(isTag ? rule.tag() : rule.branch())))
            .hint("A regular expression for the whole name."),
        Field.text(
                "tags" + index,
                "Image tags of the rule " + rule.name(),
                entries.textOr(
                    "tags" + index,
                    String.join(", ", Objects.requireNonNullElse(rule.imageTags(), List.of()))))
            .hint("Separated by commas. Empty: the name of the branch or tag and the commit."));
  }

  private static String orEmpty(@Nullable String text) {
    return Objects.requireNonNullElse(text, "");
  }

  private boolean isSuspended() {
    return entries.all().isEmpty()
        ? Boolean.TRUE.equals(spec().suspend())
        : entries.values("suspend").contains("true");
  }

  /** What can be seen to be wrong before anything is sent. */
  List<Wrong> wrongs(KubernetesSerialization serialization) {
    List<Wrong> wrongs = new ArrayList<>();
    if (entries.text("repository").isEmpty()) {
      wrongs.add(new Wrong("repository", "The repository is needed."));
    }
    for (int index = 0; index < spec().rules().size(); index++) {
      if (entries.text("pattern" + index).isEmpty()) {
        wrongs.add(
            new Wrong(
                "pattern" + index,
                "The rule %s has no pattern.".formatted(spec().rules().get(index).name())));
      }
    }
    if (!wrongs.isEmpty()) {
      return wrongs;
    }
    ObjectNode changed = serialization.convertValue(spec(), ObjectNode.class);
    changes().forEach(change -> change.apply(changed));
    return TriggerForm.wrongs(serialization.convertValue(changed, TriggerSpec.class));
  }

  private List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    changes.add(new Change(-1, "repository", text("repository"), true));
    changes.add(new Change(-1, "image", text("image"), spec().image() != null));
    changes.add(
        new Change(-1, "suspend", JsonNodeFactory.instance.booleanNode(isSuspended()), true));
    for (int index = 0; index < spec().rules().size(); index++) {
      TriggerSpec.Rule rule = spec().rules().get(index);
      changes.add(
          new Change(index, rule.tag() == null ? "branch" : "tag", text("pattern" + index), true));
      changes.add(new Change(index, "imageTags", tags(index), rule.imageTags() != null));
    }
    return changes;
  }

  private @Nullable JsonNode text(String field) {
    return Optional.of(entries.text(field))
        .filter(text -> !text.isEmpty())
        .map(JsonNodeFactory.instance::textNode)
        .orElse(null);
  }

  private @Nullable JsonNode tags(int index) {
    ArrayNode tags = JsonNodeFactory.instance.arrayNode();
    entries.parts("tags" + index).forEach(tags::add);
    return tags.isEmpty() ? null : tags;
  }

  /** The change of the trigger, as a JSON patch; of another generation nothing is changed. */
  String patch() {
    JsonPatch patch =
        new JsonPatch().test("/metadata/generation", trigger.getMetadata().getGeneration());
    changes().forEach(change -> patch.value(change.path(), change.value(), change.isThere()));
    return patch.toString();
  }
}
