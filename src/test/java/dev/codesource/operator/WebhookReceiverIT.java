package dev.codesource.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.cluster.AuditEvent;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.web.webhook.RawDelivery;
import dev.codesource.web.webhook.RecordedDelivery;
import dev.codesource.web.webhook.Signing;
import dev.codesource.webhook.DeliveryConfigMap;
import dev.codesource.webhook.InMemoryWebhooks;
import dev.codesource.webhook.StoredWebhook;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two replicas that receive deliveries. The tests go on where the one before left. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WebhookReceiverIT {

  /** How often a replica is killed; {@code -Dwebhook.kills=50} takes a quarter of an hour. */
  private static final int KILLS = Integer.getInteger("webhook.kills", 3);

  private static final int WEBHOOKS = 60;
  private static final byte[] BODY = "{\"ref\":\"refs/heads/main\"}".getBytes(UTF_8);

  private final Cluster cluster;
  private final Installation installation;
  private final Map<String, StoredWebhook> webhooks = new ConcurrentHashMap<>();
  private final int auditedBefore;
  private Team team;
  private OperatorProcess leader;
  private OperatorProcess other;

  WebhookReceiverIT(Cluster cluster) {
    this.cluster = cluster;
    this.auditedBefore = cluster.auditEvents().size();
    this.installation =
        Installation.allowingLoopback(
            cluster, "--set", "operator.webhook.publicUrl=https://hooks.example.com");
  }

  @BeforeAll
  void startBoth() {
    team = Team.in(cluster);
    leader = start("first");
    Team.patiently()
        .until(() -> leader.get("/metrics").contains("codesource_active{shard=\"0\"} 1.0"));
    other = start("second");
  }

  private OperatorProcess start(String pod) {
    return installation.start(Map.of("HOSTNAME", pod));
  }

  @AfterAll
  void stop() {
    Stream.of(leader, other).forEach(OperatorProcess::close);
  }

  /** The webhook as its Secret has it. */
  private StoredWebhook add(String name, Platform platform) {
    StoredWebhook webhook = InMemoryWebhooks.webhook(team.namespace(), platform).webhook();
    team.secret(name, StoredWebhook.TYPE, webhook.values());
    webhooks.put(name, webhook);
    return webhook;
  }

  private static int deliver(OperatorProcess to, StoredWebhook webhook) {
    return deliver(
        to, webhook.path(), Signing.headers(webhook.platform(), webhook.secret(), BODY), BODY);
  }

  /** The status of the answer; 0: there was none. */
  private static int deliver(
      OperatorProcess to, String path, Map<String, String> headers, byte[] body) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.port())) {
      socket.setSoTimeout(30_000);
      return RawDelivery.status(RawDelivery.send(socket, path, headers, body));
    } catch (IOException e) {
      return 0;
    }
  }

  private void awaitKnown(OperatorProcess replica, StoredWebhook webhook) {
    Team.patiently().until(() -> deliver(replica, webhook) == 202);
  }

  private double hints() {
    return leader
        .get("/metrics")
        .lines()
        .filter(line -> line.startsWith("codesource_webhook_hints_total"))
        .mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", "")))
        .sum();
  }

  private Resource<ConfigMap> notes() {
    return cluster
        .admin()
        .configMaps()
        .inNamespace(Installation.NAMESPACE)
        .withName(Installation.RELEASE + DeliveryConfigMap.SUFFIX);
  }

  private String uid(String secret) {
    return cluster
        .admin()
        .secrets()
        .inNamespace(team.namespace())
        .withName(secret)
        .require()
        .getMetadata()
        .getUid();
  }

  @Test
  @Order(1)
  void whoeverReceivesADeliveryTheLeaderLearnsOfIt() {
    StoredWebhook webhook = add("shop", Platform.GitHub);
    for (OperatorProcess replica : List.of(other, leader)) {
      awaitKnown(replica, webhook);
      Team.patiently().until(() -> hints() > 0);
      double before = hints();
      assertThat(deliver(replica, webhook)).isEqualTo(202);
      Team.patiently().until(() -> hints() > before);
    }
    assertThat(notes().require().getData().keySet()).containsExactlyInAnyOrder("first", "second");
    assertThat(other.get("/metrics")).contains("codesource_active{shard=\"0\"} 0.0");
  }

  @Test
  @Order(2)
  void recordedDeliveriesOfAllPlatformsAreAccepted() {
    Map<Platform, StoredWebhook> each = new EnumMap<>(Platform.class);
    for (RecordedDelivery recorded : RecordedDelivery.all()) {
      StoredWebhook webhook =
          each.computeIfAbsent(
              recorded.platform(),
              platform -> {
                StoredWebhook added = add("of-" + platform.ordinal(), platform);
                awaitKnown(other, added);
                return added;
              });
      assertThat(
              deliver(
                  other, webhook.path(), recorded.signedWith(webhook.secret()), recorded.body()))
          .as(recorded.name())
          .isEqualTo(202);
    }
  }

  @Test
  @Order(3)
  void aDeliveryMayBeLongAndAPageMayNot() throws IOException {
    StoredWebhook webhook = webhooks.get("shop");
    byte[] body = new byte[26 << 20];
    Map<String, String> signed = Signing.headers(Platform.GitHub, webhook.secret(), body);
    assertThat(deliver(other, webhook.path(), signed, body)).isEqualTo(202);
    byte[] longer = new byte[(26 << 20) + 1];
    assertThat(deliver(other, webhook.path(), signed, longer)).isIn(413, 0);

    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), other.port())) {
      String head = RawDelivery.head("x", Map.of(), (64 << 10) + 1);
      socket.getOutputStream().write(head.replace("/webhook/x", "/authorize/a/b").getBytes(UTF_8));
      assertThat(RawDelivery.status(RawDelivery.answer(socket))).isEqualTo(413);
    }
  }

  @Test
  @Order(4)
  void strangersGetNothing() {
    StoredWebhook webhook = webhooks.get("shop");
    double before = hints();
    assertThat(deliver(other, webhook.path(), Map.of(), BODY)).isEqualTo(404);
    assertThat(deliver(other, "unknown", Map.of(), BODY)).isEqualTo(404);
    assertThat(
            deliver(
                other,
                webhook.path(),
                Signing.headers(Platform.GitHub, InMemoryWebhooks.secret(), BODY),
                BODY))
        .isEqualTo(404);
    assertThat(other.publicStatus("/webhook/" + webhook.path())).isEqualTo(405);
    assertThat(hints()).isEqualTo(before);
  }

  @Test
  @Order(5)
  void aWebhookThatIsDeletedIsUnknown() {
    StoredWebhook webhook = add("short-lived", Platform.GitLab);
    awaitKnown(other, webhook);
    cluster.admin().secrets().inNamespace(team.namespace()).withName("short-lived").delete();
    Team.patiently().until(() -> deliver(other, webhook) == 404);
  }

  /** By whoever means well: the next delivery makes it again. */
  @Test
  @Order(6)
  void theConfigMapOfNotesMayBeDeleted() {
    notes().delete();
    double before = hints();
    assertThat(deliver(other, webhooks.get("shop"))).isEqualTo(202);
    Team.patiently().until(() -> hints() > before);
    assertThat(notes().require().getData()).containsKey("second");
  }

  /** What was answered 202 is noted, and told, whenever the replica ends. */
  @Test
  @Order(7)
  void nothingThatWasAcceptedIsLostInAKill() throws Exception {
    List<String> names = IntStream.range(0, WEBHOOKS).mapToObj(i -> "kill-" + i).toList();
    names.forEach(name -> add(name, Platform.GitHub));
    awaitKnown(other, webhooks.get(names.getLast()));
    other.close();
    Random random = new Random(1);
    int total = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      other = start("second");
      awaitKnown(other, webhooks.get(names.getLast()));
      notes().delete(); // so that each note is of this round
      double before = hints();
      List<String> accepted = accepted(names, random.nextInt(400));
      total += accepted.size();
      String noted =
          Optional.ofNullable(notes().get()).map(ConfigMap::getData).map(Map::toString).orElse("");
      assertThat(accepted).allSatisfy(name -> assertThat(noted).contains(uid(name)));
      Team.patiently().until(() -> hints() - before >= accepted.size());
    }
    other = start("second");
    assertThat(total).as("else nothing was tried").isPositive();
  }

  /** Delivers to all webhooks at once, and kills the replica meanwhile. */
  private List<String> accepted(List<String> names, int killAfterMillis) throws Exception {
    List<String> accepted = new ArrayList<>();
    OperatorProcess victim = other;
    List<Thread> deliveries = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      int delay = i * 10;
      deliveries.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    pause(delay);
                    if (deliver(victim, webhooks.get(name)) == 202) {
                      synchronized (accepted) {
                        accepted.add(name);
                      }
                    }
                  }));
    }
    pause(killAfterMillis);
    victim.killHard();
    victim.close();
    for (Thread each : deliveries) {
      each.join();
    }
    return accepted;
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Order(8)
  void noPathIsTold() {
    assertThat(webhooks).isNotEmpty();
    for (OperatorProcess replica : List.of(leader, other)) {
      awaitKnown(replica, webhooks.get("shop"));
      String told = String.join("\n", replica.log()) + replica.get("/metrics");
      assertThat(webhooks.values())
          .allSatisfy(
              webhook ->
                  assertThat(told)
                      .doesNotContain(webhook.path())
                      .doesNotContain(webhook.secret().text()));
      assertThat(replica.get("/metrics")).contains("codesource_webhook_deliveries_total{");
      assertThat(replica.stackTraces()).isEmpty();
    }
  }

  @Test
  @Order(9)
  void theOperatorAsksForNothingThatItMayNot() {
    List<AuditEvent> asked =
        cluster.auditEvents().stream()
            .skip(auditedBefore)
            .filter(event -> event.user().equals(Installation.user()))
            .toList();
    assertThat(asked).filteredOn(event -> event.code() == 401 || event.code() == 403).isEmpty();
    assertThat(asked)
        .filteredOn(event -> event.resource().equals("configmaps"))
        .extracting(AuditEvent::verb)
        .contains("get", "patch", "list", "watch");
  }
}
