package dev.codesource.publish;

import static dev.codesource.publish.Bindings.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.SecretData;
import dev.codesource.credential.Token;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.CachedObjects;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done about one Secret, by what is there. */
class PublishedSecretsTest {

  private static final String NAME = "team-kpack";

  private static final DesiredSecret DESIRED =
      new DesiredSecret(
          Publication.Kpack,
          NAME,
          "kubernetes.io/basic-auth",
          new Token("the-token"),
          Map.of(DesiredSecret.PUBLISHED_FOR, "Kpack"),
          Map.of("kpack.io/git", "https://git.example.com"),
          Map.of("username", "alice", "password", "the-token"));

  private final CachedObjects cached = new CachedObjects();
  private final CodeSourceBinding binding = cached.cached(Bindings.binding(""));
  private final InMemoryPublishedSecretStore store = new InMemoryPublishedSecretStore();
  private final PublishedSecrets secrets = new PublishedSecrets(store);

  @AfterEach
  void nothingOfTheInformersIsChanged() {
    store.assertCacheUnchanged();
    cached.assertUnchanged();
  }

  private void written() {
    isWritten(DESIRED);
    store.takeWrites();
  }

  private void isWritten(DesiredSecret desired) {
    assertThat(secrets.write(binding, desired)).isEqualTo(Outcome.done(desired.name()));
  }

