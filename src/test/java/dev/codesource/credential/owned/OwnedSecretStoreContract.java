package dev.codesource.credential.owned;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.credential.SecretData;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link OwnedSecretStore} does: the one of the API server and the one of fast tests.
 */
abstract class OwnedSecretStoreContract {

  static final String TYPE = "codesource.dev/token";

  private static final String NAME = "gitlab-oauth";

  private OwnedSecretStore store;
  private HasMetadata owner;

  /** The store, with nothing in the owner's namespace. */
  abstract OwnedSecretStore store();

  /** An object that exists, in a namespace of its own. */
  abstract HasMetadata owner();

  /** Another object that exists, in the namespace of the owner. */
  abstract HasMetadata successor(HasMetadata owner);

  /** Has somebody else write a Secret in the owner's namespace. */
  abstract Secret writeByOther(Secret secret);

  @BeforeEach
  void begin() {
    store = store();
    owner = owner();
  }

  private String namespace() {
    return owner.getMetadata().getNamespace();
  }

  private Secret created() {
    return done(store.create(owner, NAME, TYPE, Map.of("token", "one")));
  }

  private static Secret done(Outcome<Secret> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<Secret>) outcome).value();
  }

  private static void isConflict(Outcome<Secret> outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Waiting.class,
            waiting -> {
              assertThat(waiting.problem().reason()).isEqualTo(Reason.Conflict);
              assertThat(waiting.until()).isPresent();
              assertThat(waiting.scope()).isEqualTo(Outcome.Scope.CREDENTIAL);
            });
  }

  @Test
  void whatIsCreatedIsFoundAndOwned() {
    Secret created = created();

    Secret found = store.find(namespace(), NAME, TYPE).orElseThrow();
    assertThat(SecretData.text(found, "token")).contains("one");
    assertThat(found.getMetadata().getResourceVersion())
        .isEqualTo(created.getMetadata().getResourceVersion())
        .isNotBlank();
    assertThat(found.getMetadata().getUid()).isEqualTo(created.getMetadata().getUid());
    assertThat(Ownership.isOwner(owner, found.getMetadata())).isTrue();
    assertThat(found.getType()).isEqualTo(TYPE);
  }

  @Test
  void nothingIsFoundUnderAnotherNameNamespaceOrType() {
    created();

    assertThat(store.find(namespace(), "other", TYPE)).isEmpty();
    assertThat(store.find(namespace(), NAME, "codesource.dev/oauth-flow")).isEmpty();
    assertThat(store.find("default", NAME, TYPE)).isEmpty();
  }

  @Test
  void aNameThatIsTakenIsAConflict() {
    created();

    isConflict(store.create(owner, NAME, TYPE, Map.of("token", "two")));
    assertThat(SecretData.text(store.find(namespace(), NAME, TYPE).orElseThrow(), "token"))
        .contains("one");
  }

  @Test
  void eachReplacementHasANewVersionAndOnlyTheNewValues() {
    Secret created = created();

    Secret replaced = done(store.replace(created, Map.of("refresh_token", "two")));

    assertThat(replaced.getMetadata().getResourceVersion())
        .isNotEqualTo(created.getMetadata().getResourceVersion());
    Secret found = store.find(namespace(), NAME, TYPE).orElseThrow();
    assertThat(found.getData()).containsOnlyKeys("refresh_token");
    assertThat(found.getMetadata().getUid()).isEqualTo(created.getMetadata().getUid());
  }

  @Test
  void ofTwoWritersOneGetsAConflict() {
    Secret read = created();

    done(store.replace(read, Map.of("token", "first")));
    isConflict(store.replace(read, Map.of("token", "second")));

    assertThat(SecretData.text(store.find(namespace(), NAME, TYPE).orElseThrow(), "token"))
        .contains("first");
  }

  @Test
  void ofManyWritersAtOnceOneSucceeds() throws InterruptedException, ExecutionException {
    Secret read = created();
    List<Callable<Outcome<Secret>>> writers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String value = "writer-" + i;
      writers.add(() -> store.replace(read, Map.of("token", value)));
    }

    int succeeded = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var written : threads.invokeAll(writers)) {
        if (written.get() instanceof Outcome.Done<Secret>) {
          succeeded++;
        } else {
          isConflict(written.get());
        }
      }
    }
    assertThat(succeeded).isEqualTo(1);
  }

  @Test
  void whatSomebodyElseChangedIsNotReplaced() {
    Secret read = created();
    writeByOther(
        new SecretBuilder(read)
            .editMetadata()
            .addToLabels("team", "a")
            .withResourceVersion(null)
            .withManagedFields(List.of())
            .endMetadata()
            .build());

    isConflict(store.replace(read, Map.of("token", "two")));
  }

  @Test
  void whatIsDeletedIsNeitherReplacedNorFoundNorDeletedAgain() {
    Secret read = created();

    assertThat(store.delete(read)).isTrue();

    isConflict(store.replace(read, Map.of("token", "two")));
    assertThat(store.find(namespace(), NAME, TYPE)).isEmpty();
    assertThat(store.delete(read)).isFalse();
  }

  @Test
  void anOldVersionIsNotDeleted() {
    Secret read = created();
    done(store.replace(read, Map.of("token", "two")));

    assertThat(store.delete(read)).isFalse();
    assertThat(store.find(namespace(), NAME, TYPE)).isPresent();
  }

  @Test
  void whatWasCreatedAgainIsAnotherSecret() {
    Secret read = created();
    assertThat(store.delete(read)).isTrue();
    created();

    isConflict(store.replace(read, Map.of("token", "two")));
    assertThat(store.delete(read)).isFalse();
  }

  @Test
  void whatIsHandedOverHasOneOtherControllerAndKeepsWhatElseItHas() {
    HasMetadata successor = successor(owner);
    OwnerReference foreign =
        new OwnerReferenceBuilder(Ownership.reference(owner))
            .withUid("0b0f7c3e-0000-4000-8000-000000000001")
            .withController(false)
            .build();
    Secret read = created();
    writeByOther(
        new SecretBuilder(read)
            .editMetadata()
            .addToOwnerReferences(foreign)
            .withResourceVersion(null)
            .withManagedFields(List.of())
            .endMetadata()
            .build());
    Secret shared = store.find(namespace(), NAME, TYPE).orElseThrow();

    Secret handed = done(store.handOver(shared, successor));

    assertThat(Ownership.isOwner(successor, handed.getMetadata())).isTrue();
    assertThat(Ownership.isOwner(owner, handed.getMetadata())).isFalse();
    assertThat(handed.getMetadata().getOwnerReferences())
        .extracting(OwnerReference::getUid)
        .containsExactlyInAnyOrder(foreign.getUid(), successor.getMetadata().getUid());
    assertThat(SecretData.text(handed, "token")).contains("one");
    isConflict(store.handOver(shared, owner));
  }

  @Test
  void whatIsDeletedIsNotHandedOver() {
    Secret read = created();
    assertThat(store.delete(read)).isTrue();

    isConflict(store.handOver(read, successor(owner)));
    assertThat(store.find(namespace(), NAME, TYPE)).isEmpty();
  }

  @Test
  void putStoresWhateverWasThereBefore() {
    done(store.put(owner, NAME, TYPE, "token", Map.of("token", "one")));
    done(store.put(owner, NAME, TYPE, "token", Map.of("token", "two")));

    assertThat(SecretData.text(store.find(namespace(), NAME, TYPE).orElseThrow(), "token"))
        .contains("two");
  }

  @Test
  void putDoesNotTouchASecretOfSomebodyElse() {
    writeByOther(
        new SecretBuilder()
            .withNewMetadata()
            .withName(NAME)
            .withNamespace(namespace())
            .endMetadata()
            .withType(TYPE)
            .withData(SecretFields.encoded(Map.of("token", "theirs")))
            .build());

    assertThat(store.put(owner, NAME, TYPE, "token", Map.of("token", "ours")))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused ->
                assertThat(refused.problem().reason()).isEqualTo(Reason.TokenSecretNotOwned));
    assertThat(SecretData.text(store.find(namespace(), NAME, TYPE).orElseThrow(), "token"))
        .contains("theirs");
  }

  @Test
  void putMeetsAConflictWhereTheNameHasASecretOfAnotherType() {
    writeByOther(
        new SecretBuilder()
            .withNewMetadata()
            .withName(NAME)
            .withNamespace(namespace())
            .endMetadata()
            .withType("Opaque")
            .build());

    isConflict(store.put(owner, NAME, TYPE, "token", Map.of("token", "ours")));
  }
}
