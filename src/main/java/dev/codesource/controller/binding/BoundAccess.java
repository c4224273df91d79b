package dev.codesource.controller.binding;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.Proof;
import dev.codesource.publish.Consumers;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.PrimaryEventSource;
import dev.codesource.runtime.Shard;
import dev.codesource.status.ConditionSet;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The access of bindings, from the informers of their controller. */
@Singleton
public final class BoundAccess implements ProvenAccess {

  private final BindingAccess access;
  private final Shard shard;
  private final List<BiConsumer<String, String>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable IndexerResourceCache<CodeSourceBinding> bindings;

  BoundAccess(BindingAccess access, Shard shard) {
    this.access = access;
    this.shard = shard;
  }

  @Override
  public void onChange(BiConsumer<String, String> listener) {
    listeners.add(listener);
  }

  /** Observes the bindings; starts no reconciliation of a binding. */
  EventSource<?, CodeSourceBinding> eventSource(EventSourceContext<CodeSourceBinding> context) {
    bindings = context.getPrimaryCache();
    return new PrimaryEventSource<>(
        CodeSourceBinding.class, "bound-access", this::changed, this::changed);
  }

  /** The binding is another one than before. The Operator SDK tells of no write of the operator. */
  void changed(CodeSourceBinding binding) {
    listeners.forEach(
        listener ->
            listener.accept(binding.getMetadata().getNamespace(), binding.getMetadata().getName()));
  }

  @Override
  public Outcome<String> published(String namespace, String name, Publication consumer) {
    return find(namespace, name)
        .map(binding -> published(binding, consumer))
        .orElseGet(() -> new Outcome.Refused<>(notFound(name, shard)));
  }

  /** Without its proof a build would fail, and its commit would be gone. */
  static Outcome<String> published(CodeSourceBinding binding, Publication consumer) {
    if (bound(binding).isEmpty()) {
      return notBound(binding);
    }
    BindingSpec spec = binding.getSpec();
    String name = binding.getMetadata().getName();
    return Objects.requireNonNullElse(spec.publish(), List.<Publication>of()).contains(consumer)
        ? Outcome.done(
            Consumers.name(
                name, consumer, Objects.requireNonNullElse(spec.publishNames(), Map.of())))
        : Outcome.refused(
            Reason.SecretNotPublished,
            "The CodeSourceBinding %s publishes no Secret for %s.".formatted(name, consumer));
  }

  private Optional<CodeSourceBinding> find(String namespace, String name) {
    IndexerResourceCache<CodeSourceBinding> known = bindings;
    return Optional.ofNullable(known)
        .flatMap(cache -> cache.get(new ResourceID(name, namespace)))
        .filter(binding -> !binding.isMarkedForDeletion());
  }

  @Override
  public Outcome<Access> of(String namespace, String name) {
    return find(namespace, name)
        .map(this::of)
        .orElseGet(() -> new Outcome.Refused<>(notFound(name, shard)));
  }

  /** One with another label is in another shard, whose operator this one knows nothing of. */
  static Problem notFound(String name, Shard shard) {
    String what = "There is no CodeSourceBinding %s in this namespace".formatted(name);
    return shard.count() == 1
        ? new Problem(Reason.BindingNotFound, what + ".")
        : new Problem(
            Reason.BindingNotFound,
            what + " that has the trigger's value of the label %s.".formatted(Shard.LABEL),
            "Check spec.bindingRef.name, and give the trigger the label of its binding, or none if the binding has none.");
  }

  private Outcome<Access> of(CodeSourceBinding binding) {
    Optional<BindingStatus> bound = bound(binding);
    if (bound.isEmpty()) {
      return notBound(binding);
    }
    Outcome<SiteUrl> site = access.site(binding);
    return ofBinding(binding, site.then(known -> access.claim(binding, known)))
        .then(claim -> proven(binding, bound.get(), claim));
  }

  /** Whoever reads it of a trigger is told whose Secret or address it is about. */
  static <T> Outcome<T> ofBinding(CodeSourceBinding binding, Outcome<T> found) {
    return switch (found) {
      case Outcome.Done<T> _ -> found;
      case Outcome.Refused<T>(var why) -> Outcome.refused(ofBinding(binding, why));
      case Outcome.Waiting<T>(var why, var until, var step) ->
          new Outcome.Waiting<>(ofBinding(binding, why), until, step);
    };
  }

  private static Problem ofBinding(CodeSourceBinding binding, Problem why) {
    return new Problem(
        why.reason(),
        "The CodeSourceBinding %s cannot be used: %s"
            .formatted(binding.getMetadata().getName(), why.what()),
        why.remedy());
  }

  private static Optional<BindingStatus> bound(CodeSourceBinding binding) {
    return ObservedStatus.of(binding).filter(status -> status.phase() == Phase.Bound);
  }

  private static Outcome<Access> proven(
      CodeSourceBinding binding, BindingStatus status, Claim claim) {
    return claim.digest().equals(status.proofDigest())
        ? account(status)
            .map(account -> Outcome.done(new Access(claim, account)))
            .orElseGet(() -> notBound(binding))
        : notBound(binding);
  }

  private static Optional<Proof.Account> account(BindingStatus status) {
    return Optional.ofNullable(status.account())
        .map(
            account ->
                new Proof.Account(
                    Objects.requireNonNullElse(account.username(), ""),
                    Objects.requireNonNullElse(account.id(), "")));
  }

  /** With the reason that the binding has, and where the rest is read. */
  private static <T> Outcome<T> notBound(CodeSourceBinding binding) {
    String name = binding.getMetadata().getName();
    String reason =
        Optional.ofNullable(binding.getStatus())
            .flatMap(status -> ConditionSet.find(status.conditions(), ConditionType.Ready))
            .filter(ready -> !"True".equals(ready.getStatus()))
            .map(ready -> " (%s)".formatted(ready.getReason()))
            .orElse("");
    return Outcome.refused(
        Reason.BindingNotBound,
        "The CodeSourceBinding %s is not Bound%s; see kubectl describe csb %s --namespace %s."
            .formatted(name, reason, name, binding.getMetadata().getNamespace()));
  }
}
