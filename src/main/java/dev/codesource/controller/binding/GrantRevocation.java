package dev.codesource.controller.binding;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.BindingSpec.DeletionPolicy;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.oauth.AuthorizationContextResolver;
import dev.codesource.oauth.GrantManager;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Finalizer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import jakarta.inject.Singleton;

/** Revokes the OAuth grant of a deleted binding, if its deletion policy is Revoke. */
@Singleton
public final class GrantRevocation implements Finalizer<CodeSourceBinding> {

  private final AuthorizationContextResolver contexts;
  private final GrantManager authorizations;
  private final BindingInputs sources;

  GrantRevocation(
      AuthorizationContextResolver contexts, GrantManager authorizations, BindingInputs sources) {
    this.contexts = contexts;
    this.authorizations = authorizations;
    this.sources = sources;
  }

  @Override
  public String name() {
    return ApiGroup.NAME + "/revoke";
  }

  /** Adds the finalizer if the grant is to be revoked, and removes it otherwise. */
  void prepare(CodeSourceBinding binding, Context<CodeSourceBinding> context) {
    boolean wanted =
        binding.getSpec().oauth() != null
            && binding.getSpec().deletionPolicy() == DeletionPolicy.Revoke;
    boolean present = binding.hasFinalizer(name());
    if (wanted && !present) {
      context.resourceOperations().addFinalizer(name());
    } else if (present && !wanted) {
      context.resourceOperations().removeFinalizer(name());
    }
  }

  @Override
  public Outcome<Boolean> attempt(CodeSourceBinding binding) {
    return contexts
        .ofExisting(binding, sources.clientSecrets(binding))
        .then(authorizations::revoke);
  }

  @Override
  public Problem undone(CodeSourceBinding binding, String why) {
    return new Problem(
        Reason.NotRevoked,
        "The binding is deleted, and the access of %s is not revoked: %s"
            .formatted(binding.getSpec().username(), why));
  }
}
