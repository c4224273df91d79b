package dev.codesource.webhook;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.NamedTrigger;
import dev.codesource.api.Platform;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Ownership;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.BitbucketDataCenterWording;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.GitHubWording;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.GiteaWording;
import dev.codesource.testhost.GiteeWording;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.WebhookShelf;
import dev.codesource.testhost.WebhookWording;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess.Access;
import dev.codesource.webhook.KnownPaths.Holder;
import dev.codesource.webhook.WebhookKeeper.Kept;
import dev.codesource.webhook.WebhookKeeper.Mark;
import dev.codesource.webhook.WebhookKeeper.Wish;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class WebhookKeeperTest {

  private static final String PATH = "group/shop";
  private static final String ADDRESS = "https://codesource.example.com/webhook/";
  private static final Wish NOTHING = new Wish(false, false);
  private static final Wish ROTATION = new Wish(false, true);
  private static final Duration INTERVAL = Duration.ofMinutes(11);

  private final AdjustableClock clock = new AdjustableClock();
  private final DisturbedSecretStore store = new DisturbedSecretStore(clock);
  private final ScriptedHostClient host = new ScriptedHostClient();
  private final Map<String, Holder> knownPaths = new HashMap<>();
  private boolean knowsAllPaths = true;

  private final CodeSourceTrigger trigger = NamedTrigger.named("shop");
  private final CodeSourceTrigger other = NamedTrigger.named("shop-tags");

  /** What the finalizer, the host and the store see, in order. */
  private final List<String> events = new ArrayList<>();

  private final Mark mark =
      new Mark() {
        @Override
        public void put() {
          events.add("marked");
        }

        @Override
        public void take() {
          events.add("mark taken");
        }
      };

  private Platform platform = Platform.GitLab;
  private SiteUrl site = done(SiteUrl.parse("https://gitlab.example.com"));
  private WebhookWording wording = GitLabWording.current();
  private String path = PATH;
  private WebhookShelf shelf = new WebhookShelf(wording);
  private String id = "";
  private WebhookKeeper keeper = keeper("https://codesource.example.com");

  /** What happens to a request, when the platform has answered it; the first is the next one. */
  private final List<Disturbance> disturbances = new ArrayList<>();

  /** How a request is disturbed. */
  private enum Disturbance {
    NONE,
    /** It does not arrive. */
    REQUEST_LOST,
    /** The platform acts, and nobody hears of it. */
    ANSWER_LOST
  }

  private WebhookKeeper keeper(String address) {
    return keeper(address, clock);
  }

  private WebhookKeeper keeper(String address, Clock time) {
    return new WebhookKeeper(
        host,
        new HostLimiter(4, clock, new Random(1)),
        store,
        WebhookAddress.at(Optional.of(URI.create(address))),
        new KnownPaths() {
          @Override
          public boolean isComplete() {
            return knowsAllPaths;
          }

          @Override
          public Optional<Holder> holder(String path) {
            return Optional.ofNullable(knownPaths.get(path));
          }
        },
        time);
  }

  @BeforeEach
  void hostIsGitLab() {
    use(Platform.GitLab, GitLabWording.current(), "https://gitlab.example.com", PATH);
  }

  private void use(Platform kind, WebhookWording words, String url, String repository) {
    platform = kind;
    wording = words;
    site = done(SiteUrl.parse(url));
    path = repository;
    shelf = new WebhookShelf(words);
    id = shelf.put(repository);
    host.otherwise(disturbed(shelf), Grant.of("alice", "api"));
  }

  /** Looks at the state of both sides at each request. */
  private Dialect disturbed(Dialect dialect) {
    return (asked, grants) -> {
      Disturbance disturbance =
          disturbances.isEmpty() ? Disturbance.NONE : disturbances.removeFirst();
      if (!asked.method().equals("GET")) {
        events.add(asked.method());
      }
      bothSidesAgree();
      Answer lost = Answer.json(502, "{}");
      if (disturbance == Disturbance.REQUEST_LOST) {
        return lost;
      }
      Answer answer = dialect.answer(asked, grants);
      bothSidesAgree();
      return disturbance == Disturbance.ANSWER_LOST ? lost : answer;
    };
  }

  /** What the code host signs with is good at any time. */
  private void bothSidesAgree() {
    Optional<StoredWebhook> stored = store.all().stream().findFirst().flatMap(StoredWebhook::in);
    stored.ifPresent(
        webhook ->
            ours(webhook)
                .forEach(
                    hook ->
                        assertThat(secretOf(hook))
                            .isIn(
                                webhook.secret().text(),
                                webhook.other().map(WebhookSecret::text).orElse(""))));
  }

  private List<ObjectNode> ours(StoredWebhook webhook) {
    return shelf.hooks(path).stream()
        .filter(hook -> wording.url(hook).endsWith("/webhook/" + webhook.path()))
        .toList();
  }

  private String secretOf(ObjectNode hook) {
    return Stream.of(
            hook.path("token"),
            hook.path("secret"),
            hook.path("password"),
            hook.path("config").path("secret"),
            hook.path("configuration").path("secret"))
        .filter(field -> field.isTextual())
        .map(field -> field.textValue())
        .findFirst()
        .orElse("");
  }

  private Repository repository() {
    return new Repository(id, path, URI.create(site + "/" + path + ".git"));
  }

  private Access access() {
    return new Access(
        new Claim(
            "team-a",
            SupportedCodeHosts.all(clock).of(platform),
            site,
            "alice",
            Credential.of("glpat-1"),
            Optional.empty()),
        new Proof.Account("alice", "1"));
  }

  private Outcome<Kept> keep(CodeSourceTrigger of, Wish wish) {
    return keeper.keep(of, repository(), access(), wish, mark);
  }

  private Kept kept() {
    return done(keep(trigger, NOTHING));
  }

  private Kept keptLater() {
    clock.advance(INTERVAL);
    return kept();
  }

  private Outcome<Boolean> release(CodeSourceTrigger of, Optional<CodeSourceTrigger> successor) {
    return keeper.release(of, name(), successor, _ -> Outcome.done(access()));
  }

  private String name() {
    return WebhookKeeper.secretName("gitlab", site, id);
  }

  private StoredWebhook stored() {
    return StoredWebhook.in(secret()).orElseThrow();
  }

  private Secret secret() {
    return store.named(name()).orElseThrow();
  }

  private ObjectNode hook() {
    assertThat(shelf.hooks(path)).hasSize(1);
    return shelf.hooks(path).getFirst();
  }

  private List<String> changes() {
    return host.asked().stream().filter(line -> !line.startsWith("GET ")).toList();
  }

  // Making.

  @Test
  void aWebhookIsMadeOnceAndFoundAgain() {
    Kept first = kept();
    String version = secret().getMetadata().getResourceVersion();
    Kept second = keptLater();

    assertThat(secret().getMetadata().getResourceVersion()).as("not written").isEqualTo(version);
    assertThat(wording.url(hook())).isEqualTo(ADDRESS + stored().path());
    assertThat(secretOf(hook())).isEqualTo(stored().secret().text());
    assertThat(stored().hook()).hasValue(wording.id(hook()));
    assertThat(first.id()).isEqualTo(second.id()).isEqualTo(wording.id(hook()));
    assertThat(first.isNew()).isTrue();
    assertThat(second.isNew()).isFalse();
    assertThat(second.rotatedAt()).isEqualTo(first.rotatedAt()).isEqualTo(stored().rotatedAt());
    assertThat(changes()).hasSize(1);
    assertThat(Ownership.isOwner(trigger, secret().getMetadata())).isTrue();
    assertThat(secret().getType()).isEqualTo("codesource.dev/webhook");
  }

  /** Else a trigger that is deleted in between would leave a webhook that nobody knows. */
  @Test
  void theFinalizerAndTheSecretAreThereBeforeAWebhookIsMade() {
    store.beforeNextWrites(() -> events.add("stored"));
    kept();

    assertThat(events).startsWith("marked", "stored", "POST");
  }

  @Test
  void aSecretThatCannotBeStoredMakesNoWebhook() {
    store.beforeNextWrites(DisturbedSecretStore::outage);
    assertThatThrownBy(this::kept).isInstanceOf(KubernetesClientException.class);
    assertThat(shelf.hooks(path)).isEmpty();

    kept();
    assertThat(secretOf(hook())).isEqualTo(stored().secret().text());
  }

  @TestFactory
  Stream<DynamicTest> whateverIsLostOnTheWayOneWebhookIsMade() {
    return Stream.of(Disturbance.REQUEST_LOST, Disturbance.ANSWER_LOST)
        .flatMap(
            disturbance ->
                Stream.of(0, 1, 2)
                    .map(
                        request ->
                            DynamicTest.dynamicTest(
                                disturbance + " " + request,
                                () -> {
                                  start();
                                  for (int i = 0; i < request; i++) {
                                    disturbances.add(Disturbance.NONE);
                                  }
                                  disturbances.add(disturbance);
                                  waiting(keep(trigger, NOTHING), Reason.ServerError);

                                  keptLater();
                                  keptLater();
                                  assertThat(ours(stored())).hasSize(1);
                                  assertThat(shelf.hooks(path)).hasSize(1);
                                  assertThat(stored().hook()).hasValue(wording.id(hook()));
                                  bothSidesAgree();
                                })));
  }

  private void start() {
    store.deleteAll();
    events.clear();
    disturbances.clear();
    use(platform, wording, site.toString(), path);
    keeper = keeper("https://codesource.example.com");
  }

  @Test
  void aCrashAfterTheAnswerMakesNoSecondWebhook() {
    store.beforeNextWrites(DisturbedSecretStore::nothing, DisturbedSecretStore::outage);
    assertThatThrownBy(this::kept).isInstanceOf(KubernetesClientException.class);
    assertThat(stored().hook()).isEmpty();

    Kept kept = keptLater();

    assertThat(kept.id()).isEqualTo(wording.id(hook()));
    assertThat(stored().hook()).hasValue(kept.id());
    assertThat(secretOf(hook())).isEqualTo(stored().secret().text());
  }

  @Test
  void itIsFoundAmongTwoPagesOfForeignOnes() {
    shelf.putHooks(path, 130);
    kept();
    shelf.putHooks(path, 5);
    keptLater();

    assertThat(shelf.hooks(path)).hasSize(136);
    assertThat(ours(stored())).hasSize(1);
    assertThat(changes()).hasSize(1);
  }

  @Test
  void twoTriggersShareAWebhookAndAComparison() {
    kept();
    int asked = host.asked().size();
    Kept second = done(keep(other, NOTHING));

    assertThat(host.asked()).hasSize(asked);
    assertThat(second.id()).isEqualTo(wording.id(hook()));
    assertThat(second.isNew()).isFalse();
    assertThat(events)
        .as("each has the finalizer")
        .containsExactly("marked", "POST", "marked", "marked");
    clock.advance(Duration.ofMinutes(2));
    done(keep(other, NOTHING));
    assertThat(host.asked()).hasSizeGreaterThan(asked);
    assertThat(changes()).hasSize(1);
  }

  /** Their bindings may have the same name, and the same repository. */
  @Test
  void triggersOfTwoNamespacesShareNothing() {
    other.getMetadata().setNamespace("team-b");
    kept();
    int asked = host.asked().size();
    Kept second = done(keep(other, NOTHING));

    assertThat(host.asked()).hasSizeGreaterThan(asked);
    assertThat(second.isNew()).isTrue();
    assertThat(shelf.hooks(path)).hasSize(2);
    assertThat(store.all())
        .extracting(secret -> secret.getMetadata().getNamespace())
        .containsExactlyInAnyOrder("team-a", "team-b");
  }

  @Test
  void twoAtOnceDoNotMakeTwo() {
    List<Outcome<Kept>> meanwhile = new ArrayList<>();
    Dialect gitLab = disturbed(shelf);
    // One at most: each that makes one, too, would otherwise be interrupted by another.
    AtomicBoolean isFirst = new AtomicBoolean(true);
    host.otherwise(
        (asked, grants) -> {
          if (asked.method().equals("POST") && isFirst.getAndSet(false)) {
            meanwhile.add(keep(other, NOTHING));
          }
          return gitLab.answer(asked, grants);
        },
        Grant.of("alice", "api"));
    kept();

    assertThat(meanwhile).singleElement().satisfies(one -> waiting(one, Reason.Conflict));
    hook();
  }

  /** As in the moment in which another replica begins to lead. */
  @Test
  void ofTwoReplicasAtOnceOneStoresTheSecretAndMakesTheWebhook() {
    WebhookKeeper second = keeper("https://codesource.example.com");
    store.beforeNextWrites(() -> done(second.keep(other, repository(), access(), NOTHING, mark)));

    waiting(keep(trigger, NOTHING), Reason.Conflict);
    assertThat(secretOf(hook())).isEqualTo(stored().secret().text());
    assertThat(keptLater().isNew()).isFalse();
    hook();
  }

  /** Both may have found none. */
  @Test
  void whatTwoReplicasHaveBothMadeIsOneAfterTheNextComparison() {
    WebhookKeeper second = keeper("https://codesource.example.com");
    List<Outcome<Kept>> meanwhile = new ArrayList<>();
    Dialect gitLab = disturbed(shelf);
    host.otherwise(
        (asked, grants) -> {
          if (asked.method().equals("POST") && meanwhile.isEmpty()) {
            meanwhile.add(Outcome.refused(Reason.Conflict, "It is under way."));
            meanwhile.add(second.keep(other, repository(), access(), NOTHING, mark));
          }
          return gitLab.answer(asked, grants);
        },
        Grant.of("alice", "api"));
    waiting(keep(trigger, NOTHING), Reason.Conflict);
    Kept first = done(meanwhile.getLast());
    assertThat(shelf.hooks(path)).hasSize(2);

    assertThat(keptLater().id()).isEqualTo(first.id()).isEqualTo(wording.id(hook()));
    assertThat(stored().hook()).hasValue(first.id());
    bothSidesAgree();
  }

  /** Whatever is under way then: the finalizer goes when the release has ended. */
  @TestFactory
  Stream<DynamicTest> aDeletionThatBeginsInAnyMomentLeavesNothing() {
    return IntStream.rangeClosed(1, 6)
        .mapToObj(
            moment ->
                DynamicTest.dynamicTest(
                    "at time " + moment,
                    () -> {
                      start();
                      List<Outcome<Boolean>> releases = new ArrayList<>();
                      keeper =
                          keeper(
                              "https://codesource.example.com",
                              new ClockWithMoment(
                                  moment,
                                  () -> {
                                    keeper.ends(trigger);
                                    releases.add(release(trigger, Optional.empty()));
                                  }));
                      var _ = keep(trigger, NOTHING);
                      if (releases.isEmpty()
                          || releases.getFirst() instanceof Outcome.Waiting<Boolean>) {
                        var _ = release(trigger, Optional.empty());
                      }

                      assertThat(shelf.hooks(path)).isEmpty();
                      assertThat(store.all()).isEmpty();
                      waiting(keep(trigger, NOTHING), Reason.Conflict);
                    }));
  }

  /** Has something happen when it is asked for the time, once. */
  private final class ClockWithMoment extends Clock {
    private final Runnable event;
    private int left;

    ClockWithMoment(int moment, Runnable event) {
      this.left = moment;
      this.event = event;
    }

    @Override
    public Instant instant() {
      if (--left == 0) {
        event.run();
      }
      return clock.instant();
    }

    @Override
    public ZoneId getZone() {
      return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new IllegalStateException("nobody asks for another zone");
    }
  }

  /** The other one has just compared, and its outcome would be used again. */
  @Test
  void aTriggerThatIsBeingDeletedGetsNoFinalizerBecauseOfAnother() {
    done(keep(other, NOTHING));
    events.clear();
    keeper.ends(trigger);

    waiting(keep(trigger, NOTHING), Reason.Conflict);
    assertThat(events).isEmpty();
  }

  @Test
  void noneIsMadeForATriggerThatIsBeingDeleted() {
    keeper.ends(trigger);

    waiting(keep(trigger, NOTHING), Reason.Conflict);
    assertThat(events).isEmpty();
    assertThat(host.asked()).isEmpty();
  }

  @Test
  void whatElseABindingOrARepositoryHasIsInASecretOfItsOwn() {
    SiteUrl elsewhere = done(SiteUrl.parse("https://gitlab.example.com/code"));
    String long253 = "b".repeat(253);

    assertThat(
            Stream.of(
                    WebhookKeeper.secretName("gitlab", site, "42"),
                    WebhookKeeper.secretName("gitlab", site, "43"),
                    WebhookKeeper.secretName("gitlab", elsewhere, "42"),
                    WebhookKeeper.secretName("other", site, "42"),
                    WebhookKeeper.secretName(long253, site, "42"),
                    WebhookKeeper.secretName(long253.substring(1), site, "42"))
                .distinct())
        .hasSize(6)
        .allSatisfy(
            name -> assertThat(name).hasSizeLessThanOrEqualTo(253).matches("[a-z0-9][-a-z0-9]+"));
  }

  // Refusals.

  @Test
  void whoMayNotSetWebhooksLeavesNothingAndIsNotAskedAgainAtOnce() {
    shelf.refusing(true);
    isRefused(keep(trigger, NOTHING), Reason.WebhookNotPermitted);
    assertThat(store.all()).isEmpty();
    assertThat(events).isEmpty();

    int asked = host.asked().size();
    clock.advance(Duration.ofMinutes(2));
    isRefused(keep(trigger, NOTHING), Reason.WebhookNotPermitted);
    assertThat(host.asked()).hasSize(asked);

    shelf.refusing(false);
    assertThat(done(keep(trigger, new Wish(true, false))).isNew())
        .as("whoever asks is answered")
        .isTrue();
  }

  @Test
  void aLimitThatIsReachedLeavesNothing() {
    shelf.allowing(0);
    isRefused(keep(trigger, NOTHING), Reason.WebhookLimitReached);

    assertThat(store.all()).isEmpty();
    assertThat(events).containsExactly("marked", "POST", "mark taken");
    shelf.allowing(1);
    keptLater();
    hook();
  }

  @Test
  void anAddressThatIsRefusedLeavesNothing() {
    shelf.refusingAddresses(true);

    isRefused(keep(trigger, NOTHING), Reason.WebhookAddressRefused);

    assertThat(store.all()).isEmpty();
    assertThat(events).containsExactly("marked", "POST", "mark taken");
  }

  @Test
  void aRefusalLeavesTheWebhookThatThereIs() {
    kept();
    shelf.refusing(true);
    clock.advance(INTERVAL);
    isRefused(keep(trigger, NOTHING), Reason.WebhookNotPermitted);
    shelf.refusing(false);
    clock.advance(INTERVAL);

    assertThat(kept().isNew()).isFalse();
    assertThat(changes()).hasSize(1);
  }

  /** Its path and secret are needed when it may be made again. */
  @Test
  void aRefusalToMakeAWebhookAnewKeepsTheSecretAndTheFinalizer() {
    kept();
    StoredWebhook before = stored();
    shelf.removeHook(path, wording.url(hook()));
    shelf.allowing(0);
    clock.advance(INTERVAL);
    isRefused(keep(trigger, NOTHING), Reason.WebhookLimitReached);

    assertThat(stored()).isEqualTo(before);
    assertThat(events).doesNotContain("mark taken");
    shelf.allowing(1);
    assertThat(keptLater().isNew()).isTrue();
    assertThat(stored().path()).isEqualTo(before.path());
  }

  /** Another replica has perhaps made it meanwhile. */
  @Test
  void aSecretThatIsChangedDuringARefusalStaysAndSoDoesTheFinalizer() {
    shelf.allowing(0);
    store.beforeNextWrites(DisturbedSecretStore::nothing, store::relabel);
    isRefused(keep(trigger, NOTHING), Reason.WebhookLimitReached);

    assertThat(store.all()).hasSize(1);
    assertThat(events).containsExactly("marked", "POST");
  }

  @Test
  void anOutageIsNotRemembered() {
    disturbances.add(Disturbance.REQUEST_LOST);
    waiting(keep(trigger, NOTHING), Reason.ServerError);
    clock.advance(Duration.ofMinutes(5));

    kept();
    hook();
  }

  @Test
  void aSecretOfSomebodyElseIsNotTouchedAndNothingIsAsked() {
    store.putForeign("team-a", name(), StoredWebhook.TYPE, Map.of("webhook.path", "mine"));

    isRefused(keep(trigger, NOTHING), Reason.TokenSecretNotOwned);

    assertThat(store.value(name(), "webhook.path")).hasValue("mine");
    assertThat(host.asked()).isEmpty();
  }

  // Repairs.

  @Test
  void whatSomebodyAlteredIsRepaired() {
    Kept first = kept();
    hook().put("push_events", false).put("token", "of somebody");
    // The invariant is what somebody broke here.
    host.otherwise(shelf, Grant.of("alice", "api"));
    Kept repaired = keptLater();

    assertThat(repaired.id()).isEqualTo(first.id());
    assertThat(repaired.isNew()).as("pushes may have been missed").isTrue();
    assertThat(hook().path("push_events").asBoolean()).isTrue();
    assertThat(secretOf(hook())).isEqualTo(stored().secret().text());
    assertThat(keptLater().isNew()).isFalse();
  }

  @Test
  void aWebhookWithAFormerAddressGetsThePresentOne() {
    Kept first = kept();
    keeper = keeper("https://hooks.example.com:8443");
    Kept moved = keptLater();

    assertThat(moved.id()).isEqualTo(first.id());
    assertThat(wording.url(hook()))
        .isEqualTo("https://hooks.example.com:8443/webhook/" + stored().path());
    assertThat(secretOf(hook())).isEqualTo(stored().secret().text());
  }

  @Test
  void aWebhookThatGitLabDisabledIsMadeAnew() {
    Kept first = kept();
    StoredWebhook before = stored();
    hook().put("alert_status", "disabled");
    Kept repaired = keptLater();

    assertThat(repaired.disabled()).hasValue("disabled after failed deliveries");
    assertThat(repaired.isNew()).isTrue();
    assertThat(repaired.id()).isNotEqualTo(first.id()).isEqualTo(wording.id(hook()));
    assertThat(hook().path("alert_status").asText()).isEqualTo("executable");
    assertThat(stored().path()).isEqualTo(before.path());
    assertThat(stored().secret()).isEqualTo(before.secret());
  }

  @Test
  void aWebhookThatSomebodyDeletedIsMadeAnew() {
    kept();
    StoredWebhook before = stored();
    shelf.removeHook(path, wording.url(hook()));
    Kept made = keptLater();

    assertThat(made.isNew()).isTrue();
    assertThat(stored()).isEqualTo(before.madeAs(wording.id(hook())));
  }

  @Test
  void aWebhookThatSomebodyDeletesDuringTheRepairIsMadeAnew() {
    Kept first = kept();
    hook().put("push_events", false);
    host.otherwise(
        (asked, grants) -> {
          if (asked.method().equals("PUT")) {
            shelf.removeHook(path, wording.url(hook()));
          }
          return shelf.answer(asked, grants);
        },
        Grant.of("alice", "api"));
    Kept made = keptLater();

    assertThat(made.isNew()).isTrue();
    assertThat(made.id()).isEqualTo(wording.id(hook())).isNotEqualTo(first.id());
    assertThat(stored().hook()).hasValue(made.id());
  }

  @Test
  void ofSeveralWithTheSameAddressTheStoredOneStays() {
    Kept first = kept();
    String url = wording.url(hook());
    String token = secretOf(hook());
    shelf.putHooks(path, 2);
    List<ObjectNode> hooks = shelf.hooks(path);
    hooks.stream().skip(1).forEach(hook -> hook.put("url", url).put("token", token));
    // The stored one is the last of the list.
    JsonNode stored = hooks.getFirst().path("id");
    hooks.getFirst().set("id", hooks.getLast().path("id"));
    hooks.getLast().set("id", stored);
    keptLater();

    assertThat(wording.id(hook())).isEqualTo(first.id());
  }

  @Test
  void aRenamedRepositoryKeepsItsWebhook() {
    kept();
    shelf.rename(path, "group/store");
    path = "group/store";
    hook().put("push_events", false);
    // The trigger may not know of it yet.
    clock.advance(INTERVAL);
    Repository former = new Repository(id, PATH, URI.create(site + "/" + PATH + ".git"));

    done(keeper.keep(trigger, former, access(), NOTHING, mark));

    assertThat(hook().path("push_events").asBoolean()).isTrue();
  }

  @Test
  void aLostSecretMeansANewWebhookAndTheOldOneIsTold() {
    kept();
    StoredWebhook before = stored();
    String left = wording.id(hook());
    store.deleteAll();
    Kept made = keptLater();

    assertThat(stored().path()).isNotEqualTo(before.path());
    assertThat(stored().secret()).isNotEqualTo(before.secret());
    assertThat(shelf.hooks(path)).hasSize(2);
    assertThat(made.left()).containsExactly(left);
    knowsAllPaths = false;
    assertThat(keptLater().left()).as("its Secret may be one that is not known yet").isEmpty();
    knowsAllPaths = true;
    assertThat(keptLater().left()).containsExactly(left);
    knownPaths.put(before.path(), new Holder("team-b", "gitlab-webhook-7"));
    assertThat(keptLater().left()).as("another binding keeps it").isEmpty();
  }

  /** It may be one of an operator in another cluster. */
  @Test
  void aWebhookWithTheAddressOfAnotherReceiverIsNeitherTouchedNorTold() {
    shelf.putHooks(path, 2);
    List<String> others =
        List.of(
            "https://codesource.other-cluster.example.com/webhook/" + "p".repeat(43),
            "https://a-service-with-a-long-name.example.com/webhooks/of-a-repository/" + "p");
    for (int i = 0; i < others.size(); i++) {
      shelf.hooks(path).get(i).put("url", others.get(i));
    }
    assertThat(kept().left()).isEmpty();
    shelf.putHooks(path, 1);
    String elsewhere = "https://codesource.example.com/elsewhere/" + stored().path();
    shelf.hooks(path).getLast().put("url", elsewhere);
    assertThat(keptLater().left()).isEmpty();
    assertThat(changes()).hasSize(1);
    done(release(trigger, Optional.empty()));

    assertThat(shelf.hooks(path))
        .extracting(wording::url)
        .containsExactly(others.getFirst(), others.getLast(), elsewhere);
  }

  @TestFactory
  Stream<DynamicTest> aSecretThatSomebodyChangedIsNotBelieved() {
    return Stream.of(
            Map.of("webhook.path", "hooks"),
            Map.of("webhook.site", "https://evil.example.com"),
            Map.of("webhook.repository", "7"),
            Map.of("webhook.platform", "GitHub"),
            Map.of("webhook.secret", "guessed"))
        .map(
            change ->
                DynamicTest.dynamicTest(
                    change.toString(),
                    () -> {
                      start();
                      kept();
                      StoredWebhook before = stored();
                      Map<String, String> values = new TreeMap<>(before.values());
                      values.putAll(change);
                      done(store.replace(secret(), values));
                      keptLater();

                      assertThat(stored().path()).isNotEqualTo(before.path()).hasSize(43);
                      assertThat(ours(stored())).hasSize(1);
                      assertThat(shelf.hooks(path)).as("nothing else is deleted").hasSize(2);
                    }));
  }

  /** Whoever may write Secrets could take over the webhook of another namespace. */
  @Test
  void thePathOfAnOlderSecretIsNotBelieved() {
    kept();
    StoredWebhook before = stored();
    knownPaths.put(before.path(), new Holder("team-b", name()));
    Kept made = keptLater();

    assertThat(stored().path()).isNotEqualTo(before.path());
    assertThat(ours(stored())).hasSize(1);
    assertThat(ours(before)).as("the webhook of the other is not touched").hasSize(1);
    assertThat(made.isNew()).isTrue();
    assertThat(made.left()).as("it is not nobody's").isEmpty();
  }

  @Test
  void theWebhookOfAnOlderSecretIsNotDeleted() {
    kept();
    StoredWebhook before = stored();
    knownPaths.put(before.path(), new Holder("team-b", name()));

    isRefused(release(trigger, Optional.empty()), Reason.WebhookLeft);
    assertThat(ours(before)).hasSize(1);
    knownPaths.put(before.path(), new Holder("team-a", name()));
    assertThat(done(release(trigger, Optional.empty()))).isTrue();
    assertThat(ours(before)).isEmpty();
  }

  // Secrets.

  @Test
  void aSecretIsChangedWithoutAMomentInWhichADeliveryIsRefused() {
    kept();
    WebhookSecret first = stored().secret();
    clock.advance(Duration.ofDays(100));
    Kept begun = kept();

    WebhookSecret next = stored().other().orElseThrow();
    assertThat(stored().secret()).isEqualTo(first);
    assertThat(secretOf(hook())).as("not before all replicas know it").isEqualTo(first.text());
    assertThat(begun.again()).hasValue(clock.instant().plusSeconds(10));
    clock.advance(Duration.ofSeconds(10));
    Kept changed = kept();

    assertThat(secretOf(hook())).isEqualTo(next.text());
    assertThat(stored().secret()).isEqualTo(next);
    assertThat(stored().other()).hasValue(first);
    assertThat(changed.rotatedAt()).isEqualTo(clock.instant());
    assertThat(changed.again()).isEmpty();
    assertThat(changed.isNew()).isFalse();
    clock.advance(Duration.ofHours(23));
    kept();
    assertThat(stored().other()).hasValue(first);
    clock.advance(Duration.ofHours(1));
    kept();
    assertThat(stored().other()).isEmpty();
    assertThat(stored().secret()).isEqualTo(next);
  }

  @Test
  void aSecretOf80DaysStays() {
    kept();
    WebhookSecret first = stored().secret();
    clock.advance(Duration.ofDays(80));
    kept();

    assertThat(stored().secret()).isEqualTo(first);
    assertThat(stored().other()).isEmpty();
  }

  @Test
  void whoAsksForANewSecretGetsOne() {
    kept();
    WebhookSecret first = stored().secret();
    done(keep(trigger, ROTATION));
    clock.advance(Duration.ofSeconds(10));
    kept();

    assertThat(secretOf(hook())).isEqualTo(stored().secret().text()).isNotEqualTo(first.text());
    assertThat(stored().other()).hasValue(first);
  }

  /** The status that says that the request is handled is written when it is changed. */
  @Test
  void whoAsksOnceGetsOneNewSecretHoweverOftenTheWebhookIsCompared() {
    kept();
    WebhookSecret first = stored().secret();
    done(keep(trigger, ROTATION));
    WebhookSecret next = stored().other().orElseThrow();
    done(keep(trigger, ROTATION));

    assertThat(stored().isChanging()).isFalse();
    assertThat(stored().secret()).isEqualTo(next);
    assertThat(stored().other()).hasValue(first);
  }

  @Test
  void theSecretOfANewWebhookIsNew() {
    done(keep(trigger, ROTATION));

    assertThat(stored().other()).isEmpty();
  }

  /** Each write and each request of a change is the last one before a crash. */
  @TestFactory
  Stream<DynamicTest> aChangeThatIsInterruptedAnywhereGoesOn() {
    return Stream.of(
            List.of(Disturbance.REQUEST_LOST),
            List.of(Disturbance.ANSWER_LOST),
            List.<Disturbance>of())
        .flatMap(
            lost ->
                // Two writes, or five requests of which the last one changes the webhook.
                Stream.of(0, 1, 2, 3, 4)
                    .filter(at -> !lost.isEmpty() || at < 2)
                    .map(
                        at ->
                            DynamicTest.dynamicTest(
                                (lost.isEmpty() ? "write" : lost.getFirst()) + " " + at,
                                () -> interrupted(lost, at))));
  }

  private void interrupted(List<Disturbance> lost, int at) {
    start();
    kept();
    WebhookSecret first = stored().secret();
    clock.advance(Duration.ofDays(100));
    if (lost.isEmpty()) {
      for (int i = 0; i < at; i++) {
        store.beforeNextWrites(DisturbedSecretStore::nothing);
      }
      store.beforeNextWrites(DisturbedSecretStore::outage);
    } else {
      for (int i = 0; i < at; i++) {
        disturbances.add(Disturbance.NONE);
      }
      disturbances.addAll(lost);
    }
    for (int comparisons = 0; comparisons < 5; comparisons++) {
      try {
        var _ = keep(trigger, NOTHING);
      } catch (KubernetesClientException e) {
        // The process ends; the next one knows nothing but what is stored.
        keeper = keeper("https://codesource.example.com");
      }
      bothSidesAgree();
      clock.advance(INTERVAL);
    }

    assertThat(secretOf(hook())).isEqualTo(stored().secret().text());
    assertThat(stored().isChanging()).isFalse();
    assertThat(stored().secret()).isNotEqualTo(first);
    assertThat(stored().other()).as("changed once").hasValue(first);
  }

  @Test
  void whatTheHostRefusesToChangeStaysGood() {
    kept();
    done(keep(trigger, ROTATION));
    shelf.refusing(true);
    clock.advance(INTERVAL);
    isRefused(keep(trigger, NOTHING), Reason.WebhookNotPermitted);
    bothSidesAgree();
    clock.advance(Duration.ofDays(2));
    isRefused(keep(trigger, NOTHING), Reason.WebhookNotPermitted);
    bothSidesAgree();
    shelf.refusing(false);
    keptLater();

    assertThat(secretOf(hook())).isEqualTo(stored().secret().text());
    assertThat(stored().isChanging()).isFalse();
  }

  // The end.

  @Test
  void theLastTriggerDeletesTheWebhookAndThenTheSecret() {
    shelf.putHooks(path, 1);
    kept();
    String url = wording.url(ours(stored()).getFirst());

    assertThat(done(release(trigger, Optional.empty()))).isTrue();

    assertThat(shelf.hooks(path)).hasSize(1).noneMatch(hook -> wording.url(hook).equals(url));
    assertThat(store.all()).isEmpty();
  }

  @Test
  void whoIsNotTheLastHandsTheWebhookOver() {
    kept();
    done(keep(other, NOTHING));

    assertThat(done(release(trigger, Optional.of(other)))).isTrue();

    assertThat(Ownership.isOwner(other, secret().getMetadata())).isTrue();
    assertThat(Ownership.isOwner(trigger, secret().getMetadata())).isFalse();
    hook();
    assertThat(done(release(other, Optional.empty()))).isTrue();
    assertThat(shelf.hooks(path)).isEmpty();
    assertThat(store.all()).isEmpty();
  }

  @Test
  void whoDoesNotControlTheWebhookGoesWithoutAWord() {
    kept();
    String version = secret().getMetadata().getResourceVersion();

    assertThat(done(release(other, Optional.of(trigger)))).isTrue();

    assertThat(secret().getMetadata().getResourceVersion()).isEqualTo(version);
    hook();
  }

  @Test
  void withoutACredentialNothingIsDone() {
    kept();

    isRefused(
        keeper.release(
            trigger,
            name(),
            Optional.empty(),
            _ -> Outcome.refused(Reason.BindingNotFound, "It is gone.")),
        Reason.BindingNotFound);

    hook();
    assertThat(store.all()).hasSize(1);
  }

  @Test
  void aBindingThatIsForAnotherSiteNowIsNotUsed() {
    kept();
    int asked = host.asked().size();
    String name = name();
    site = done(SiteUrl.parse("https://other.example.com"));

    isRefused(
        keeper.release(trigger, name, Optional.empty(), _ -> Outcome.done(access())),
        Reason.WebhookLeft);

    assertThat(host.asked()).hasSize(asked);
  }

  @Test
  void aRepositoryThatIsGoneHasNoWebhook() {
    kept();
    host.otherwise(shelf, Grant.of("alice", "api"));
    shelf.remove(path);

    assertThat(done(release(trigger, Optional.empty()))).isTrue();
    assertThat(store.all()).isEmpty();
  }

  @Test
  void anEndThatIsInterruptedGoesOn() {
    kept();
    store.beforeNextWrites(DisturbedSecretStore::outage);
    assertThatThrownBy(() -> release(trigger, Optional.empty()))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(shelf.hooks(path)).isEmpty();

    assertThat(done(release(trigger, Optional.empty()))).isTrue();
    assertThat(store.all()).isEmpty();
  }

  @Test
  void aReleaseDuringAComparisonWaitsForItsEnd() {
    List<Outcome<Boolean>> meanwhile = new ArrayList<>();
    Dialect gitLab = disturbed(shelf);
    host.otherwise(
        (asked, grants) -> {
          if (asked.method().equals("POST")) {
            meanwhile.add(release(trigger, Optional.empty()));
          }
          return gitLab.answer(asked, grants);
        },
        Grant.of("alice", "api"));
    kept();

    assertThat(meanwhile).singleElement().satisfies(one -> waiting(one, Reason.Conflict));
    assertThat(done(release(trigger, Optional.empty()))).isTrue();
    assertThat(shelf.hooks(path)).isEmpty();
  }

  @Test
  void aSecretThatIsChangedDuringTheReleaseIsDeletedByTheNextTry() {
    kept();
    store.beforeNextWrites(store::relabel);

    waiting(release(trigger, Optional.empty()), Reason.Conflict);
    assertThat(store.all()).hasSize(1);
    assertThat(done(release(trigger, Optional.empty()))).isTrue();
    assertThat(store.all()).isEmpty();
  }

  /** Who may write Secrets must not have the webhook of another deleted. */
  @Test
  void theWebhookOfASecretOfSomebodyElseIsNotDeleted() {
    kept();
    Map<String, String> values = stored().values();
    store.deleteAll();
    store.putForeign("team-a", name(), StoredWebhook.TYPE, values);

    isRefused(release(trigger, Optional.empty()), Reason.WebhookLeft);
    hook();
    assertThat(store.all()).hasSize(1);
  }

  @Test
  void aHostThatDoesNotAnswerKeepsTheSecret() {
    kept();
    disturbances.add(Disturbance.REQUEST_LOST);

    waiting(release(trigger, Optional.empty()), Reason.ServerError);

    assertThat(store.all()).hasSize(1);
  }

  @Test
  void aSecretThatIsGoneIsToldWithItsName() {
    kept();
    store.deleteAll();

    isRefused(release(trigger, Optional.empty()), Reason.WebhookLeft);
    assertThat(done(release(trigger, Optional.of(other))))
        .as("the successor makes another one")
        .isTrue();
  }

  /** Who may write the Secret must not have other webhooks deleted. */
  @Test
  void aSecretThatSomebodyChangedDeletesNothing() {
    kept();
    Map<String, String> values = new TreeMap<>(stored().values());
    shelf.putHooks(path, 1);
    shelf.hooks(path).getLast().put("url", "https://other.example.com/webhook/x");
    values.put("webhook.path", "x");
    done(store.replace(secret(), values));

    isRefused(release(trigger, Optional.empty()), Reason.WebhookLeft);

    assertThat(shelf.hooks(path)).hasSize(2);
  }

  /** What was made a moment before is forgotten with it. */
  @Test
  void whoComesBackGetsANewWebhook() {
    kept();
    done(release(trigger, Optional.empty()));

    assertThat(kept().isNew()).isTrue();
    hook();
  }

  // All platforms.

  @TestFactory
  Stream<DynamicTest> eachPlatformKeepsOne() {
    return Stream.of(
            Map.entry(Platform.GitLab, GitLabWording.old()),
            Map.entry(Platform.GitHub, new GitHubWording()),
            Map.entry(Platform.Gitee, new GiteeWording()),
            Map.entry(Platform.Bitbucket, new BitbucketDataCenterWording()),
            Map.entry(Platform.Gitea, new GiteaWording()))
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey() + " " + each.getValue().getClass().getSimpleName(),
                    () -> {
                      String url = "https://%s.example.com".formatted(each.getKey());
                      use(each.getKey(), each.getValue(), url.toLowerCase(Locale.ROOT), "TEAM/app");
                      start();
                      kept();
                      done(keep(trigger, ROTATION));
                      clock.advance(Duration.ofSeconds(10));
                      kept();
                      assertThat(secretOf(hook())).isEqualTo(stored().secret().text());
                      assertThat(keptLater().isNew()).isFalse();
                      assertThat(done(release(trigger, Optional.empty()))).isTrue();
                      assertThat(shelf.hooks(path)).isEmpty();
                    }));
  }

  @Test
  void nothingThatIsSecretIsInATextOfAWebhook() {
    Kept kept = kept();

    assertThat(List.of(kept, stored()).toString())
        .doesNotContain(stored().path(), stored().secret().text());
  }
}
