package dev.codesource.crd;

import static dev.codesource.crd.CrdFinish.ONLY_WIDE;
import static dev.codesource.crd.CrdFinish.column;
import static dev.codesource.crd.CrdFinish.property;

import dev.codesource.api.TriggerRules;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;

/** What the CRD of triggers has besides what all have. */
final class TriggerCrd {

  private TriggerCrd() {}

  static void finish(CustomResourceDefinitionVersion version) {
    version.setAdditionalPrinterColumns(
        List.of(
            column("Binding", ".spec.bindingRef.name", 0),
            column("Repository", ".spec.repository", 0),
            column("Mode", ".status.mode", 0),
            column("Webhook", ".status.webhook.state", 0),
            column("Last-Build", ".status.rules[0].lastBuild.ref", 0),
            column("Status", ".status.phase", 0),
            CrdFinish.age(),
            column("Running", ".status.builds.running", ONLY_WIDE),
            column("Waiting", ".status.builds.waiting", ONLY_WIDE),
            column("Commit", ".status.rules[0].lastBuild.sha", ONLY_WIDE),
            column("Reason", ".status.conditions[?(@.type==\"Ready\")].reason", ONLY_WIDE),
            // Last, since it is the longest.
            column("Message", ".status.conditions[?(@.type==\"Ready\")].message", ONLY_WIDE)));
    JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
    schema.setDescription(
        "Notices pushes to a repository of a bound account, and says which rules they match.");
    JSONSchemaProps rules = property(property(schema, "spec"), "rules");
    rules.setMinItems(1L);
    rules.setMaxItems((long) TriggerRules.RULES);
    rules.setXKubernetesListType("map");
    rules.setXKubernetesListMapKeys(List.of("name"));
    JSONSchemaProps builders = property(property(schema, "spec"), "builders");
    builders.setMinItems(1L);
    builders.setMaxItems((long) TriggerRules.BUILDERS);
    builders.setXKubernetesListType("map");
    builders.setXKubernetesListMapKeys(List.of("name"));
    JSONSchemaProps rule = rules.getItems().getSchema();
    texts(property(rule, "imageTags"), TriggerRules.IMAGE_TAGS, TriggerRules.IMAGE_TAG_LENGTH);
    JSONSchemaProps paths = property(rule, "paths");
    texts(property(paths, "include"), TriggerRules.PATHS, TriggerRules.PATH_LENGTH);
    texts(property(paths, "exclude"), TriggerRules.PATHS, TriggerRules.PATH_LENGTH);
    texts(property(rule, "platforms"), TriggerRules.PLATFORMS, TriggerRules.PLATFORM_LENGTH);
    parameters(property(rule, "buildArgs"));
    JSONSchemaProps builder = builders.getItems().getSchema();
    JSONSchemaProps tekton = property(builder, "tekton");
    parameters(property(tekton, "params"));
    parameters(property(property(builder, "shipwright"), "params"));
    JSONSchemaProps workspaces = property(tekton, "workspaces");
    workspaces.setMaxItems((long) TriggerRules.WORKSPACES);
    workspaces.setXKubernetesListType("map");
    workspaces.setXKubernetesListMapKeys(List.of("name"));
  }

  private static void parameters(JSONSchemaProps map) {
    map.setMaxProperties((long) TriggerRules.PARAMETERS);
    map.getAdditionalProperties().getSchema().setMaxLength((long) TriggerRules.PARAMETER_LENGTH);
  }

  /** Limited in size, so that the API server can estimate the cost of rules on them. */
  private static void texts(JSONSchemaProps list, int most, int length) {
    list.setMinItems(1L);
    list.setMaxItems((long) most);
    JSONSchemaProps text = list.getItems().getSchema();
    text.setMinLength(1L);
    text.setMaxLength((long) length);
  }
}