  private Problem problem(DesiredSecret desired) {
    Outcome<String> outcome = secrets.write(binding, desired);
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<String>) outcome).problem();
  }

  private void isTriedAgain(int code) {
    assertThatThrownBy(() -> secrets.write(binding, DESIRED))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(code));
  }

  private Secret stored() {
    return store.stored(NAMESPACE, NAME).orElseThrow();
  }

  private String value(String key) {
    return SecretData.text(stored(), key).orElse("none");
  }

  private void edit(UnaryOperator<SecretBuilder> change) {
    store.editByUser(NAMESPACE, NAME, change);
  }

  private static DesiredSecret ofType(String type) {
    return new DesiredSecret(
        DESIRED.publication(),
        DESIRED.name(),
        type,
        DESIRED.credential(),
        DESIRED.labels(),
        DESIRED.annotations(),
        DESIRED.data());
  }

  private static SecretBuilder foreign() {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(NAME)
        .withNamespace(NAMESPACE)
        .endMetadata()
        .withType(DESIRED.type())
        .addToData("password", "dGhlaXJz");
  }

  @Test
  void whatIsNotThereIsCreatedAndOwned() {
    isWritten(DESIRED);

    assertThat(store.takeWrites()).containsExactly("create " + NAME);
    assertThat(value("password")).isEqualTo("the-token");
    assertThat(stored().getType()).isEqualTo(DESIRED.type());
    assertThat(secrets.of(binding)).extracting(PublishedSecrets::publication).containsOnly("Kpack");
  }

  @Test
  void whatIsAsItShouldBeIsNotWritten() {
    written();

    isWritten(DESIRED);

    assertThat(store.takeWrites()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"value", "key", "annotation", "managers"})
  void whatSomebodyChangedIsMended(String what) {
    written();
    edit(
        secret ->
            switch (what) {
              case "value" -> secret.addToData("password", "b3RoZXI=");
              case "key" -> secret.removeFromData("password");
              case "annotation" ->
                  secret.editMetadata().addToAnnotations("kpack.io/git", "x").endMetadata();
              default -> secret.addToData("username", "Ym9i");
            });

    isWritten(DESIRED);

    assertThat(store.takeWrites()).containsExactly("apply " + NAME);
    assertThat(value("password")).isEqualTo("the-token");
    assertThat(value("username")).isEqualTo("alice");
    assertThat(stored().getMetadata().getAnnotations())
        .containsEntry("kpack.io/git", "https://git.example.com");
    isWritten(DESIRED);
    assertThat(store.takeWrites()).as("mended once").isEmpty();
  }

  @Test
  void whatUsersAddSurvivesAndIsNoDrift() {
    written();
    edit(
        secret ->
            secret
                .addToData("extra", "eA==")
                .editMetadata()
                .addToLabels("team", "a")
                .addToAnnotations("note", "mine")
                .endMetadata());

    isWritten(DESIRED);
    assertThat(store.takeWrites()).isEmpty();

    isWritten(DESIRED.with("password", "the-next-token"));
    assertThat(value("password")).isEqualTo("the-next-token");
    assertThat(value("extra")).isEqualTo("x");
    assertThat(stored().getMetadata().getLabels()).containsEntry("team", "a");
    assertThat(stored().getMetadata().getAnnotations()).containsEntry("note", "mine");
  }

  @Test
  void aKeyThatIsWantedNoMoreGoes() {
    isWritten(DESIRED.with("ca.crt", "certificates"));

    isWritten(DESIRED);

    assertThat(stored().getData()).containsOnlyKeys("username", "password");
  }

  @Test
  void anotherTypeNeedsAnotherSecret() {
    written();
    String before = stored().getMetadata().getUid();

    isWritten(ofType("Opaque"));

    assertThat(store.takeWrites()).containsExactly("delete " + NAME, "create " + NAME);
    assertThat(stored().getType()).isEqualTo("Opaque");
    assertThat(stored().getMetadata().getUid()).isNotEqualTo(before);
  }

  @Test
  void anImmutableSecretIsReplacedByAnother() {
    written();
    edit(secret -> secret.withImmutable(true));

    isWritten(DESIRED.with("password", "the-next-token"));

    assertThat(store.takeWrites()).containsExactly("delete " + NAME, "create " + NAME);
    assertThat(value("password")).isEqualTo("the-next-token");
  }

  @ParameterizedTest
  @CsvSource({
    "nobody's,                       false, '',      false",
    "nobody's with our label,        true,  '',      false",
    "another binding's,              true,  another, true",
    "another binding's of our name,  true,  team,    true",
    "another's without the label,    false, another, true",
    "ours but not under our control, true,  us,      false",
  })
  void aSecretOfSomebodyElseIsNeverTouched(
      String what, boolean isLabelled, String owner, boolean isController) {
    SecretBuilder theirs = foreign();
    if (isLabelled) {
      theirs.editMetadata().addToLabels(DesiredSecret.PUBLISHED_FOR, "Kpack").endMetadata();
    }
    if (!owner.isEmpty()) {
      theirs
          .editMetadata()
          .addNewOwnerReference()
          .withName(owner.equals("us") ? "team" : owner)
          .withUid(owner.equals("us") ? binding.getMetadata().getUid() : "another-uid")
          .withController(isController)
          .endOwnerReference()
          .endMetadata();
    }
    store.putByUser(theirs.build());
    Secret before = stored();

    Problem problem = problem(DESIRED);

    assertThat(problem.reason()).as(what).isEqualTo(Reason.SecretNotOwned);
    assertThat(problem.what()).contains(NAME, "Kpack");
    assertThat(stored()).as(what).isEqualTo(before);
    assertThat(secrets.of(binding)).as(what).isEmpty();
  }

  /** The informer knows Secrets by the label, and says that there is none. */
  @Test
  void oursWithoutTheLabelIsOursAllTheSame() {
    written();
    edit(
        secret ->
            secret.editMetadata().removeFromLabels(DesiredSecret.PUBLISHED_FOR).endMetadata());
    assertThat(secrets.of(binding)).isEmpty();
    String before = stored().getMetadata().getUid();

    isWritten(DESIRED);

    assertThat(stored().getMetadata().getUid()).isEqualTo(before);
    assertThat(secrets.of(binding)).hasSize(1);
  }

  @Test
  void aConflictOverANameThatIsFreeIsNobodysSecret() {
    store.answer(
        "create", NAME, InMemoryPublishedSecretStore.answer(409, "the quota has been modified"));

    isTriedAgain(409);

    store.answerAsUsual();
    isWritten(DESIRED);
  }

  @Test
  void aLostRaceForTheVersionIsTriedAgain() {
    isWritten(ofType("Opaque"));
    store.beLate();
    edit(secret -> secret.editMetadata().addToLabels("team", "a").endMetadata());

    isTriedAgain(409);

    assertThat(stored().getType()).as("what was not seen is not deleted").isEqualTo("Opaque");
    store.catchUp();
    isWritten(DESIRED);
    assertThat(stored().getType()).isEqualTo(DESIRED.type());
  }

  @Test
  void aLostRaceForADeletionIsTriedAgain() {
    written();
    store.beLate();
    edit(secret -> secret.editMetadata().addToLabels("team", "a").endMetadata());

    assertThatThrownBy(() -> secrets.delete(binding, secrets.of(binding).getFirst()))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(stored().getMetadata().getLabels()).containsEntry("team", "a");

    store.catchUp();
    secrets.delete(binding, secrets.of(binding).getFirst());
    assertThat(store.stored()).isEmpty();
  }

  @Test
  void whatIsGoneNeedsNoDeletion() {
    written();
    store.beLate();
    store.deleteByUser(NAMESPACE, NAME);

    secrets.delete(binding, secrets.of(binding).getFirst());

    assertThat(store.stored()).isEmpty();
  }

  /** Of another owner since: the informer still shows the one that was ours. */
  @Test
  void whatWasMadeAnewByAnotherIsNotWritten() {
    written();
    edit(secret -> secret.addToData("password", "b3RoZXI="));
    store.beLate();
    store.deleteByUser(NAMESPACE, NAME);
    store.putByUser(foreign().build());

    isTriedAgain(422);

    assertThat(value("password")).isEqualTo("theirs");
    store.catchUp();
    assertThat(problem(DESIRED).reason()).isEqualTo(Reason.SecretNotOwned);
    assertThat(value("password")).isEqualTo("theirs");
  }

  @Test
  void whatWasDeletedIsNotAppliedTo() {
    written();
    store.beLate();
    store.deleteByUser(NAMESPACE, NAME);

    assertThatThrownBy(() -> secrets.write(binding, DESIRED.with("password", "the-next-token")))
        .isInstanceOf(KubernetesClientException.class);

    assertThat(store.stored()).isEmpty();
    store.catchUp();
    isWritten(DESIRED);
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 422})
  void aRefusalOfTheApiServerIsToldInItsWords(int code) {
    store.answer("create", NAME, InMemoryPublishedSecretStore.answer(code, "exceeded quota"));

    Problem problem = problem(DESIRED);

    assertThat(problem.reason()).isEqualTo(Reason.SecretRefused);
    assertThat(problem.what()).contains(NAME, "Kpack").endsWith(": exceeded quota.");
  }

  /** A full quota, or a policy, refuses a Secret before its name is found to be taken. */
  @ParameterizedTest
  @ValueSource(ints = {403, 422})
  void aTakenNameIsToldWhateverElseIsRefused(int code) {
    store.putByUser(
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(NAMESPACE)
            .withName(NAME)
            .endMetadata()
            .build());
    store.answer("create", NAME, InMemoryPublishedSecretStore.answer(code, "exceeded quota"));

    assertThat(problem(DESIRED).reason()).isEqualTo(Reason.SecretNotOwned);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "denied: password=the-token",
        "denied: dGhlLXRva2Vu",
        "denied: user alice may not",
        "denied: https://bob:whole-file@git",
      })
  void whatTellsTheSecretIsNotTold(String message) {
    DesiredSecret desired = DESIRED.with("file", "https://bob:whole-file@git");
    store.answer("create", NAME, InMemoryPublishedSecretStore.answer(403, message));

    assertThat(problem(desired).what())
        .isEqualTo("The API server refused the Secret team-kpack, which Kpack is to have.");
  }

  /** In a file for git the token is a part of a value. */
  @Test
  void theTokenAmidAValueIsNotToldEither() {
    DesiredSecret file =
        new DesiredSecret(
            Publication.Git,
            NAME,
            "Opaque",
            new Token("the-token"),
            DESIRED.labels(),
            Map.of(),
            Map.of(".git-credentials", "https://alice:the-token@git.example.com\n"));
    store.answer(
        "create", NAME, InMemoryPublishedSecretStore.answer(403, "found the-token, a token"));

    assertThat(problem(file).what()).doesNotContain("the-token");
  }

  /** In a header it follows the scheme. */
  @ParameterizedTest
  @ValueSource(
      strings = {"denied: YWxpY2U6eA==", "denied: basic YWxpY2U6eA==", "YmFzaWMgWVd4cFkyVTZlQT09"})
  void theTokenInAHeaderIsNotToldEither(String message) {
    DesiredSecret header = DESIRED.with("GIT_AUTH_HEADER.git.example.com", "basic YWxpY2U6eA==");
    store.answer("create", NAME, InMemoryPublishedSecretStore.answer(403, message));

    assertThat(problem(header).what())
        .isEqualTo("The API server refused the Secret team-kpack, which Kpack is to have.");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 401, 404, 429, 500, 503})
  void whatPassesByItselfIsTriedAgain(int code) {
    store.answer("create", NAME, InMemoryPublishedSecretStore.answer(code, "later"));

    isTriedAgain(code);
  }

  @Test
  void inANamespaceThatGoesNothingIsFoundOut() {
    store.answer(
        "create",
        NAME,
        new KubernetesClientException(
            new StatusBuilder()
                .withCode(403)
                .withMessage("because it is being terminated")
                .withNewDetails()
                .addNewCause("metadata.namespace", "is being terminated", "NamespaceTerminating")
                .endDetails()
                .build()));

    isTriedAgain(403);
  }
}
