package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.WebSocketUpgradeResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class WatchHealthTest {

  private static final String SECRETS = "/api/v1/namespaces/team/secrets";

  private final AtomicLong nanos = new AtomicLong();
  private final WatchHealth health = new WatchHealth(nanos::get);

  @Test
  void aReplicaThatWatchesNothingYetIsReadyAndLive() {
    pass(Duration.ofHours(1));

    assertThat(status(health.sees())).isEqualTo(Status.UP);
    assertThat(status(health.asks())).isEqualTo(Status.UP);
  }

  @Test
  void whoIsGrantedWatchesAgainAndAgainIsReadyAndLive() {
    for (int i = 0; i < 20; i++) {
      ask(SECRETS, i);
      grant(SECRETS, i);
      pass(Duration.ofSeconds(90));
    }

    assertThat(status(health.sees())).isEqualTo(Status.UP);
    assertThat(status(health.asks())).isEqualTo(Status.UP);
  }

  @Test
  void whoAsksForAWatchInVainIsNotReadyAndStaysAlive() {
    ask(SECRETS, 1);
    grant(SECRETS, 1);
    for (int i = 2; i < 20; i++) {
      pass(Duration.ofSeconds(30));
      ask(SECRETS, i);
      refuse(SECRETS, i);
    }

    HealthCheckResponse ready = health.sees().call();
    assertThat(ready.getStatus()).isEqualTo(Status.DOWN);
    assertThat(ready.getData().orElseThrow())
        .containsOnlyKeys(SECRETS + "?fieldSelector=type%3Da")
        .containsValue(18 * 30L);
    assertThat(status(health.asks())).isEqualTo(Status.UP);
  }

  @Test
  void anInformerThatNoLongerAsksIsNotHiddenByOneThatDoes() {
    ask(SECRETS, 1);
    grant(SECRETS, 1);
    ask("/apis/codesource.dev/v1alpha1/codesourcebindings", 1);
    for (int i = 2; i < 12; i++) {
      pass(Duration.ofSeconds(31));
      ask(SECRETS, i);
      grant(SECRETS, i);
    }

    HealthCheckResponse live = health.asks().call();
    assertThat(live.getStatus()).isEqualTo(Status.DOWN);
    assertThat(live.getData().orElseThrow().keySet())
        .singleElement()
        .asString()
        .startsWith("/apis/codesource.dev/v1alpha1/codesourcebindings?");
  }

  /** After 410 Gone everything is listed, page by page, before the next watch. */
  @Test
  void aLongListIsNoSilenceAndARestartWouldOnlyBeginItAnew() {
    ask(SECRETS, 1);
    grant(SECRETS, 1);
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofMinutes(1));
      list("GET", SECRETS, "type%3Da");
    }

    assertThat(status(health.asks())).isEqualTo(Status.UP);
    assertThat(status(health.sees())).as("nothing is seen meanwhile").isEqualTo(Status.DOWN);
  }

  @Test
  void theFirstListMayTakeAnyTime() {
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofMinutes(1));
      list("GET", SECRETS, "type%3Da");
    }

    assertThat(status(health.sees())).isEqualTo(Status.UP);
    assertThat(status(health.asks())).isEqualTo(Status.UP);
  }

  @Test
  void anInformerThatNoLongerAsksIsNotHiddenByOtherRequests() {
    ask(SECRETS, 1);
    grant(SECRETS, 1);
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofMinutes(1));
      list("GET", SECRETS, "type%3Db");
      list("GET", "/api/v1/namespaces/other/secrets", "type%3Da");
      list("POST", SECRETS, "type%3Da");
    }

    assertThat(status(health.asks())).isEqualTo(Status.DOWN);
  }

  private void list(String method, String path, String selector) {
    HttpRequest request =
        new StandardHttpRequest.Builder()
            .uri("https://api.example%s?fieldSelector=%s&limit=20".formatted(path, selector))
            .method(method, "application/json", "{}")
            .build();
    health.before(new StandardHttpRequest.Builder(), request, tags());
  }

  private static Status status(HealthCheck check) {
    return check.call().getStatus();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void ask(String path, int version) {
    health.before(new StandardHttpRequest.Builder(), request(path, version), tags());
  }

  private void grant(String path, int version) {
    HttpRequest request = request(path, version);
    health.after(request, new WebSocketUpgradeResponse(request), (body, more) -> {});
  }

  private void refuse(String path, int version) {
    HttpRequest request = request(path, version);
    health.after(request, new WebSocketUpgradeResponse(request, 403), (body, more) -> {});
  }

  private static HttpRequest request(String path, int version) {
    return new StandardHttpRequest.Builder()
        .uri(
            "https://api.example%s?fieldSelector=type%%3Da&resourceVersion=%d&timeoutSeconds=3%d&watch=true"
                .formatted(path, version, version % 10))
        .build();
  }

  private static BoundedRequests.RequestTags tags() {
    return new BoundedRequests.RequestTags() {
      @Override
      public <T> T getTag(Class<T> type) {
        throw new AssertionError("no tag is needed");
      }
    };
  }
}
