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

/** Binds a namespace to an account on a code host. */
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@Kind("CodeSourceBinding")
@Singular("codesourcebinding")
@Plural("codesourcebindings")
@ShortNames("csb")
@AdditionalSelectableField(jsonPath = ".spec.platform")
@AdditionalSelectableField(jsonPath = ".spec.registryInstance.name")
@AdditionalSelectableField(jsonPath = ".status.phase")
public final class CodeSourceBinding extends CustomResource<BindingSpec, BindingStatus>
    implements Namespaced {

  /**
   * The annotation that requests a verification: a new value has the binding verified at once, and
   * status then repeats the value.
   */
  public static final String REQUESTED_AT = ApiGroup.NAME + "/requested-at";

  /**
   * The annotation that asks for the repositories of the bound account whose path has these words.
   * What follows a space tells one request from the next. The answer is in a Secret of the type
   * {@code codesource.dev/repositories}.
   */
  public static final String FIND_REPOSITORIES = ApiGroup.NAME + "/find-repositories";

  /** The words of a request, as a regular expression. */
  public static final String REPOSITORY_WORDS = "[A-Za-z0-9_.~/-]{1,100}";

  /** So many repositories are in the answer at most: a person types more words. */
  public static final int MOST_REPOSITORIES = 50;

  /** What the name of that Secret has after the name of the binding. */
  public static final String REPOSITORIES_SUFFIX = "-repositories";
}
