package dev.codesource.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.http.AdjustableClock;
import dev.codesource.webhook.Deliveries.Delivered;
import dev.codesource.webhook.KnownWebhooks.Known;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NotedDeliveriesTest {

  private final InMemoryWebhooks webhooks = new InMemoryWebhooks();
  private final AdjustableClock clock = new AdjustableClock();
  private final NotedDeliveries deliveries =
      new NotedDeliveries(webhooks, new SimpleMeterRegistry(), clock);
  private final List<Delivered> told = new ArrayList<>();
  private final Map<String, ReplicaNotes> replicas = new HashMap<>();

  private final Known shop = webhooks.add(InMemoryWebhooks.webhook("team-a", Platform.GitHub));
  private final Known site = webhooks.add(InMemoryWebhooks.webhook("team-b", Platform.GitLab));

  NotedDeliveriesTest() {
    deliveries.onDelivery(told::add);
  }

  private void note(String pod, Known... known) {
    List<String> uids = List.of(known).stream().map(Known::uid).toList();
    replicas.computeIfAbsent(pod, _ -> new ReplicaNotes()).add(uids, clock.instant());
  }

  private List<String> look() {
    Map<String, String> data = new HashMap<>();
    replicas.forEach((pod, notes) -> data.put(pod, notes.text()));
    return deliveries.look(data);
  }

  private static Delivered delivered(Known known) {
    return new Delivered(known.namespace(), known.webhook());
  }

  @Test
  void eachNoteIsToldOnce() {
    note("pod-1", shop);
    look();
    look();
    assertThat(told).containsExactly(delivered(shop));
    note("pod-1", site, shop);
    look();
    assertThat(told).containsExactly(delivered(shop), delivered(site), delivered(shop));
  }

  @Test
  void theNotesOfEachReplicaAreTold() {
    look();
    note("pod-1", shop);
    note("pod-2", site);
    look();
    assertThat(told).containsExactlyInAnyOrder(delivered(shop), delivered(site));
  }

  /** As after a lost watch: several writes came in between. */
  @Test
  void nothingIsLostOfWhatWasNotedWhileItCouldNotRead() {
    note("pod-1", shop);
    look();
    note("pod-1", site);
    clock.advance(Duration.ofSeconds(50));
    note("pod-1", shop);
    note("pod-1", shop);
    look();
    assertThat(told).containsExactly(delivered(shop), delivered(site), delivered(shop));
  }

  @Test
  void whenNotesAreMissedAllWebhooksAreTold() {
    note("pod-1", shop);
    look();
    told.clear();
    note("pod-1", site);
    clock.advance(ReplicaNotes.KEPT.plusSeconds(1));
    note("pod-1", shop);
    look();
    assertThat(told).contains(delivered(shop), delivered(site));
    told.clear();
    look();
    assertThat(told).isEmpty();
  }

  @Test
  void whenTooManyWereNotedWhileItCouldNotReadAllWebhooksAreTold() {
    look();
    note("pod-1", site);
    IntStream.range(0, ReplicaNotes.MOST)
        .forEach(_ -> note("pod-1", InMemoryWebhooks.webhook("team-c", Platform.Gitea)));
    look();
    assertThat(told).contains(delivered(shop), delivered(site));
  }

  /** Whoever begins to lead compares all repositories anyway. */
  @Test
  void whatIsMissingAtTheStartIsNotMissed() {
    note("pod-1", site);
    clock.advance(ReplicaNotes.KEPT.plusSeconds(1));
    note("pod-1", shop);
    look();
    assertThat(told).containsExactly(delivered(shop));
  }

  /** The replica that received the delivery may have learned of the webhook earlier. */
  @Test
  void aWebhookThatIsNotKnownYetIsToldWhenItIs() {
    Known late = InMemoryWebhooks.webhook("team-c", Platform.Gitea);
    note("pod-1", late);
    look();
    assertThat(told).isEmpty();
    webhooks.add(late);
    assertThat(told).containsExactly(delivered(late));
    webhooks.add(InMemoryWebhooks.webhook("team-c", Platform.Gitea));
    assertThat(told).hasSize(1);
  }

  @Test
  void aProcessThatIsStartedAgainIsReadOn() {
    note("pod-1", shop);
    look();
    replicas.put("pod-1", ReplicaNotes.of(replicas.get("pod-1").text()));
    note("pod-1", site);
    look();
    assertThat(told).containsExactly(delivered(shop), delivered(site));
  }

  @Test
  void aPageThatSaysNothingAnyMoreIsNamed() {
    note("gone", shop);
    clock.advance(Duration.ofMinutes(59));
    note("pod-1", shop);
    assertThat(look()).isEmpty();
    clock.advance(Duration.ofMinutes(2));
    assertThat(look()).containsExactly("gone");
  }

  @Test
  void whatSomebodyElseWritesIsNoException() {
    assertThat(deliveries.look(Map.of("note", "hello\nworld x y"))).containsExactly("note");
    assertThat(told).isEmpty();
  }
}
