package dev.codesource.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.FieldRules;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finishes the generated CRD: the order of the columns that {@code kubectl get} prints, conditions
 * as a map by type (so that server-side apply tracks the owner of each), {@code spec} as required,
 * and the status of a binding that nobody has looked at.
 */
public final class CrdFinish implements CRDPostProcessor {

  private static final int ONLY_WIDE = 1;

  /**
   * The status of a binding that the operator has not looked at: kstatus calls an object without
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
          "observedGeneration", "The generation of the binding that this condition describes.");

  @Override
  public HasMetadata process(HasMetadata generated, String crdSpecVersion) {
    CustomResourceDefinition crd = (CustomResourceDefinition) generated;
    crd.getSpec().getNames().setCategories(List.of("codesource"));
    crd.getSpec().getVersions().forEach(CrdFinish::finish);
    return crd;
  }

  private static void finish(CustomResourceDefinitionVersion version) {
    version.setAdditionalPrinterColumns(
        List.of(
            column("Platform", ".spec.platform", 0),
            column("URL", ".status.url", 0),
            column("Account", ".status.account.username", 0),
            column("Status", ".status.phase", 0),
            // Not of format date: kubectl prints a future date as <invalid>. The day alone, so that
            // a line fits in 100 columns.
            column("Expires", ".status.expiresOn", 0),
            new CustomResourceColumnDefinitionBuilder()
                .withName("Age")
                .withType("date")
                .withJsonPath(".metadata.creationTimestamp")
                .build(),
            column("Registry", ".spec.registryInstance.name", ONLY_WIDE),
            column("Reason", ".status.conditions[?(@.type==\"Ready\")].reason", ONLY_WIDE),
            column("User-Code", ".status.authorization.userCode", ONLY_WIDE),
            column("Authorization", ".status.authorization.url", ONLY_WIDE),
            // Last, since it is the longest.
            column("Message", ".status.conditions[?(@.type==\"Ready\")].message", ONLY_WIDE)));
    JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
    schema.setDescription(
        "Binds a namespace to an account on a code host: the operator checks the address, proves the access and keeps it proven.");
    schema.setRequired(List.of("spec"));
    JSONSchemaProps spec = property(schema, "spec");
    spec.setDescription("The desired state.");
    JSONSchemaProps publish = property(spec, "publish");
    publish.setXKubernetesListType("set");
    publish.setMaxItems((long) Publication.values().length);
    withoutDuplicateRules(spec);
    secretNames(property(spec, "publishNames"));
    scopes(property(property(spec, "oauth"), "scopes"));
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

  /** Limited in size, so that the API server can estimate the cost of the rule on them. */
  private static void secretNames(JSONSchemaProps names) {
    names.setMaxProperties((long) Publication.values().length);
    JSONSchemaProps name = names.getAdditionalProperties().getSchema();
    name.setMinLength(1L);
    name.setMaxLength((long) FieldRules.NAME_LENGTH);
    name.setPattern(FieldRules.NAME);
    name.setXKubernetesValidations(
        List.of(
            new ValidationRuleBuilder()
                .withRule(FieldRules.IS_NAME)
                .withMessage(FieldRules.NAME_WORDS)
                .build()));
  }

  private static void scopes(JSONSchemaProps scopes) {
    scopes.setMaxItems((long) FieldRules.SCOPES);
    JSONSchemaProps scope = scopes.getItems().getSchema();
    scope.setMinLength(1L);
    scope.setMaxLength((long) FieldRules.SCOPE_LENGTH);
    scope.setPattern(FieldRules.SCOPE);
  }

  private static void conditions(JSONSchemaProps conditions) {
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    JSONSchemaProps condition = conditions.getItems().getSchema();
    condition.setRequired(List.of("type", "status", "reason", "message", "lastTransitionTime"));
    CONDITION_FIELDS.forEach(
        (field, description) -> property(condition, field).setDescription(description));
  }

  private static JSONSchemaProps property(JSONSchemaProps schema, String name) {
    return Objects.requireNonNull(schema.getProperties().get(name), name);
  }

  private static CustomResourceColumnDefinition column(String name, String path, int priority) {
    return new CustomResourceColumnDefinitionBuilder()
        .withName(name)
        .withType("string")
        .withJsonPath(path)
        .withPriority(priority == 0 ? null : priority)
        .build();
  }
}
