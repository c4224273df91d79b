package dev.codesource.controller.trigger;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.NamedTrigger;
import dev.codesource.api.Platform;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.Webhook;
import dev.codesource.api.TriggerStatus.WebhookState;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.webhook.Deliveries.Delivered;
import dev.codesource.webhook.StoredWebhook;
import dev.codesource.webhook.WebhookKeeper;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedWebhooksTest {

  private static final SiteUrl SITE = done(SiteUrl.parse("https://gitlab.example.com"));

  private final Triggers triggers = new Triggers();
  private final SharedWebhooks shared = new SharedWebhooks();

  @BeforeEach
  void observe() {
    shared.observe(triggers);
  }

  private CodeSourceTrigger trigger(String name, String binding, String repository) {
    CodeSourceTrigger trigger = NamedTrigger.named(name);
    NamedTrigger.setFinalizers(trigger, TriggerWebhooks.FINALIZER);
    trigger.setStatus(
        status(
            new Webhook(
                "7",
                WebhookState.Active,
                WebhookKeeper.secretName(binding, SITE, repository),
                null,
                null,
                null)));
    triggers.all.add(trigger);
    return trigger;
  }

  private static TriggerStatus status(Webhook webhook) {
    return new TriggerStatus(
        null, 1L, null, null, webhook, null, null, null, null, null, List.of());
  }

  private static Delivered delivered(String namespace, String binding, String repository) {
    return new Delivered(
        namespace,
        new StoredWebhook(
            binding,
            Platform.GitLab,
            SITE.toString(),
            repository,
            "path",
            WebhookSecret.random(new SecureRandom()),
            Optional.empty(),
            Optional.of("7"),
            Instant.EPOCH));
  }

  @Test
  void aDeliveryIsForTheTriggersOfItsBindingAndRepositoryAndForNoOthers() {
    CodeSourceTrigger first = trigger("first", "gitlab", "42");
    CodeSourceTrigger second = trigger("second", "gitlab", "42");
    trigger("other-repository", "gitlab", "43");
    trigger("other-binding", "github", "42");
    triggers.all.add(NamedTrigger.named("without"));

    assertThat(shared.sharing(delivered("team-a", "gitlab", "42")))
        .containsExactlyInAnyOrder(first, second);
    assertThat(shared.sharing(delivered("team-b", "gitlab", "42"))).isEmpty();
  }

  @Test
  void theHeirSharesTheWebhook() {
    CodeSourceTrigger first = trigger("first", "gitlab", "42");
    trigger("other-repository", "gitlab", "43");
    String name = WebhookKeeper.secretName("gitlab", SITE, "42");
    assertThat(shared.successor(first, name)).isEmpty();

    CodeSourceTrigger second = trigger("second", "gitlab", "42");
    assertThat(shared.successor(first, name)).hasValue(second);
  }

  @Test
  void beforeTheTriggersAreKnownThereAreNone() {
    assertThat(new SharedWebhooks().sharing(delivered("team-a", "gitlab", "42"))).isEmpty();
  }

  /** The triggers, with the indexes that were asked for. */
  private static final class Triggers implements IndexerResourceCache<CodeSourceTrigger> {
    private final List<CodeSourceTrigger> all = new ArrayList<>();
    private final Map<String, Function<CodeSourceTrigger, List<String>>> indexers = new HashMap<>();

    @Override
    public void addIndexers(Map<String, Function<CodeSourceTrigger, List<String>>> more) {
      indexers.putAll(more);
    }

    @Override
    public List<CodeSourceTrigger> byIndex(String indexName, String indexKey) {
      return all.stream()
          .filter(each -> indexers.get(indexName).apply(each).contains(indexKey))
          .toList();
    }

    @Override
    public Stream<CodeSourceTrigger> list(Predicate<CodeSourceTrigger> predicate) {
      return all.stream().filter(predicate);
    }

    @Override
    public Stream<CodeSourceTrigger> list(
        String namespace, Predicate<CodeSourceTrigger> predicate) {
      return list(predicate).filter(each -> namespace.equals(each.getMetadata().getNamespace()));
    }

    @Override
    public Optional<CodeSourceTrigger> get(ResourceID resourceID) {
      return all.stream().filter(resourceID::isSameResource).findFirst();
    }

    @Override
    public Stream<ResourceID> keys() {
      return all.stream().map(ResourceID::fromResource);
    }
  }
}
