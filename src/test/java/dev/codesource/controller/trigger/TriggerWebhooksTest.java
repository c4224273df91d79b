package dev.codesource.controller.trigger;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.NamedTrigger;
import dev.codesource.api.Platform;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.FoundBy;
import dev.codesource.api.TriggerStatus.Mode;
import dev.codesource.api.TriggerStatus.Webhook;
import dev.codesource.api.TriggerStatus.WebhookState;
import dev.codesource.build.BuildRules;
import dev.codesource.build.RepositoryState;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.KeptEvents;
import dev.codesource.status.ConditionSet;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.WebhookShelf;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess;
import dev.codesource.webhook.InMemoryWebhooks;
import dev.codesource.webhook.StoredWebhook;
import dev.codesource.webhook.WebhookAddress;
import dev.codesource.webhook.WebhookKeeper;
import dev.codesource.webhook.WebhookKeeper.Mark;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a trigger's webhook, and what its status says of it, with GitLab. */
class TriggerWebhooksTest {

  private static final SiteUrl SITE = done(SiteUrl.parse("https://gitlab.example.com"));
  private static final String PATH = "group/shop";
  private static final Duration INTERVAL = Duration.ofMinutes(11);

  private static final String SPEC =
      """
      bindingRef: {name: gitlab}
      repository: group/shop
      rules: [{name: main, branch: main}]
      """;

  private final AdjustableClock clock = new AdjustableClock();
  private final DisturbedSecretStore store = new DisturbedSecretStore(clock);
  private final ScriptedHostClient host = new ScriptedHostClient();
  private final GitLabWording wording = GitLabWording.current();
  private final WebhookShelf shelf = new WebhookShelf(wording);
  private final KeptEvents events = new KeptEvents(clock);
  private final DeliveryLog deliveries = new DeliveryLog();
  private final String id = shelf.put(PATH);
  private CodeSourceTrigger trigger = NamedTrigger.named("shop", SPEC);
  private TriggerWebhooks webhooks = webhooks(Optional.of("https://codesource.example.com"));
  private boolean isBound = true;

  private TriggerWebhooks webhooks(Optional<String> address) {
    WebhookAddress ours = WebhookAddress.at(address.map(URI::create));
    WebhookKeeper keeper =
        new WebhookKeeper(
            host,
            new HostLimiter(4, clock, new Random(1)),
            store,
            ours,
            new InMemoryWebhooks(),
            clock);
    return new TriggerWebhooks(
        keeper,
        ours,
        bindings(),
        new SharedWebhooks(),
        new RefStore(store, new ApiReads()),
        deliveries,
        new TriggerEvents(events.recorder()),
        clock);
  }

  @BeforeEach
  void hostIsGitLab() {
    host.otherwise(shelf, Grant.of("alice", "api"));
  }

  private ProvenAccess bindings() {
    return new ProvenAccess() {
      @Override
      public Outcome<Access> of(String namespace, String binding) {
        return isBound
            ? Outcome.done(access())
            : Outcome.refused(Reason.BindingNotBound, "The binding is not Bound.");
      }

      @Override
      public Outcome<String> published(String namespace, String binding, Publication consumer) {
        throw new IllegalStateException("nobody builds");
      }

      @Override
      public void onChange(BiConsumer<String, String> listener) {
        throw new IllegalStateException("nobody listens");
      }
    };
  }

  private static ProvenAccess.Access access() {
    return new ProvenAccess.Access(
        new Claim(
            "team-a",
            SupportedCodeHosts.all(new AdjustableClock()).of(Platform.GitLab),
            SITE,
            "alice",
            Credential.of("glpat-1"),
            Optional.empty()),
        new Proof.Account("alice", "1"));
  }

  private Repository repository() {
    return new Repository(id, PATH, URI.create(SITE + "/" + PATH + ".git"));
  }

  /** The finalizer, as if the API server had it at once. */
  private Mark mark() {
    return new Mark() {
      @Override
      public void put() {
        NamedTrigger.setFinalizers(trigger, TriggerWebhooks.FINALIZER);
      }

      @Override
      public void take() {
        NamedTrigger.setFinalizers(trigger);
      }
    };
  }

