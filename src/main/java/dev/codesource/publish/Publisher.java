package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.BindingSpec.SecretRef;
import dev.codesource.api.BindingSpec.WhenUnbound;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.Proof;
import dev.codesource.http.TrustAnchors;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.Finding;
import dev.codesource.status.Publishing;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.Secret;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the proven credential to Secrets for the consumers of a binding, and deletes these
 * Secrets.
 */
@Singleton
public final class Publisher {

  private final PublishedSecrets secrets;

  Publisher(PublishedSecrets secrets) {
    this.secrets = secrets;
  }

  /**
   * Updates a binding's Secrets after a verification. When it returns, no published Secret contains
   * an older credential than the claim's, so a replaced one may be revoked.
   *
   * @param claim of the finding; present whenever access is proven, and empty while the host cannot
   *     be reached to renew it
   * @param login the credential for consumers
   * @param kept the names of the Secrets that the operator keeps for the binding itself
   */
  public Publishing publish(
      CodeSourceBinding binding,
      Finding finding,
      Optional<Claim> claim,
      Outcome<ConsumerLogin> login,
      Set<String> kept) {
    boolean isForbidden =
        claim.filter(known -> !known.credential().mayBePublished()).isPresent()
            && !entries(binding).isEmpty();
    return isForbidden && !(finding instanceof Finding.Suspended)
        ? forbidden(binding)
        : allowed(binding, finding, claim, login, kept);
  }

  /** What was published before the Secret said no is deleted. */
  private Publishing forbidden(CodeSourceBinding binding) {
    secrets.of(binding).forEach(secret -> secrets.delete(binding, secret));
    String name =
        Optional.ofNullable(binding.getSpec().tokenSecretRef()).map(SecretRef::name).orElse("");
    return new Publishing.Refused(
        new Problem(
            Reason.PublishingNotAllowed,
            "The key publish of the Secret %s does not allow it; nothing is published."
                .formatted(name)),
        Optional.empty());
  }

  private Publishing allowed(
      CodeSourceBinding binding,
      Finding finding,
      Optional<Claim> claim,
      Outcome<ConsumerLogin> login,
      Set<String> kept) {
    return switch (finding) {
      case Finding.Suspended ignored -> new Publishing.Untouched();
      case Finding.Proven(var proof, var at, var digest) ->
          write(binding, claim.orElseThrow(), proof.account(), login, kept);
      case Finding.StillProven ignored ->
          write(binding, claim.orElseThrow(), recordedAccount(binding), login, kept);
      case Finding.NotProven notProven when notProven.keepsProof() ->
          claim
              .map(proven -> write(binding, proven, recordedAccount(binding), login, kept))
              .orElseGet(Publishing.Untouched::new);
      case Finding.NotProven(var problem, var _) -> unproven(binding, problem);
      case Finding.Awaiting(var problem, var _) -> unproven(binding, problem);
    };
  }

  private Publishing write(
      CodeSourceBinding binding,
      Claim claim,
      Proof.Account account,
      Outcome<ConsumerLogin> login,
      Set<String> kept) {
    if (entries(binding).isEmpty()) {
      return write(binding, List.of(), Optional.empty());
    }
    Outcome<List<DesiredSecret>> desired =
        login
            .then(wanted -> wanted.of(claim, account))
            .then(
                gitLogin ->
                    Consumers.secrets(
                        binding.getMetadata().getName(),
                        entries(binding),
                        names(binding),
                        kept,
                        content(binding, claim, gitLogin)));
    return switch (desired) {
      case Outcome.Done<List<DesiredSecret>>(var all) -> write(binding, all, title(login));
      case Outcome.Refused<List<DesiredSecret>>(var problem) -> refused(binding, problem);
      case Outcome.Waiting<List<DesiredSecret>>(var problem, var until, var scope) ->
          refused(binding, problem);
    };
  }

  private static Optional<String> title(Outcome<ConsumerLogin> login) {
    return login instanceof Outcome.Done<ConsumerLogin>(var given)
        ? given.replacement()
        : Optional.empty();
  }

