package dev.codesource.publish;

import static dev.codesource.publish.Bindings.NAMESPACE;
import static dev.codesource.publish.Bindings.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.credential.SecretData;
import dev.codesource.credential.Token;
import dev.codesource.publish.ConsumerLogin.BoundCredential;
import dev.codesource.publish.ConsumerLogin.ReadOnly;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.CachedObjects;
import dev.codesource.status.Finding;
import dev.codesource.status.Publishing;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of all Secrets of a binding, by what was found. */
class PublisherTest {

  private static final Outcome<ConsumerLogin> BOUND = Outcome.done(new BoundCredential());

  private static final String FLUX = "publish: [Flux]";
  private static final String WITHDRAW = "publish: [Flux]\nwhenUnbound: Withdraw";

  private final CachedObjects cached = new CachedObjects();
  private final InMemoryPublishedSecretStore store = new InMemoryPublishedSecretStore();
  private final Publisher publisher = new Publisher(new PublishedSecrets(store));

  @AfterEach
  void nothingOfTheInformersIsChanged() {
    store.assertCacheUnchanged();
    cached.assertUnchanged();
  }

  private static Finding proven() {
    Proof proof =
        new Proof(new Proof.Account("Alice", "7"), new Scopes.Unknown(), Optional.empty());
    return new Finding.Proven(proof, Instant.EPOCH, "digest");
  }

  private static Finding failed(Reason reason, boolean provenBefore) {
    return new Finding.NotProven(new Problem(reason, "No."), provenBefore);
  }

  private Publishing publish(String spec, Finding finding) {
    return publish(spec, finding, Optional.of(Bindings.claim()), BOUND);
  }

  private Publishing publish(
      String spec, Finding finding, Optional<Claim> claim, Outcome<ConsumerLogin> login) {
    CodeSourceBinding binding = cached.cached(Bindings.binding(spec));
    return publisher.publish(binding, finding, claim, login, Set.of());
  }

  private void published(String spec) {
    assertThat(publish(spec, proven())).isInstanceOf(Publishing.Written.class);
    store.takeWrites();
  }

  private String value(String name, String key) {
    return SecretData.text(store.stored(NAMESPACE, name).orElseThrow(), key).orElse("none");
  }

  private List<String> names() {
    return store.stored().stream().map(secret -> secret.getMetadata().getName()).toList();
  }

  private void breakPassword(String name) {
    store.editByUser(NAMESPACE, name, secret -> secret.addToData("password", "b3RoZXI="));
  }

  private static Problem refusal(Publishing publishing) {
    assertThat(publishing).isInstanceOf(Publishing.Refused.class);
    return ((Publishing.Refused) publishing).problem();
  }

  @Test
  void whatIsProvenIsWrittenForEachEntry() {
    Publishing publishing = publish("publish: [Flux, Git]", proven());

    assertThat(publishing)
        .isEqualTo(
            new Publishing.Written(
                List.of("team-flux", "team-git"), Optional.empty(), Optional.empty()));
    assertThat(value("team-flux", "username")).isEqualTo("Alice");
    assertThat(value("team-flux", "password")).isEqualTo(TOKEN);
    assertThat(value("team-git", ".netrc")).contains("login Alice", "password " + TOKEN);
  }

  @Test
  void whatIsStillProvenIsNotWrittenAgainButMended() {
    published(FLUX);

    assertThat(publish(FLUX, new Finding.StillProven())).isInstanceOf(Publishing.Written.class);
    assertThat(store.takeWrites()).isEmpty();

    breakPassword("team-flux");
    publish(FLUX, new Finding.StillProven());
    assertThat(store.takeWrites()).containsExactly("apply team-flux");
    assertThat(value("team-flux", "password")).isEqualTo(TOKEN);
  }

  @Test
  void nothingIsWrittenWhereNobodyIsNamed() {
    assertThat(publish("", proven())).isEqualTo(new Publishing.NotAsked());
    assertThat(publish("", failed(Reason.TokenRejected, true)))
        .isEqualTo(new Publishing.NotAsked());

    assertThat(store.takeWrites()).isEmpty();
  }

  @Test
  void theSecretOfServiceBindingIsNamed() {
    String spec = "publish: [Flux, ServiceBinding]";

    assertThat(publish(spec, proven()))
        .isInstanceOfSatisfying(
            Publishing.Written.class,
            written -> assertThat(written.serviceBinding()).contains("team-servicebinding"));
    assertThat(publish(spec, failed(Reason.TokenRejected, true)))
        .isEqualTo(new Publishing.Stale(Optional.of("team-servicebinding")));
  }