  /** Compares the repository at the interval, and writes the status. */
  private TriggerStatus compared() {
    TriggerWebhooks.Result result = webhooks.keep(trigger, mark(), repository(), access());
    return written(result.finding());
  }

  private TriggerStatus written(WebhookFinding finding) {
    TriggerStatus status =
        TriggerReport.next(
            trigger,
            BuildRules.of(trigger.getSpec()),
            new TriggerFinding.Compared(repository(), Map.of(), Optional.empty()),
            Optional.empty(),
            new PushNotices(
                finding, FoundBy.Poll, Optional.empty(), deliveries.lastDelivery(uid())),
            clock.instant());
    trigger.setStatus(status);
    return status;
  }

  private TriggerStatus comparedLater() {
    clock.advance(INTERVAL);
    return compared();
  }

  private void change(String spec) {
    CodeSourceTrigger changed = NamedTrigger.named("shop", spec);
    changed.setStatus(trigger.getStatus());
    changed.getMetadata().setFinalizers(trigger.getMetadata().getFinalizers());
    changed.getMetadata().setGeneration(trigger.getMetadata().getGeneration() + 1);
    trigger = changed;
  }

  private String uid() {
    return trigger.getMetadata().getUid();
  }

  private static WebhookState state(TriggerStatus status) {
    return Objects.requireNonNull(webhook(status).state());
  }

  private static Webhook webhook(TriggerStatus status) {
    return Objects.requireNonNull(status.webhook());
  }

  private static String condition(TriggerStatus status, ConditionType type) {
    return ConditionSet.find(status.conditions(), type)
        .map(found -> found.getStatus() + " " + found.getReason() + ": " + found.getMessage())
        .orElse("none");
  }

  private static String ready(TriggerStatus status) {
    return condition(status, ConditionType.WebhookReady);
  }

  private ObjectNode hook() {
    assertThat(shelf.hooks(PATH)).hasSize(1);
    return shelf.hooks(PATH).getFirst();
  }

  private String secretName() {
    return WebhookKeeper.secretName("gitlab", SITE, id);
  }

  @Test
  void aTriggerHasAWebhookWhereThereIsAnAddress() {
    TriggerStatus status = compared();

    assertThat(status.mode()).isEqualTo(Mode.Webhook);
    assertThat(webhook(status))
        .isEqualTo(
            new Webhook(
                wording.id(hook()),
                WebhookState.Active,
                secretName(),
                clock.instant().toString(),
                null,
                null));
    assertThat(ready(status)).isEqualTo("True Succeeded: The code host tells of pushes.");
    assertThat(trigger.hasFinalizer("codesource.dev/webhook")).isTrue();
    assertThat(comparedLater()).as("nothing to write").isEqualTo(status);
  }

  @Test
  void aNewWebhookHasTheRepositoryComparedOnceMore() {
    TriggerWebhooks.Result made = webhooks.keep(trigger, mark(), repository(), access());

    assertThat(made.again()).hasValue(clock.instant().plusSeconds(2));
    written(made.finding());
    clock.advance(INTERVAL);
    assertThat(webhooks.keep(trigger, mark(), repository(), access()).again()).isEmpty();
  }

  @Test
  void whoWantsToPollHasNoWebhook() {
    change(SPEC + "mode: Poll\n");
    TriggerStatus status = compared();

    assertThat(status.mode()).isEqualTo(Mode.Poll);
    assertThat(status.webhook()).isNull();
    assertThat(ready(status)).isEqualTo("none");
    assertThat(shelf.hooks(PATH)).isEmpty();
    assertThat(trigger.getMetadata().getFinalizers()).isEmpty();
  }

  @Test
  void withoutAnAddressATriggerPolls() {
    webhooks = webhooks(Optional.empty());
    TriggerStatus status = compared();

    assertThat(status.mode()).isEqualTo(Mode.Poll);
    assertThat(ready(status)).isEqualTo("none");
    assertThat(host.asked()).isEmpty();
  }

