package dev.codesource.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.SecretData;
import dev.codesource.credential.Token;
import dev.codesource.runtime.ApiErrors;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link PublishedSecretStore} does: the one of the API server and the one of fast
 * tests. Above all, what {@link Drift} relies on: whose a field is.
 */
abstract class PublishedSecretStoreContract {

  private static final DesiredSecret DESIRED =
      new DesiredSecret(
          Publication.Kpack,
          "team-kpack",
          "kubernetes.io/basic-auth",
          new Token("the-token"),
          Map.of(DesiredSecret.PUBLISHED_FOR, "Kpack"),
          Map.of("kpack.io/git", "https://git.example.com"),
          Map.of("username", "alice", "password", "the-token"));

  private PublishedSecretStore store;
  private CodeSourceBinding binding;

  /** The store, with nothing in the binding's namespace. */
  abstract PublishedSecretStore store();

  /** A binding named "team" that exists, in a namespace of its own. */
  abstract CodeSourceBinding binding();

  /** Has somebody else write a new Secret. */
  abstract void putByUser(Secret secret);

  /** Has somebody else change a Secret. */
  abstract void editByUser(String namespace, String name, UnaryOperator<SecretBuilder> change);

  /** Has somebody else delete a Secret. */
  abstract void deleteByUser(String namespace, String name);

  @BeforeEach
  void begin() {
    store = store();
    binding = binding();
  }

  private String namespace() {
    return binding.getMetadata().getNamespace();
  }

  private Secret seen() {
    return store.find(namespace(), DESIRED.name()).orElseThrow();
  }

  private Optional<String> version() {
    return store.metadata(namespace(), DESIRED.name()).map(ObjectMeta::getResourceVersion);
  }

  /** Waits until the informer knows what the API server has. */
  private void awaitInformer() {
    Awaitility.await()
        .until(
            () ->
                store
                    .find(namespace(), DESIRED.name())
                    .map(secret -> secret.getMetadata().getResourceVersion())
                    .equals(version()));
  }

  private void create(DesiredSecret desired) {
    store.create(desired.secret(binding));
    awaitInformer();
  }

  private void apply(DesiredSecret desired) {
    applyTo(store.metadata(namespace(), DESIRED.name()).orElseThrow().getUid(), desired);
    awaitInformer();
  }

  private void applyTo(String uid, DesiredSecret desired) {
    store.apply(
        new SecretBuilder(desired.secret(binding))
            .editMetadata()
            .withUid(uid)
            .endMetadata()
            .build());
  }

  private void edit(UnaryOperator<SecretBuilder> change) {
    editByUser(namespace(), DESIRED.name(), change);
  }

  private boolean isDrift(DesiredSecret desired) {
    return Drift.isBetween(desired, desired.secret(binding), seen());
  }

