package dev.codesource.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.codesource.api.CodeSourceTrigger;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finishes the generated CRDs: the order of the columns that {@code kubectl get} prints, conditions
 * as a map by type (so that server-side apply tracks the owner of each), {@code spec} as required,
 * and the status of a resource that nobody has looked at.
 */
public final class CrdFinish implements CRDPostProcessor {

  static final int ONLY_WIDE = 1;

  /**
   * The status of a resource that the operator has not looked at: kstatus calls an object without
   * {@code observedGeneration} current, and one of another generation in progress.
   */
  private static final JsonNode NOT_LOOKED_AT =
      JsonNodeFactory.instance.objectNode().put("observedGeneration", -1);

  private static final Map<String, String> CONDITION_FIELDS =
      Map.of(
          "type", "The name of the condition.",
          "status", "True, False or Unknown.",
          "reason", "The reason in one word; docs/troubleshooting.md has a section for each.",
          "message", "What was found, and what to do about it.",
          "lastTransitionTime", "When status last changed.",
          "observedGeneration", "The generation of the resource that this condition describes.");

  @Override
  public HasMetadata process(HasMetadata generated, String crdSpecVersion) {
    CustomResourceDefinition crd = (CustomResourceDefinition) generated;
    crd.getSpec().getNames().setCategories(List.of("codesource"));
    boolean isOfTriggers =
        crd.getSpec().getNames().getKind().equals(HasMetadata.getKind(CodeSourceTrigger.class));
    for (CustomResourceDefinitionVersion version : crd.getSpec().getVersions()) {
      finish(version);
      if (isOfTriggers) {
        TriggerCrd.finish(version);
      } else {
        BindingCrd.finish(version);
      }
    }
    return crd;
  }

  private static void finish(CustomResourceDefinitionVersion version) {
    JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
    schema.setRequired(List.of("spec"));
    JSONSchemaProps spec = property(schema, "spec");
    spec.setDescription("The desired state.");
    withoutDuplicateRules(spec);
    JSONSchemaProps status = property(schema, "status");
    status.setDescription("The observed state.");
    status.setDefault(NOT_LOOKED_AT);
    conditions(property(status, "conditions"));
  }

  /** The generator finds the rule of a record's component at its field and at its accessor. */
  private static void withoutDuplicateRules(JSONSchemaProps schema) {
    if (schema.getXKubernetesValidations() != null) {
      schema.setXKubernetesValidations(
          schema.getXKubernetesValidations().stream().distinct().toList());
    }
    if (schema.getProperties() != null) {
      schema.getProperties().values().forEach(CrdFinish::withoutDuplicateRules);
    }
  }

  private static void conditions(JSONSchemaProps conditions) {
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    JSONSchemaProps condition = conditions.getItems().getSchema();
    condition.setRequired(List.of("type", "status", "reason", "message", "lastTransitionTime"));
    CONDITION_FIELDS.forEach(
        (field, description) -> property(condition, field).setDescription(description));
  }

  static JSONSchemaProps property(JSONSchemaProps schema, String name) {
    return Objects.requireNonNull(schema.getProperties().get(name), name);
  }

  static CustomResourceColumnDefinition column(String name, String path, int priority) {
    return new CustomResourceColumnDefinitionBuilder()
        .withName(name)
        .withType("string")
        .withJsonPath(path)
        .withPriority(priority == 0 ? null : priority)
        .build();
  }

  static CustomResourceColumnDefinition age() {
    return new CustomResourceColumnDefinitionBuilder()
        .withName("Age")
        .withType("date")
        .withJsonPath(".metadata.creationTimestamp")
        .build();
  }
}