  @Test
  void whoAsksForAWebhookWithoutAnAddressIsToldAndPolls() {
    webhooks = webhooks(Optional.empty());
    change(SPEC + "mode: Webhook\n");
    TriggerStatus status = compared();

    assertThat(status.mode()).isEqualTo(Mode.Poll);
    assertThat(ready(status))
        .isEqualTo(
            "False WebhookAddressMissing: The operator has no address for deliveries. "
                + Reason.WebhookAddressMissing.remedy());
    assertThat(condition(status, ConditionType.Ready)).startsWith("True Watching");
    assertThat(condition(status, ConditionType.Stalled)).isEqualTo("none");
    assertThat(condition(status, ConditionType.Reconciling)).isEqualTo("none");
  }

  @Test
  void whoMayNotSetWebhooksIsToldAndPolls() {
    shelf.refusing(true);
    TriggerStatus status = compared();

    assertThat(status.mode()).isEqualTo(Mode.Poll);
    assertThat(state(status)).isEqualTo(WebhookState.Failed);
    assertThat(ready(status)).startsWith("False WebhookNotPermitted: GitLab answers 403");
    assertThat(condition(status, ConditionType.Ready)).startsWith("True Watching");
    assertThat(condition(status, ConditionType.Stalled)).isEqualTo("none");
    assertThat(trigger.getMetadata().getFinalizers()).isEmpty();
  }

  @Test
  void aWebhookThatTheHostSwitchedOffIsToldAndMadeAnew() {
    compared();
    hook().put("alert_status", "disabled");
    TriggerStatus status = comparedLater();

    assertThat(state(status)).isEqualTo(WebhookState.Active);
    assertThat(events.all())
        .containsExactly(
            "WebhookDisabled: The webhook of group/shop on GitLab was disabled after failed deliveries. "
                + Reason.WebhookDisabled.remedy());
  }

  /** It may come a moment later than the change was seen. */
  @Test
  void aChangeThatNoDeliveryTellsOfIsToldWithTheNextComparison() {
    TriggerStatus before = compared();
    clock.advance(INTERVAL);
    changeSeen();
    assertThat(compared()).isEqualTo(before);
    TriggerStatus silent = comparedLater();

    assertThat(silent.mode()).isEqualTo(Mode.Poll);
    assertThat(state(silent)).isEqualTo(WebhookState.Silent);
    assertThat(ready(silent))
        .isEqualTo(
            "False WebhookSilent: A branch or tag of group/shop was pushed, and GitLab sent no delivery. "
                + Reason.WebhookSilent.remedy());
    assertThat(condition(silent, ConditionType.Ready)).startsWith("True Watching");
    assertThat(comparedLater()).isEqualTo(silent);

    deliveries.delivered(uid(), clock.instant());
    TriggerStatus delivering = written(new WebhookFinding.AsBefore(true));

    assertThat(state(delivering)).isEqualTo(WebhookState.Active);
    assertThat(delivering.mode()).isEqualTo(Mode.Webhook);
    assertThat(state(comparedLater())).isEqualTo(WebhookState.Active);
  }

  private void changeSeen() {
    deliveries.end(uid(), deliveries.begin(uid()), true, true, clock.instant());
  }

  @Test
  void aDeliveryAMomentAfterItsChangeIsNotMissed() {
    compared();
    clock.advance(INTERVAL);
    changeSeen();
    clock.advance(Duration.ofSeconds(5));
    deliveries.delivered(uid(), clock.instant());

    assertThat(state(comparedLater())).isEqualTo(WebhookState.Active);
  }

  @Test
  void aRestartDoesNotEndTheSilence() {
    compared();
    clock.advance(INTERVAL);
    changeSeen();
    TriggerStatus silent = comparedLater();
    assertThat(state(silent)).isEqualTo(WebhookState.Silent);
    deliveries.forget(uid());

    assertThat(comparedLater()).isEqualTo(silent);
  }

  @Test
  void aRepairGivesTheWebhookAnotherChance() {
    compared();
    clock.advance(INTERVAL);
    changeSeen();
    comparedLater();
    hook().put("push_events", false);

    assertThat(state(comparedLater())).isEqualTo(WebhookState.Active);
    assertThat(state(comparedLater())).isEqualTo(WebhookState.Active);
  }

