package dev.codesource.web.authorize;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/**
 * Who may authorize a binding: everyone who knows its URL, or only those with a token of the
 * cluster that may change it.
 *
 * @param isRequired whether the token is required
 */
public record ClusterAccess(KubernetesClient client, boolean isRequired) {

  /** A token for an API server is no longer than an HTTP header can be. */
  private static final int MAX_TOKEN = 16_384;

  /**
   * Checks with the API server who the token belongs to (TokenReview) and whether they may update
   * the binding (SubjectAccessReview,
   * https://kubernetes.io/docs/reference/access-authn-authz/authorization/).
   */
  boolean mayChange(String token, String namespace, String name) {
    return user(token).filter(user -> mayChange(user, namespace, name)).isPresent();
  }

  private Optional<UserInfo> user(String token) {
    if (token.isBlank() || token.length() > MAX_TOKEN) {
      return Optional.empty();
    }
    TokenReview review =
        new TokenReviewBuilder().withNewSpec().withToken(token.strip()).endSpec().build();
    return Optional.ofNullable(client.resource(review).create().getStatus())
        .filter(status -> Boolean.TRUE.equals(status.getAuthenticated()))
        .map(status -> status.getUser());
  }

  private boolean mayChange(UserInfo user, String namespace, String name) {
    var review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(user.getUsername())
            .withUid(user.getUid())
            .withGroups(user.getGroups())
            .withExtra(user.getExtra())
            .withNewResourceAttributes()
            .withGroup(ApiGroup.NAME)
            .withResource(HasMetadata.getPlural(CodeSourceBinding.class))
            .withNamespace(namespace)
            .withName(name)
            .withVerb("update")
            .endResourceAttributes()
            .endSpec()
            .build();
    return Optional.ofNullable(client.resource(review).create().getStatus())
        .filter(status -> Boolean.TRUE.equals(status.getAllowed()))
        .isPresent();
  }
}
