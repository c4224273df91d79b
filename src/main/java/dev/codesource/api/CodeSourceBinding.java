package dev.codesource.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalSelectableField;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** Binds a namespace to an account on a code host. */
@Group(CodeSourceBinding.GROUP)
@Version(CodeSourceBinding.VERSION)
@Kind("CodeSourceBinding")
@Singular("codesourcebinding")
@Plural("codesourcebindings")
@ShortNames("csb")
@AdditionalPrinterColumn(name = "PLATFORM", jsonPath = ".spec.platform")
@AdditionalPrinterColumn(name = "URL", jsonPath = ".status.url")
@AdditionalPrinterColumn(name = "ACCOUNT", jsonPath = ".status.account.username")
@AdditionalPrinterColumn(name = "STATUS", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "EXPIRES", jsonPath = ".status.expiresAt")
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    priority = 1)
@AdditionalPrinterColumn(
    name = "MESSAGE",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
    priority = 1)
@AdditionalPrinterColumn(
    name = "USER-CODE",
    jsonPath = ".status.authorization.userCode",
    priority = 1)
@AdditionalPrinterColumn(
    name = "AUTHORIZATION",
    jsonPath = ".status.authorization.url",
    priority = 1)
@AdditionalSelectableField(jsonPath = ".spec.platform")
@AdditionalSelectableField(jsonPath = ".spec.registryInstance.name")
@AdditionalSelectableField(jsonPath = ".status.phase")
public final class CodeSourceBinding extends CustomResource<BindingSpec, BindingStatus>
    implements Namespaced {

  public static final String GROUP = "codesource.dev";
  public static final String VERSION = "v1alpha1";

  /** Setting it to a new value has the binding verified at once; status answers with the value. */
  public static final String REQUESTED_AT = GROUP + "/requested-at";
}