  @Test
  void anOutageLeavesTheWebhookAsItWas() {
    TriggerStatus before = compared();
    host.otherwise(ScriptedHostClient.json(503, "{}"));

    assertThat(comparedLater()).isEqualTo(before);
  }

  @Test
  void anOutageIsToldOfAWebhookThatIsNotMadeYet() {
    host.otherwise(ScriptedHostClient.json(503, "{}"));
    TriggerStatus status = compared();

    assertThat(ready(status)).startsWith("False ServerError");
    assertThat(condition(status, ConditionType.Ready)).startsWith("True Watching");
  }

  @Test
  void whoPollsAgainHasTheWebhookDeleted() {
    compared();
    change(SPEC + "mode: Poll\n");
    TriggerStatus status = compared();

    assertThat(shelf.hooks(PATH)).isEmpty();
    assertThat(store.all()).isEmpty();
    assertThat(status.webhook()).isNull();
    assertThat(trigger.getMetadata().getFinalizers()).isEmpty();
    assertThat(events.all()).isEmpty();
  }

  @Test
  void anotherBindingHasAWebhookOfItsOwn() {
    compared();
    change(SPEC.replace("name: gitlab", "name: other"));
    TriggerStatus status = compared();

    assertThat(webhook(status).secretName()).startsWith("other-webhook-");
    assertThat(wording.id(hook())).isEqualTo(webhook(status).id());
    assertThat(store.all()).hasSize(1);
  }

  @Test
  void aHostThatDoesNotAnswerIsAskedAgainForTheDeletion() {
    compared();
    change(SPEC + "mode: Poll\n");
    host.otherwise(ScriptedHostClient.json(503, "{}"));
    TriggerStatus waiting = compared();
    assertThat(ready(waiting)).startsWith("False ServerError");
    assertThat(webhook(waiting).secretName()).isEqualTo(secretName());
    hostIsGitLab();

    assertThat(comparedLater().webhook()).isNull();
    assertThat(shelf.hooks(PATH)).isEmpty();
  }

  @Test
  void aWebhookThatNobodyMayDeleteIsNamedAndTheTriggerGoesOn() {
    String hook = Objects.requireNonNull(webhook(compared()).id());
    change(SPEC + "mode: Poll\n");
    shelf.refusing(true);
    TriggerStatus status = compared();

    assertThat(status.webhook()).isNull();
    assertThat(trigger.getMetadata().getFinalizers()).isEmpty();
    assertThat(events.all())
        .singleElement()
        .asString()
        .startsWith(
            "WebhookLeft: The webhook %s of group/shop, which sends to https://codesource.example.com, is left: GitLab answers 403"
                .formatted(hook))
        .endsWith(Reason.WebhookLeft.remedy());
  }

  // The finalizer.

  @Test
  void aDeletedTriggerDeletesItsWebhook() {
    compared();

    assertThat(done(webhooks.attempt(trigger))).isTrue();

    assertThat(shelf.hooks(PATH)).isEmpty();
    assertThat(store.all()).isEmpty();
    assertThat(webhooks.keep(trigger, mark(), repository(), access()).finding())
        .as("a reconciliation that was under way")
        .isEqualTo(new WebhookFinding.AsBefore(false));
    assertThat(shelf.hooks(PATH)).isEmpty();
  }

  /** The operator stopped before it could write it, or somebody has emptied it. */
  @Test
  void aDeletedTriggerWithoutAStatusDeletesItsWebhook() {
    done(
        new RefStore(store, new ApiReads())
            .write(trigger, Optional.empty(), RepositoryState.of(PATH, repository().id())));
    compared();
    trigger.setStatus(null);

    assertThat(done(webhooks.attempt(trigger))).isTrue();
    assertThat(shelf.hooks(PATH)).isEmpty();
  }

  @Test
  void aDeletedTriggerOfWhichNothingIsKnownIsToldAbout() {
    compared();
    trigger.setStatus(null);

    isRefused(webhooks.attempt(trigger), Reason.WebhookLeft);
  }

