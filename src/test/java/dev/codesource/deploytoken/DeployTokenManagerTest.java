package dev.codesource.deploytoken;

import static dev.codesource.http.ScriptedHostClient.json;
import static dev.codesource.http.ScriptedHostClient.unanswered;
import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.Platform;
import dev.codesource.api.TestBinding;
import dev.codesource.codehost.DeployTokens;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.deploytoken.DeployTokenManager.DeployTokenState;
import dev.codesource.deploytoken.StoredDeployToken.Replaced;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Pauses;
import dev.codesource.testhost.DeployTokenShelf;
import dev.codesource.testhost.DeployTokenShelf.Made;
import dev.codesource.testhost.Grant;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeployTokenManagerTest {

  private static final SiteUrl SITE = done(SiteUrl.parse("https://gitlab.example.com"));
  private static final String SECRET = "build-deploytoken";
  private static final String TOKENS = "/api/v4/projects/team%2Fapp/deploy_tokens";
  private static final String LIST = "GET " + TOKENS;
  private static final String MAKE = "POST " + TOKENS;

  /** Those of the binding begin so. */
  private static final String PREFIX = "codesource.dev " + TestBinding.UID + " ";

  private static final Duration DUE = Duration.ofDays(20);
  private static final Duration LIFETIME = Duration.ofDays(30);
  private static final Duration GRACE = Duration.ofHours(1);

  private final AdjustableClock clock = new AdjustableClock();
  private final DisturbedSecretStore store = new DisturbedSecretStore(clock);
  private final ScriptedHostClient host = new ScriptedHostClient();
  private final DeployTokenShelf gitLab = new DeployTokenShelf("projects/team%2Fapp");
  private final DeployTokenManager manager = manager(Duration.ZERO);
  private final CodeSourceBinding binding = binding("deployToken: {project: team/app}");

  /** What the finalizer, the host and the store see, in order. */
  private final List<String> events = new ArrayList<>();

  private DeployTokenManager manager(Duration pause) {
    return new DeployTokenManager(
        host, new HostLimiter(4, clock, new Random(1)), store, new Pauses(pause), clock);
  }

  @BeforeEach
  void hostIsGitLab() {
    host.otherwise(gitLab, Grant.of("alice", "api"));
  }

  private static CodeSourceBinding binding(String deployToken) {
    return TestBinding.withSpec(
        """
        platform: GitLab
        url: %s
        username: alice
        publish: [Flux]
        %s
        """
            .formatted(SITE, deployToken));
  }

  private Claim claim(Platform platform, SiteUrl site) {
    return new Claim(
        "team-a",
        SupportedCodeHosts.all(clock).of(platform),
        site,
        "alice",
        Credential.of("glpat-1"),
        Optional.empty());
  }

  private Claim claim() {
    return claim(Platform.GitLab, SITE);
  }

  private Outcome<DeployTokenState> provide(boolean lookAfter) {
    return manager.provide(
        binding, claim(), store.named(SECRET), lookAfter, () -> events.add("finalizer"));
  }

  /** Provides, and looks whether the token is still on GitLab. */
  private DeployTokenState lookAfter() {
    return done(provide(true));
  }

  private Optional<Instant> settle(DeployTokenState state) {
    return manager.settle(binding, claim(), state, () -> events.add("finalizer taken away"));
  }

  private static String login(DeployTokenState state) {
    return state.login().orElseThrow().password().reveal();
  }

  private List<Integer> onGitLab() {
    return gitLab.all().stream().map(Made::id).toList();
  }

  private Optional<String> stored(String key) {
    return store.value(SECRET, key);
  }

  private void putForeignSecret() {
    store.putForeign("team-a", SECRET, CredentialSecret.TYPE, Map.of("token", "theirs"));
  }

  // Making.

  @Test
  void whoAsksForNoneGetsNone() {
    CodeSourceBinding plain = binding("interval: 1h");

    assertThat(
            done(
                manager.provide(
                    plain, claim(), Optional.empty(), true, () -> events.add("finalizer"))))
        .isEqualTo(DeployTokenState.NONE);
    assertThat(host.asked()).isEmpty();
    assertThat(events).isEmpty();
  }

  @Test
  void oneIsMadeAndUsedFromThenOn() {
    DeployTokenState first = done(provide(false));
    DeployTokenState second = done(provide(false));

    assertThat(host.asked()).containsExactly(LIST, MAKE);
    Made made = gitLab.all().getFirst();
    assertThat(made.name()).isEqualTo(PREFIX + "team-a/build");
    assertThat(made.scopes()).containsExactly("read_repository");
    assertThat(made.expiresAt()).isEqualTo(clock.instant().plus(LIFETIME).toString());
    assertThat(login(first)).isEqualTo(made.token());
    assertThat(login(second)).isEqualTo(made.token());
    assertThat(stored("token")).hasValue(made.token());
  }

  /** Else a binding that is deleted in between would leave a token behind. */
  @Test
  void theFinalizerIsPutBeforeATokenIsMade() {
    host.on(
        MAKE,
        _ -> {
          events.add("made");
          return json(403, "{}");
        });

    isRefused(provide(false), Reason.DeployTokenRefused);

    assertThat(events).containsExactly("finalizer", "made");
  }

  @Test
  void withoutTheFinalizerNoTokenIsMade() {
    assertThatThrownBy(
            () ->
                manager.provide(
                    binding, claim(), Optional.empty(), true, DisturbedSecretStore::outage))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(onGitLab()).isEmpty();
  }

  @Test
  void aPlatformWithoutDeployTokensIsTold() {
    isRefused(
        manager.provide(binding, claim(Platform.Gitea, SITE), Optional.empty(), true, () -> {}),
        Reason.DeployTokenRefused);
  }

  @Test
  void aLostRaceDeletesTheTokenThatWasMadeAndIsAConflict() {
    store.beforeNextWrites(this::putForeignSecret);

    var conflict = waiting(provide(false), Reason.Conflict);

    assertThat(conflict.until()).hasValue(clock.instant().plus(OwnedSecretStore.RETRY_AFTER));
    assertThat(onGitLab()).isEmpty();
    assertThat(stored("token")).hasValue("theirs");
  }

  @Test
  void aRaceThatIsLostInARenewalKeepsTheCurrentToken() {
    String first = login(lookAfter());
    clock.advance(DUE);
    store.beforeNextWrites(store::relabel);

    assertThat(login(lookAfter())).isEqualTo(first);
    assertThat(onGitLab()).containsExactly(1);

    assertThat(login(lookAfter())).isNotEqualTo(first);
  }

  @Test
  void aTokenThatCouldNotBeStoredIsDeletedLater() {
    store.beforeNextWrites(DisturbedSecretStore::outage);
    assertThatThrownBy(() -> provide(false)).isInstanceOf(KubernetesClientException.class);
    assertThat(onGitLab()).containsExactly(1);

    DeployTokenState state = lookAfter();
    assertThat(stored("id")).hasValue("2");

    clock.advance(GRACE);
    settle(state);
    assertThat(onGitLab()).containsExactly(2);
  }

  @Test
  void aSecretOfSomebodyElseIsLeftAlone() {
    putForeignSecret();

    isRefused(provide(true), Reason.TokenSecretNotOwned);

    assertThat(host.asked()).isEmpty();
    assertThat(stored("token")).hasValue("theirs");
    assertThat(manager.known(binding, claim(), store.named(SECRET)))
        .isEqualTo(DeployTokenState.NONE);
  }

  // Keeping and renewing.

  @Test
  void aTokenIsRenewedAtTwoThirdsOfItsLife() {
    String first = login(lookAfter());
    clock.advance(DUE.minusMillis(1));
    assertThat(login(done(provide(false)))).isEqualTo(first);

    clock.advance(Duration.ofMillis(1));
    String second = login(done(provide(false)));

    assertThat(second).isNotEqualTo(first);
    assertThat(onGitLab()).as("consumers may still use the first").containsExactly(1, 2);
    assertThat(stored("replaced")).hasValue("1 " + clock.instant() + " project team/app");
  }

  @Test
  void aTokenThatWasDeletedOnGitLabIsMadeAnew() {
    lookAfter();
    gitLab.remove(1);

    assertThat(login(done(provide(false))))
        .as("GitLab is not asked")
        .isEqualTo(stored("token").get());
    DeployTokenState state = lookAfter();

    assertThat(login(state)).isEqualTo(gitLab.all().getFirst().token());
    assertThat(onGitLab()).containsExactly(2);
  }

  @Test
  void aTokenThatIsStillThereIsKept() {
    String first = login(lookAfter());

    assertThat(login(lookAfter())).isEqualTo(first);
    assertThat(host.requests(MAKE)).hasSize(1);
    assertThat(events).containsExactly("finalizer");
  }

  @Test
  void anOutageKeepsTheCurrentTokenWhileItLives() {
    String first = login(lookAfter());
    host.otherwise(unanswered(Reason.ConnectionTimedOut));
    clock.advance(LIFETIME.minusMillis(1));

    assertThat(login(lookAfter())).isEqualTo(first);

    clock.advance(Duration.ofHours(1));
    waiting(provide(true), Reason.ConnectionTimedOut);
  }

  @Test
  void anOutageWithoutATokenIsAWait() {
    host.otherwise(json(502, "{}"));

    waiting(provide(true), Reason.ServerError);
    assertThat(store.all()).isEmpty();
  }

  /** The account is no Maintainer any more: that is told, and not taken for an outage. */
  @Test
  void aRefusalIsToldThoughATokenIsThere() {
    lookAfter();
    gitLab.refusing(true);

    isRefused(provide(true), Reason.DeployTokenRefused);
    assertThat(stored("id")).hasValue("1");
  }

  @Test
  void aTokenOfAnotherSiteIsNotHandedOn() {
    lookAfter();
    SiteUrl elsewhere = done(SiteUrl.parse("https://gitlab.attacker.example"));

    assertThat(
            manager.known(binding, claim(Platform.GitLab, elsewhere), store.named(SECRET)).login())
        .isEmpty();
  }

  // Deleting.

  @Test
  void aReplacedTokenIsDeletedAfterTheGraceHour() {
    lookAfter();
    clock.advance(DUE);
    DeployTokenState renewed = lookAfter();

    assertThat(settle(renewed)).hasValue(clock.instant().plus(GRACE));
    clock.advance(GRACE.minusMillis(1));
    settle(renewed);
    assertThat(onGitLab()).containsExactly(1, 2);

    clock.advance(Duration.ofMillis(1));
    Optional<Instant> again = settle(lookAfter());

    assertThat(onGitLab()).containsExactly(2);
    assertThat(stored("replaced")).isEmpty();
    assertThat(again).isEqualTo(renewed.current().map(one -> one.renewAt(Duration.ZERO)));
  }

  @Test
  void aReplacedTokenThatCannotBeDeletedIsTriedAgainUntilItExpires() {
    lookAfter();
    clock.advance(DUE);
    DeployTokenState renewed = lookAfter();
    clock.advance(GRACE);
    host.on("DELETE " + TOKENS + "/1", json(403, "{}"));

    settle(renewed);
    assertThat(stored("replaced")).isPresent();

    clock.advance(LIFETIME);
    settle(new DeployTokenState(Optional.empty(), renewed.stored()));
    assertThat(stored("replaced")).isEmpty();
  }

  @Test
  void whereNoneIsWantedAnyMoreAllAreDeletedAfterTheGraceHour() {
    lookAfter();
    CodeSourceBinding plain = binding("interval: 1h");

    settleWithout(plain);
    assertThat(onGitLab()).containsExactly(1);
    assertThat(stored("token")).as("it is not handed on").isEmpty();
    assertThat(events).containsExactly("finalizer");

    clock.advance(GRACE);
    settleWithout(plain);
    assertThat(onGitLab()).isEmpty();
    assertThat(store.all()).isEmpty();
    assertThat(events).containsExactly("finalizer", "finalizer taken away");
  }

  private void settleWithout(CodeSourceBinding plain) {
    DeployTokenState state =
        done(manager.provide(plain, claim(), store.named(SECRET), false, () -> {}));
    manager.settle(plain, claim(), state, () -> events.add("finalizer taken away"));
  }

  @Test
  void theFinalizerStaysWhenTheSecretWasChangedMeanwhile() {
    lookAfter();
    CodeSourceBinding plain = binding("interval: 1h");
    settleWithout(plain);
    clock.advance(GRACE);
    store.beforeNextWrites(store::relabel);

    settleWithout(plain);

    assertThat(store.all()).hasSize(1);
    assertThat(events).containsExactly("finalizer");
  }

  @Test
  void aBindingThatGoesGivesAllItsTokensBack() {
    lookAfter();
    gitLab.put(PREFIX + "of a crash");
    gitLab.put("codesource.dev another-uid team-a/build");
    gitLab.put("somebody's own");

    assertThat(manager.giveBack(binding, claim())).isTrue();

    assertThat(onGitLab()).containsExactly(3, 4);
  }

  @Test
  void givingBackIsTriedAgainAfterAnOutageAndNotAfterARefusal() {
    lookAfter();
    gitLab.refusing(true);
    assertThat(manager.giveBack(binding, claim())).isTrue();

    host.otherwise(unanswered(Reason.ConnectionRefused));
    assertThat(manager.giveBack(binding, claim())).isFalse();
  }

  @Test
  void aSecretOfSomebodyElseDoesNotTellWhatToGiveBack() {
    store.putForeign(
        "team-a",
        SECRET,
        CredentialSecret.TYPE,
        Map.of("url", SITE.toString(), "replaced", "1 2026-01-01T00:00:00Z project other/app"));

    assertThat(manager.giveBack(binding, claim())).isTrue();
    assertThat(host.asked()).containsExactly(LIST);
  }

  // What a tenant or a host does in a loop.

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private Outcome<DeployTokenState> provide(DeployTokenManager by) {
    return by.provide(binding, claim(), store.named(SECRET), true, () -> {});
  }

  @Test
  void aSecretThatIsDeletedInALoopCausesOneDeployTokenAMinute() {
    DeployTokenManager slow = manager(MINUTE);
    done(provide(slow));
    Instant made = clock.instant();
    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofSeconds(1));
      store.named(SECRET).ifPresent(store::delete);

      assertThat(waiting(provide(slow), Reason.Conflict).until()).hasValue(made.plus(MINUTE));
    }
    assertThat(onGitLab()).containsExactly(1);

    clock.advance(MINUTE);
    done(provide(slow));
    assertThat(onGitLab()).containsExactly(1, 2);
  }

  @Test
  void theStateIsShownWithoutTheToken() {
    DeployTokenState state = lookAfter();

    assertThat(state.toString())
        .doesNotContain(login(state), store.named(SECRET).orElseThrow().getData().get("token"));
  }

  @Test
  void aHostThatDeniesItsTokensIsAskedForOneAMinute() {
    DeployTokenManager slow = manager(MINUTE);
    done(provide(slow));
    host.on("GET " + TOKENS, json(200, "[]"));
    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofSeconds(1));
      assertThat(done(provide(slow)).login()).isPresent();
    }
    assertThat(onGitLab()).containsExactly(1);
  }

  /** Otherwise consumers would keep a token that works no more until the next verification. */
  @Test
  void aTokenThatIsMissedDuringThePauseIsMadeAnewAfterIt() {
    DeployTokenManager slow = manager(MINUTE);
    done(provide(slow));
    Instant made = clock.instant();
    gitLab.remove(1);
    clock.advance(Duration.ofSeconds(1));

    DeployTokenState kept = done(provide(slow));
    assertThat(slow.settle(binding, claim(), kept, () -> {})).hasValue(made.plus(MINUTE));

    clock.advance(MINUTE);
    DeployTokenState renewed =
        done(slow.provide(binding, claim(), store.named(SECRET), false, () -> {}));
    assertThat(onGitLab()).containsExactly(2);
    assertThat(login(renewed)).isNotEqualTo(login(kept));
    assertThat(slow.settle(binding, claim(), renewed, () -> {}).orElseThrow())
        .isAfter(clock.instant().plus(MINUTE));
  }

  @Test
  void aLongListOfReplacedTokensIsDeletedInSeveralReconciliations() {
    DeployTokenState state = lookAfter();
    for (int i = 0; i < 12; i++) {
      clock.advance(DUE);
      host.on("GET " + TOKENS, json(200, "[]"));
      state = lookAfter();
    }
    List<Replaced> due =
        IntStream.range(100, 112)
            .mapToObj(i -> new Replaced("" + i, target(), clock.instant().minus(GRACE)))
            .toList();
    StoredDeployToken tokens = state.stored().orElseThrow().tokens().withReplaced(due);
    done(store.replace(store.named(SECRET).orElseThrow(), tokens.values()));
    listed(due);
    int before = deletions();

    Optional<Instant> again = settle(manager.known(binding, claim(), store.named(SECRET)));

    assertThat(deletions() - before).isEqualTo(5);
    assertThat(again).hasValue(clock.instant().plus(MINUTE));
    settle(manager.known(binding, claim(), store.named(SECRET)));
    settle(manager.known(binding, claim(), store.named(SECRET)));
    assertThat(deletions() - before).isEqualTo(12);
    assertThat(stored("replaced")).isEmpty();
  }

  /** The Secret is not written for nothing, and each token has its turn. */
  @Test
  void deletionsThatAllFailAreTriedLessOftenAndWriteNothing() {
    StoredDeployToken made = lookAfter().stored().orElseThrow().tokens();
    List<Replaced> due =
        IntStream.range(100, 112)
            .mapToObj(i -> new Replaced("" + i, target(), clock.instant().minus(GRACE)))
            .toList();
    done(store.replace(store.named(SECRET).orElseThrow(), made.withReplaced(due).values()));
    due.forEach(one -> host.on("DELETE " + TOKENS + "/" + one.id(), json(403, "{}")));
    listed(due);
    var before = store.named(SECRET);

    for (int i = 0; i < 40; i++) {
      assertThat(settle(manager.known(binding, claim(), store.named(SECRET))))
          .hasValue(clock.instant().plus(MINUTE.multipliedBy(10)));
      clock.advance(MINUTE.multipliedBy(10));
    }

    assertThat(store.named(SECRET)).isEqualTo(before);
    assertThat(due)
        .allSatisfy(one -> assertThat(host.asked()).contains("DELETE " + TOKENS + "/" + one.id()));
  }

  /** GitLab lists these as the binding's own. */
  private void listed(List<Replaced> tokens) {
    host.on(
        LIST,
        json(
            200,
            tokens.stream()
                .map(
                    one ->
                        "{\"id\":%s,\"name\":\"%steam-a/build\",\"revoked\":false,\"expired\":false}"
                            .formatted(one.id(), PREFIX))
                .collect(Collectors.joining(",", "[", "]"))));
  }

  private static DeployTokens.Target target() {
    return new DeployTokens.Target(DeployTokens.Target.Kind.PROJECT, "team/app");
  }

  private int deletions() {
    return (int) host.asked().stream().filter(asked -> asked.startsWith("DELETE ")).count();
  }

  /** Whoever may write the Secret must not be able to have other things deleted. */
  @Test
  void nothingIsDeletedThatTheSecretNamesAndTheBindingHasNotMade() {
    String since = clock.instant().minus(GRACE.multipliedBy(2)).toString();
    store.create(
        binding,
        SECRET,
        CredentialSecret.TYPE,
        Map.of(
            "url",
            SITE.toString(),
            "replaced",
            "../../../projects/42 %s project team/app\n17 %s project team/app"
                .formatted(since, since)));

    settle(manager.known(binding, claim(), store.named(SECRET)));

    assertThat(host.asked()).isNotEmpty().noneMatch(asked -> asked.startsWith("DELETE"));
  }
}
