package dev.codesource.web.console;

import dev.codesource.api.ApiGroup;
import dev.codesource.web.console.FormPage.Wrong;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the visitor may do in a namespace, as the API server says beforehand
 * (https://kubernetes.io/docs/reference/access-authn-authz/authorization/). It decides what a page
 * offers; the API server decides again about what is sent.
 */
record Access(KubernetesClient api, String namespace) {

  /** A verb on a kind of objects. */
  record Right(String verb, String group, String resource) {

    static Right onBindings(String verb) {
      return new Right(verb, ApiGroup.NAME, "codesourcebindings");
    }

    static Right onTriggers(String verb) {
      return new Right(verb, ApiGroup.NAME, "codesourcetriggers");
    }

    static Right onSecrets(String verb) {
      return new Right(verb, "", "secrets");
    }

    @Override
    public String toString() {
      return verb + " " + resource;
    }
  }

  boolean may(Right right) {
    SelfSubjectAccessReview review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(namespace)
            .withVerb(right.verb())
            .withGroup(right.group())
            .withResource(right.resource())
            .endResourceAttributes()
            .endSpec()
            .build();
    return Optional.ofNullable(api.resource(review).create().getStatus())
        .filter(status -> Boolean.TRUE.equals(status.getAllowed()))
        .isPresent();
  }

  /** What a form says if the visitor lacks one of the rights. */
  List<Wrong> wrongs(Right... rights) {
    return missing(rights)
        .map(
            right ->
                List.of(
                    new Wrong(
                        null,
                        "You may not %s in the namespace %s. Ask whoever manages access to it."
                            .formatted(right, namespace))))
        .orElse(List.of());
  }

  /** The first right that the visitor lacks. */
  Optional<Right> missing(Right... rights) {
    return Stream.of(rights).filter(right -> !may(right)).findFirst();
  }
}