  private static void isConflict(ThrowingCallable write) {
    assertThatThrownBy(write)
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> assertThat(ApiErrors.isConflict(e)).as(e.getMessage()).isTrue());
  }

  private static void isRefused(ThrowingCallable write) {
    assertThatThrownBy(write)
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(422);
              assertThat(ApiErrors.isConflict(e)).isFalse();
            });
  }

  @Test
  void whatIsCreatedIsFoundAndIsNoDrift() {
    create(DESIRED);

    assertThat(SecretData.text(seen(), "password")).contains("the-token");
    assertThat(seen().getType()).isEqualTo(DESIRED.type());
    assertThat(isDrift(DESIRED)).isFalse();
    assertThat(store.referringTo(binding))
        .extracting(secret -> secret.getMetadata().getName())
        .containsExactly(DESIRED.name());
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThat(store.find(namespace(), DESIRED.name())).isEmpty();
    assertThat(store.metadata(namespace(), DESIRED.name())).isEmpty();
    assertThat(store.referringTo(binding)).isEmpty();
  }

  @Test
  void aNameThatIsTakenIsAConflict() {
    create(DESIRED);

    isConflict(() -> store.create(DESIRED.with("password", "another").secret(binding)));

    assertThat(SecretData.text(seen(), "password")).contains("the-token");
  }

  @Test
  void whatIsAppliedNoMoreGoesAndIsNoDriftThen() {
    create(
        DESIRED
            .with("ca.crt", "certificates")
            .withLabel("codesource.dev/old", "label")
            .withAnnotation("codesource.dev/old", "annotation"));
    assertThat(isDrift(DESIRED)).isTrue();

    apply(DESIRED);

    assertThat(seen().getData()).containsOnlyKeys("username", "password");
    assertThat(seen().getMetadata().getLabels()).isEqualTo(DESIRED.labels());
    assertThat(seen().getMetadata().getAnnotations()).isEqualTo(DESIRED.annotations());
    assertThat(isDrift(DESIRED)).isFalse();
  }

  @Test
  void whatOthersAddIsNoDriftAndStays() {
    create(DESIRED);

    edit(
        secret ->
            secret
                .addToData("extra", "eA==")
                .editMetadata()
                .addToLabels("team", "a")
                .addToAnnotations("note", "mine")
                .endMetadata());
    awaitInformer();
    assertThat(isDrift(DESIRED)).isFalse();
    apply(DESIRED.with("password", "the-next-token"));

    assertThat(SecretData.text(seen(), "extra")).contains("x");
    assertThat(SecretData.text(seen(), "password")).contains("the-next-token");
    assertThat(seen().getMetadata().getLabels()).containsEntry("team", "a");
    assertThat(seen().getMetadata().getAnnotations()).containsEntry("note", "mine");
  }

  @Test
  void whatOthersChangeIsDriftUntilItIsAppliedAgain() {
    create(DESIRED);

    edit(secret -> secret.addToData("password", "b3RoZXI=").removeFromData("username"));
    awaitInformer();
    assertThat(isDrift(DESIRED)).isTrue();
    apply(DESIRED);

    assertThat(SecretData.text(seen(), "password")).contains("the-token");
    assertThat(SecretData.text(seen(), "username")).contains("alice");
    assertThat(isDrift(DESIRED)).isFalse();
  }

  /** They wrote the same: each owns it, and neither can take it away alone. */
  @Test
  void whatOthersOwnTooStaysWhenItIsAppliedNoMore() {
    putByUser(
        new SecretBuilder(DESIRED.with("shared", "same").secret(binding))
            .editMetadata()
            .withManagedFields()
            .endMetadata()
            .build());
    awaitInformer();
    assertThat(isDrift(DESIRED.with("shared", "same"))).as("not applied").isTrue();

    apply(DESIRED.with("shared", "same"));
    assertThat(isDrift(DESIRED.with("shared", "same"))).isFalse();
    apply(DESIRED);

    assertThat(SecretData.text(seen(), "shared")).contains("same");
    assertThat(isDrift(DESIRED)).isFalse();
  }

  @Test
  void withoutTheLabelOnlyTheMetadataIsSeen() {
    create(DESIRED);

    edit(
        secret ->
            secret.editMetadata().removeFromLabels(DesiredSecret.PUBLISHED_FOR).endMetadata());

    Awaitility.await().until(() -> store.find(namespace(), DESIRED.name()).isEmpty());
    assertThat(store.referringTo(binding)).isEmpty();
    ObjectMeta metadata = store.metadata(namespace(), DESIRED.name()).orElseThrow();
    assertThat(metadata.getOwnerReferences())
        .extracting(owner -> owner.getUid())
        .containsExactly(binding.getMetadata().getUid());
  }

  @Test
  void whatWasMadeAnewIsNotAppliedTo() {
    create(DESIRED);
    String before = seen().getMetadata().getUid();
    deleteByUser(namespace(), DESIRED.name());
    putByUser(DESIRED.secret(binding));
    awaitInformer();

    isConflict(() -> applyTo(before, DESIRED));
  }

  @Test
  void whatIsGoneIsNotAppliedTo() {
    create(DESIRED);
    String before = seen().getMetadata().getUid();
    deleteByUser(namespace(), DESIRED.name());
    awaitInformer();

    isConflict(() -> applyTo(before, DESIRED));

    assertThat(store.metadata(namespace(), DESIRED.name())).isEmpty();
  }

  @Test
  void aTypeCannotBeChanged() {
    create(DESIRED);
    Secret other = new SecretBuilder(DESIRED.secret(binding)).withType("Opaque").build();
    String uid = seen().getMetadata().getUid();

    isRefused(
        () ->
            store.apply(
                new SecretBuilder(other).editMetadata().withUid(uid).endMetadata().build()));
  }

  @Test
  void whatIsImmutableCannotBeChanged() {
    create(DESIRED);
    edit(secret -> secret.withImmutable(true));

    isRefused(() -> apply(DESIRED.with("password", "the-next-token")));
  }

  @Test
  void aVersionThatWasNotSeenIsNotDeleted() {
    create(DESIRED);
    Secret before = new SecretBuilder(seen()).build();
    edit(secret -> secret.editMetadata().addToLabels("team", "a").endMetadata());

    isConflict(() -> store.delete(before));

    awaitInformer();
    store.delete(seen());
    assertThat(store.metadata(namespace(), DESIRED.name())).isEmpty();
  }

  @Test
  void whatIsGoneNeedsNoDeletion() {
    create(DESIRED);
    Secret before = seen();
    deleteByUser(namespace(), DESIRED.name());

    store.delete(before);

    assertThat(store.metadata(namespace(), DESIRED.name())).isEmpty();
  }
}
