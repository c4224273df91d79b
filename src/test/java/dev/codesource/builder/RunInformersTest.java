package dev.codesource.builder;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is known of builds, and which changes are told. */
class RunInformersTest {

  private final KubernetesSerialization serialization = new KubernetesSerialization();
  private final KubernetesClient client =
      new KubernetesClientBuilder()
          .withConfig(Config.empty())
          .withKubernetesSerialization(serialization)
          .build();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final RunInformers informers =
      new RunInformers(client, Set.of(RunKind.Job), Set.of(), now::get);
  private final ResourceEventHandler<ObservedRun> handler = informers.handler();
  private final List<String> told = new ArrayList<>();

  RunInformersTest() {
    informers.onChange(
        (namespace, trigger, hasEnded) -> told.add(namespace + "/" + trigger + " " + hasEnded));
  }

  @AfterEach
  void close() {
    informers.close();
    client.close();
  }

  private ObservedRun job(String metadata, String status) {
    return serialization.unmarshal(
        Jobs.json(Map.of(), metadata, status), ObservedRun.OfBuildKit.class);
  }

  private static String status(String type) {
    return "{\"active\":1,\"conditions\":[{\"type\":\"%s\",\"status\":\"True\"}]}".formatted(type);
  }

  @Test
  void aBuildThatWasCreatedIsKnownForAMinuteAtMost() {
    Run run = job("", "{}").run().orElseThrow();

    informers.created(run);

    assertThat(informers.of("team-a", run.triggerUid())).containsExactly(run);
    assertThat(informers.active("team-a")).isEqualTo(1);
    assertThat(informers.of("team-b", run.triggerUid())).isEmpty();
    assertThat(informers.active("team-b")).isZero();

    now.set(Instant.EPOCH.plus(RunInformers.UNTOLD).plusSeconds(1));

    assertThat(informers.of("team-a", run.triggerUid())).isEmpty();
    assertThat(informers.active("team-a")).isZero();
  }

  @Test
  void aBuildThatWasEndedIsKnownNoLonger() {
    Run run = job("", "{}").run().orElseThrow();
    informers.created(run);

    informers.ended(run);

    assertThat(informers.of("team-a", run.triggerUid())).isEmpty();
  }

  @Test
  void onlyAChangeOfWhatBecameOfABuildIsTold() {
    handler.onUpdate(job("", "{}"), job("", "{\"unknown\":1}"));
    assertThat(told).isEmpty();

    handler.onUpdate(job("", "{}"), job("", "{\"ready\":1}"));
    handler.onUpdate(job("", "{\"ready\":1}"), job("", status("Complete")));
    handler.onUpdate(
        job("", status("Complete")),
        job(",\"deletionTimestamp\":\"2026-11-30T07:00:00Z\"", status("Complete")));

    assertThat(told).containsExactly("team-a/shop false", "team-a/shop true", "team-a/shop false");
  }

  @Test
  void aPlaceIsFreeWhenABuildThatGoesOnIsDeleted() {
    handler.onAdd(job("", "{}"));
    handler.onUpdate(job("", "{}"), job(",\"deletionTimestamp\":\"2026-11-30T07:00:00Z\"", "{}"));
    handler.onDelete(job("", "{}"), false);
    handler.onDelete(job("", status("Failed")), false);

    assertThat(told)
        .containsExactly(
            "team-a/shop false", "team-a/shop true", "team-a/shop true", "team-a/shop false");
  }

  @Test
  void whatOnlyPretendsToBeABuildIsNotTold() {
    ObservedRun fake =
        serialization.unmarshal(
            Jobs.json(Map.of(BuilderRuns.COMMIT, "f".repeat(40)), "", "{}"),
            ObservedRun.OfBuildKit.class);

    handler.onAdd(fake);
    handler.onDelete(fake, false);

    assertThat(told).isEmpty();
  }

  @Test
  void anEventOfAJobIsReadAsWhatIsKeptOfIt() {
    Object read = serialization.unmarshal(Jobs.json(Map.of(), "", "{}"));

    assertThat(read).isInstanceOf(ObservedRun.OfBuildKit.class);
  }

  /** Of one who has thousands, not all are looked through at each step. */
  @Test
  void ofMoreThanFiveHundredBuildsOfATriggerTheNewestAreKnown() {
    Run model = job("", "{}").run().orElseThrow();
    for (int i = 0; i < RunInformers.MOST_OF_TRIGGER + 2; i++) {
      informers.created(
          new Run(
              model.kind(),
              model.namespace(),
              "shop-%03d".formatted(i),
              "uid-" + i,
              model.triggerUid(),
              model.triggerName(),
              model.due(),
              model.image(),
              model.progress(),
              model.createdAt(),
              false));
    }

    List<Run> known = informers.of("team-a", model.triggerUid());

    assertThat(known).hasSize(500);
    assertThat(known.getFirst().name()).isEqualTo("shop-002");
    assertThat(known.getLast().name()).isEqualTo("shop-501");
  }
}