  @Test
  void aWebhookThatNobodyCanDeleteIsNamedWhenItsTriggerGoes() {
    String hook = Objects.requireNonNull(webhook(compared()).id());
    isBound = false;

    isRefused(webhooks.attempt(trigger), Reason.BindingNotBound);

    String path = StoredWebhook.in(store.named(secretName()).orElseThrow()).orElseThrow().path();
    assertThat(webhooks.undone(trigger, "The binding is not Bound.").message())
        .isEqualTo(
            "The webhook %s of group/shop, which sends to https://codesource.example.com, is left: The binding is not Bound. %s"
                .formatted(hook, Reason.WebhookLeft.remedy()))
        .doesNotContain(path);
  }

  @Test
  void webhooksOfNobodyAreToldOnce() {
    compared();
    String left = wording.id(hook());
    store.deleteAll();
    comparedLater();
    comparedLater();

    assertThat(events.all())
        .containsExactly(
            "WebhookLeft: group/shop has webhooks that send to the operator and belong to no trigger: %s. %s"
                .formatted(left, Reason.WebhookLeft.remedy()));
    assertThat(shelf.hooks(PATH)).hasSize(2);
  }

  @Test
  void theHeirIsTheOldestThatIsNotDeleted() {
    CodeSourceTrigger oldest = made("oldest", "2025-01-01T00:00:00Z");
    CodeSourceTrigger deleted = made("deleted", "2024-01-01T00:00:00Z");
    deleted.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    CodeSourceTrigger bare = made("bare", "2024-01-01T00:00:00Z");
    NamedTrigger.setFinalizers(bare);
    CodeSourceTrigger young = made("young", "2025-06-01T00:00:00Z");

    assertThat(SharedWebhooks.successor(trigger, List.of(trigger, young, deleted, bare, oldest)))
        .hasValue(oldest);
    assertThat(SharedWebhooks.successor(trigger, List.of(trigger, deleted, bare))).isEmpty();
  }

  private static CodeSourceTrigger made(String name, String when) {
    CodeSourceTrigger made = NamedTrigger.named(name);
    made.getMetadata().setCreationTimestamp(when);
    NamedTrigger.setFinalizers(made, TriggerWebhooks.FINALIZER);
    return made;
  }

  // Requests for a new secret.

  @Test
  void aRequestForANewSecretIsHandledOnce() {
    trigger.getMetadata().setAnnotations(Map.of(CodeSourceTrigger.ROTATE_SECRET, "old"));
    TriggerStatus first = compared();
    assertThat(webhook(first).lastHandledRotation()).isEqualTo("old");
    String secret = hook().path("token").asText();
    assertThat(TriggerRequests.rotation(trigger).isOpen()).isFalse();

    trigger.getMetadata().setAnnotations(Map.of(CodeSourceTrigger.ROTATE_SECRET, "new"));
    assertThat(TriggerRequests.rotation(trigger).isOpen()).isTrue();
    TriggerWebhooks.Result begun = webhooks.keep(trigger, mark(), repository(), access());
    assertThat(webhook(written(begun.finding())).lastHandledRotation()).isEqualTo("new");
    assertThat(begun.again()).hasValue(clock.instant().plusSeconds(10));
    assertThat(TriggerRequests.rotation(trigger).isOpen()).isFalse();
    clock.advance(Duration.ofSeconds(10));
    compared();

    assertThat(hook().path("token").asText()).isNotEqualTo(secret);
    assertThat(webhook(compared()).secretRotatedAt()).isEqualTo(clock.instant().toString());
  }

  @Test
  void aRequestForANewSecretStartsAReconciliationAndNothingElseDoes() {
    compared();
    CodeSourceTrigger changed = NamedTrigger.named("shop", SPEC);
    changed.setStatus(trigger.getStatus());
    TriggerFilter filter = new TriggerFilter();
    assertThat(filter.accept(changed, trigger)).isFalse();

    changed.getMetadata().setAnnotations(Map.of(CodeSourceTrigger.ROTATE_SECRET, "now"));
    assertThat(filter.accept(changed, trigger)).isTrue();
    changed.setStatus(null);
    assertThat(filter.accept(changed, trigger)).as("without a webhook").isFalse();
  }
}