  private Publishing write(
      CodeSourceBinding binding, List<DesiredSecret> desired, Optional<String> title) {
    List<String> written = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (DesiredSecret secret : desired) {
      switch (secrets.write(binding, secret)) {
        case Outcome.Done<String>(var name) -> written.add(name);
        case Outcome.Refused<String>(var problem) -> problems.add(problem);
        case Outcome.Waiting<String>(var problem, var until, var scope) -> problems.add(problem);
      }
    }
    // New ones are written first, so that a renamed Secret always exists under one of its names.
    Set<String> wanted = desired.stream().map(DesiredSecret::name).collect(Collectors.toSet());
    secrets.of(binding).stream()
        .filter(secret -> !wanted.contains(secret.getMetadata().getName()))
        .forEach(secret -> secrets.delete(binding, secret));
    if (!problems.isEmpty()) {
      return new Publishing.Refused(
          new Problem(
              problems.getFirst().reason(),
              problems.stream().map(Problem::what).collect(Collectors.joining(" "))),
          serviceBinding(binding, written));
    }
    return desired.isEmpty()
        ? new Publishing.NotAsked()
        : new Publishing.Written(written, serviceBinding(binding, written), title);
  }

  /**
   * Nothing is written without a proof; existing Secrets stay, unless {@code spec.whenUnbound} is
   * Withdraw.
   */
  private Publishing unproven(CodeSourceBinding binding, Problem problem) {
    List<Publication> entries = entries(binding);
    // An outage does not invalidate the credential that was published, whatever else has changed.
    boolean withdraw =
        binding.getSpec().whenUnbound() == WhenUnbound.Withdraw && !problem.reason().keepsProof();
    List<String> kept = new ArrayList<>();
    for (Secret secret : secrets.of(binding)) {
      boolean wanted =
          entries.stream()
              .anyMatch(entry -> entry.name().equals(PublishedSecrets.publication(secret)));
      if (withdraw || !wanted) {
        secrets.delete(binding, secret);
      } else {
        kept.add(secret.getMetadata().getName());
      }
    }
    if (entries.isEmpty()) {
      return new Publishing.NotAsked();
    }
    if (withdraw) {
      return new Publishing.Withdrawn();
    }
    return kept.isEmpty()
        ? new Publishing.Awaited()
        : new Publishing.Stale(serviceBinding(binding, kept));
  }

  private Publishing refused(CodeSourceBinding binding, Problem problem) {
    List<String> present =
        secrets.of(binding).stream().map(secret -> secret.getMetadata().getName()).toList();
    return new Publishing.Refused(problem, serviceBinding(binding, present));
  }

  private static SecretContent content(CodeSourceBinding binding, Claim claim, GitLogin login) {
    return new SecretContent(
        claim.codeHost().platform(),
        claim.site(),
        login,
        claim.anchors().map(TrustAnchors::pem),
        Optional.ofNullable(binding.getSpec().registryInstance()));
  }

  /** The Secret for Service Binding, if it is among the given ones. */
  private static Optional<String> serviceBinding(CodeSourceBinding binding, List<String> among) {
    String name =
        Consumers.name(binding.getMetadata().getName(), Publication.ServiceBinding, names(binding));
    return entries(binding).contains(Publication.ServiceBinding) && among.contains(name)
        ? Optional.of(name)
        : Optional.empty();
  }

  private static List<Publication> entries(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getSpec().publish()).orElse(List.of());
  }

  private static Map<Publication, String> names(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getSpec().publishNames()).orElse(Map.of());
  }

  private static Proof.Account recordedAccount(CodeSourceBinding binding) {
    Optional<BindingStatus.Account> account =
        Optional.ofNullable(binding.getStatus()).map(BindingStatus::account);
    String username =
        account.map(BindingStatus.Account::username).orElse(binding.getSpec().username());
    return new Proof.Account(username, account.map(BindingStatus.Account::id).orElse(""));
  }
}
