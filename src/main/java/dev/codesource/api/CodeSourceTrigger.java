package dev.codesource.api;

import io.fabric8.crd.generator.annotation.AdditionalSelectableField;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** Notices pushes to a repository of a bound account, and says which rules they match. */
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@Kind("CodeSourceTrigger")
@Singular("codesourcetrigger")
@Plural("codesourcetriggers")
@ShortNames("cst")
@AdditionalSelectableField(jsonPath = ".spec.bindingRef.name")
@AdditionalSelectableField(jsonPath = ".spec.repository")
@AdditionalSelectableField(jsonPath = ".status.phase")
public final class CodeSourceTrigger extends CustomResource<TriggerSpec, TriggerStatus>
    implements Namespaced {

  /**
   * The annotation that requests a comparison: a new value has the repository asked at once, and
   * status then repeats the value.
   */
  public static final String REQUESTED_AT = ApiGroup.NAME + "/requested-at";

  /**
   * The annotation that requests a new secret for the webhook: a new value has it changed at once,
   * and status then repeats the value.
   */
  public static final String ROTATE_SECRET = ApiGroup.NAME + "/rotate-webhook-secret";

  /**
   * The annotation that asks which rules a branch or tag matches: its full name. The answer is in
   * status; nothing is built.
   */
  public static final String EXPLAIN = ApiGroup.NAME + "/explain";

  /**
   * The annotation that makes the newest commit of a branch or tag due by a rule: {@code
   * <rule>@<full name>}. What follows a space tells one request from the next.
   */
  public static final String BUILD = ApiGroup.NAME + "/build";
}
