package dev.codesource.binding;

import dev.codesource.api.BindingSpec.DeletionPolicy;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.oauth.Authorizations;
import dev.codesource.oauth.Parties;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import jakarta.inject.Singleton;

/** Revokes what a binding was granted by OAuth when it is deleted, where its user wants that. */
@Singleton
final class GrantRevocation implements Farewell {

  private final Parties parties;
  private final Authorizations authorizations;
  private final Sources sources;

  GrantRevocation(Parties parties, Authorizations authorizations, Sources sources) {
    this.parties = parties;
    this.authorizations = authorizations;
    this.sources = sources;
  }

  @Override
  public String finalizer() {
    return CodeSourceBinding.GROUP + "/revoke";
  }

  /** Has the API server keep the binding, once it is deleted, until this is done; or not. */
  void prepare(CodeSourceBinding binding, Context<CodeSourceBinding> context) {
    boolean wanted =
        binding.getSpec().oauth() != null
            && binding.getSpec().deletionPolicy() == DeletionPolicy.Revoke;
    boolean present = binding.hasFinalizer(finalizer());
    if (wanted && !present) {
      context.resourceOperations().addFinalizer(finalizer());
    } else if (present && !wanted) {
      context.resourceOperations().removeFinalizer(finalizer());
    }
  }

  @Override
  public Outcome<Boolean> attempt(CodeSourceBinding binding) {
    return parties.of(binding, sources::client).then(authorizations::revoke);
  }

  @Override
  public Problem undone(CodeSourceBinding binding, String why) {
    return new Problem(
        Reason.NotRevoked,
        "The binding is deleted, and the access of %s is not revoked: %s"
            .formatted(binding.getSpec().username(), why));
  }
}