  @Test
  void ofARenamedSecretTheNewOneIsThereBeforeTheOldOneGoes() {
    published(FLUX);

    publish(FLUX + "\npublishNames: {Flux: git-access}", proven());

    assertThat(store.takeWrites()).containsExactly("create git-access", "delete team-flux");
    assertThat(names()).containsExactly("git-access");
  }

  @Test
  void anEntryThatGoesTakesItsSecretAlong() {
    published("publish: [Flux, Git]");

    publish(FLUX, new Finding.StillProven());
    assertThat(names()).containsExactly("team-flux");

    assertThat(publish("", new Finding.StillProven())).isEqualTo(new Publishing.NotAsked());
    assertThat(names()).isEmpty();
  }

  @Test
  void anEntryThatGoesWhileNothingIsProvenTakesItsSecretAlongToo() {
    published("publish: [Flux, Git]");

    publish(FLUX, failed(Reason.TokenRejected, true));

    assertThat(names()).containsExactly("team-flux");
  }

  @Test
  void nothingIsWrittenBeforeAnythingIsProven() {
    assertThat(publish(FLUX, failed(Reason.TokenRejected, false)))
        .isEqualTo(new Publishing.Awaited());
    assertThat(
            publish(
                FLUX,
                new Finding.Awaiting(
                    new Problem(Reason.AwaitingAuthorization, "Waiting."),
                    new Authorization(null, null, null, null, null)),
                Optional.empty(),
                BOUND))
        .isEqualTo(new Publishing.Awaited());

    assertThat(store.takeWrites()).isEmpty();
  }

  @Test
  void whatIsProvenNoMoreIsKeptAsItIs() {
    published(FLUX);
    breakPassword("team-flux");

    assertThat(publish(FLUX, failed(Reason.TokenRejected, true)))
        .isEqualTo(new Publishing.Stale(Optional.empty()));

    assertThat(store.takeWrites()).isEmpty();
  }

