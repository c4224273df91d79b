package dev.codesource.crd;

import static dev.codesource.crd.CrdFinish.ONLY_WIDE;
import static dev.codesource.crd.CrdFinish.column;
import static dev.codesource.crd.CrdFinish.property;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.FieldRules;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.List;

/** What the CRD of bindings has besides what all have. */
final class BindingCrd {

  private BindingCrd() {}

  static void finish(CustomResourceDefinitionVersion version) {
    version.setAdditionalPrinterColumns(
        List.of(
            column("Platform", ".spec.platform", 0),
            column("URL", ".status.url", 0),
            column("Account", ".status.account.username", 0),
            column("Status", ".status.phase", 0),
            // Not of format date: kubectl prints a future date as <invalid>. The day alone, so that
            // a line fits in 100 columns.
            column("Expires", ".status.expiresOn", 0),
            CrdFinish.age(),
            column("Registry", ".spec.registryInstance.name", ONLY_WIDE),
            column("Reason", ".status.conditions[?(@.type==\"Ready\")].reason", ONLY_WIDE),
            column("User-Code", ".status.authorization.userCode", ONLY_WIDE),
            column("Authorization", ".status.authorization.url", ONLY_WIDE),
            // Last, since it is the longest.
            column("Message", ".status.conditions[?(@.type==\"Ready\")].message", ONLY_WIDE)));
    JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
    schema.setDescription(
        "Binds a namespace to an account on a code host: the operator checks the address, proves the access and keeps it proven.");
    JSONSchemaProps spec = property(schema, "spec");
    JSONSchemaProps publish = property(spec, "publish");
    publish.setXKubernetesListType("set");
    publish.setMaxItems((long) Publication.values().length);
    secretNames(property(spec, "publishNames"));
    scopes(property(property(spec, "oauth"), "scopes"));
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
}