  @Test
  void whatIsProvenNoMoreIsWithdrawnWhereTheUserWantsThatAndComesBack() {
    published(WITHDRAW);

    assertThat(publish(WITHDRAW, failed(Reason.TokenRejected, true)))
        .isEqualTo(new Publishing.Withdrawn());
    assertThat(names()).isEmpty();

    published(WITHDRAW);
    assertThat(names()).containsExactly("team-flux");
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"ConnectionRefused", "ServerError", "RateLimited", "Conflict"})
  void anOutageWithdrawsNothingAndSecretsAreMendedEvenThen(Reason outage) {
    published(WITHDRAW);
    breakPassword("team-flux");

    assertThat(publish(WITHDRAW, failed(outage, true))).isInstanceOf(Publishing.Written.class);

    assertThat(value("team-flux", "password")).isEqualTo(TOKEN);
  }

  /** OAuth: the token is over, and the host cannot be asked for the next. */
  @Test
  void anOutageWithoutAClaimLeavesEverythingAsItIs() {
    published(WITHDRAW);
    breakPassword("team-flux");

    assertThat(publish(WITHDRAW, failed(Reason.ServerError, true), Optional.empty(), BOUND))
        .isEqualTo(new Publishing.Untouched());

    assertThat(store.takeWrites()).isEmpty();
  }

  /** The inputs were changed during the outage, so that there is no proof of these. */
  @Test
  void anOutageOfWhatWasNeverProvenWithdrawsNothing() {
    published(WITHDRAW);

    assertThat(publish(WITHDRAW, failed(Reason.ConnectionRefused, false)))
        .isEqualTo(new Publishing.Stale(Optional.empty()));

    assertThat(store.takeWrites()).isEmpty();
  }

  @Test
  void whatIsSuspendedIsLeftAsItIs() {
    published(FLUX);
    breakPassword("team-flux");

    assertThat(publish("publish: []", new Finding.Suspended(), Optional.empty(), BOUND))
        .isEqualTo(new Publishing.Untouched());

    assertThat(store.takeWrites()).isEmpty();
  }

  @Test
  void whatIsNotOwnedIsNeitherWrittenNorDeleted() {
    CodeSourceBinding other =
        Bindings.binding("other", "22222222-0000-0000-0000-000000000000", FLUX);
    publisher.publish(other, proven(), Optional.of(Bindings.claim()), BOUND, Set.of());
    Secret theirs = foreign("team-flux");
    store.putByUser(theirs);
    List<Secret> before = store.stored();

    Publishing publishing = publish(WITHDRAW, proven());
    publish(WITHDRAW, failed(Reason.TokenRejected, true));
    publish("", proven());

    assertThat(refusal(publishing).reason()).isEqualTo(Reason.SecretNotOwned);
    assertThat(store.stored()).isEqualTo(before);
  }

  private static Secret foreign(String name) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(NAMESPACE)
        .endMetadata()
        .withType("Opaque")
        .addToData("password", "dGhlaXJz")
        .build();
  }

  @Test
  void oneThatCannotBeWrittenKeepsNoOtherFromIt() {
    store.putByUser(foreign("team-flux"));
    store.answer("create", "team-git", InMemoryPublishedSecretStore.answer(403, "exceeded quota"));

    Problem problem = refusal(publish("publish: [Flux, Git, Kpack]", proven()));

    assertThat(problem.reason()).as("the first one's").isEqualTo(Reason.SecretNotOwned);
    assertThat(problem.what()).contains("team-flux", "team-git", "exceeded quota");
    assertThat(names()).contains("team-kpack");
  }

  @Test
  void aLostRaceIsTriedAgainAndNotTold() {
    published(WITHDRAW);
    store.beLate();
    store.editByUser(
        NAMESPACE,
        "team-flux",
        secret -> secret.editMetadata().addToLabels("team", "a").endMetadata());

    assertThatThrownBy(() -> publish(WITHDRAW, failed(Reason.TokenRejected, true)))
        .isInstanceOf(KubernetesClientException.class);

    store.catchUp();
    assertThat(publish(WITHDRAW, failed(Reason.TokenRejected, true)))
        .isEqualTo(new Publishing.Withdrawn());
  }

  @Test
  void aCredentialThatCanOnlyReadIsPublishedInPlaceOfTheBoundOne() {
    published("publish: [Flux, Git]");
    ConsumerLogin login =
        new ReadOnly(
            Optional.of(new GitLogin("deploy", new Token("read-only"))),
            "a deploy token of the project team/app");

    Publishing publishing =
        publish(
            "publish: [Flux, Git]", proven(), Optional.of(Bindings.claim()), Outcome.done(login));

    assertThat(publishing)
        .isEqualTo(
            new Publishing.Written(
                List.of("team-flux", "team-git"),
                Optional.empty(),
                Optional.of("a deploy token of the project team/app")));
    assertThat(value("team-flux", "username")).isEqualTo("deploy");
    assertThat(value("team-flux", "password")).isEqualTo("read-only");
    boundTokenIsNowhere();
  }

  @Test
  void theBoundCredentialNeverStandsInForOneThatCanOnlyRead() {
    Outcome<ConsumerLogin> none =
        Outcome.done(
            new ReadOnly(Optional.empty(), "a read-only token of the app's installation 1"));
    Outcome<ConsumerLogin> refused = Outcome.refused(Reason.DeployTokenRefused, "Not you.");
    Outcome<ConsumerLogin> waiting = Outcome.waiting(Reason.ServerError, "Later.");

    Problem withoutOne = refusal(publish(FLUX, proven(), Optional.of(Bindings.claim()), none));
    assertThat(withoutOne.reason()).isEqualTo(Reason.DeployTokenRefused);
    assertThat(withoutOne.what())
        .isEqualTo("There is no read-only token of the app's installation 1 to be published.");
    assertThat(refusal(publish(FLUX, proven(), Optional.of(Bindings.claim()), refused)).what())
        .isEqualTo("Not you.");
    assertThat(refusal(publish(FLUX, proven(), Optional.of(Bindings.claim()), waiting)).what())
        .isEqualTo("Later.");
    assertThat(store.takeWrites()).isEmpty();
  }

  @Test
  void whatIsThereStaysWhileNoNewCredentialIsToBeHad() {
    published("publish: [Flux, ServiceBinding]");

    Publishing publishing =
        publish(
            "publish: [Flux, ServiceBinding]",
            new Finding.StillProven(),
            Optional.of(Bindings.claim()),
            Outcome.refused(Reason.DeployTokenRefused, "Not you."));

    assertThat(publishing)
        .isEqualTo(
            new Publishing.Refused(
                new Problem(Reason.DeployTokenRefused, "Not you."),
                Optional.of("team-servicebinding")));
    assertThat(store.takeWrites()).isEmpty();
  }

  @Test
  void ofTwoEntriesThatWouldWriteTheSameSecretNeitherDoes() {
    published("publish: [Flux, Git]");

    Problem problem =
        refusal(
            publish(
                "publish: [Flux, Git]\npublishNames: {Flux: same, Git: same}",
                new Finding.StillProven()));

    assertThat(problem.reason()).isEqualTo(Reason.SecretNamesCollide);
    assertThat(problem.what()).contains("Flux", "Git", "same");
    assertThat(store.takeWrites()).as("what is there stays").isEmpty();
  }

  private void boundTokenIsNowhere() {
    assertThat(store.stored())
        .allSatisfy(
            secret ->
                assertThat(Objects.requireNonNull(secret.getData()).keySet())
                    .allSatisfy(
                        key ->
                            assertThat(SecretData.text(secret, key).orElseThrow())
                                .doesNotContain(TOKEN)));
  }
}
