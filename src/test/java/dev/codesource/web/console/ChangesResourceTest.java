package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How an open page is told that there is no stream for it. */
@Timeout(60)
class ChangesResourceTest {

  private static final String NAMES = "POST /apis/authentication.k8s.io/v1/selfsubjectreviews";

  private final RecordedApiServer apiServer = new RecordedApiServer();
  private final ChangesResource resource =
      new ChangesResource(apiServer.visits(), new Changes(apiServer.clients()));

  @AfterEach
  void stop() {
    apiServer.close();
  }

  /** Writes down what events are made of. */
  private static Sse recording(List<String> calls) {
    return (Sse)
        Proxy.newProxyInstance(
            Sse.class.getClassLoader(),
            new Class<?>[] {Sse.class},
            (_, _, _) ->
                Proxy.newProxyInstance(
                    Sse.class.getClassLoader(),
                    new Class<?>[] {OutboundSseEvent.Builder.class},
                    (builder, method, values) -> {
                      if (method.getName().equals("build")) {
                        return Proxy.newProxyInstance(
                            Sse.class.getClassLoader(),
                            new Class<?>[] {OutboundSseEvent.class},
                            (_, _, _) -> null);
                      }
                      calls.add(method.getName() + " " + values[0]);
                      return builder;
                    }));
  }

  private int refusal(HttpHeaders headers, String version) {
    Sse sse =
        (Sse)
            Proxy.newProxyInstance(
                Sse.class.getClassLoader(), new Class<?>[] {Sse.class}, (_, _, _) -> null);
    return catchThrowableOfType(
            WebApplicationException.class,
            () -> resource.changes("team-a", "", "", version, "", headers, sse))
        .getResponse()
        .getStatus();
  }

  @Test
  void aPageWhoseSessionHasEndedIsToldToAskForItself() {
    List<String> sent = new ArrayList<>();
    resource
        .changes("team-a", "", "", "1", "", SentHeaders.of(), recording(sent))
        .subscribe()
        .with(event -> {});

    assertThat(sent).contains("name changed", "reconnectDelay 30000");
    assertThat(apiServer.sent()).isEmpty();
  }

  @Test
  void aVersionThatNoPageShowsIsNotAskedFor() {
    assertThat(refusal(RecordedApiServer.headers("same-origin"), "1&a")).isEqualTo(204);
  }

  @Test
  void anApiServerThatDoesNotSayWhoVisitsIsNoErrorOfTheConsole() {
    for (int status : new int[] {403, 500}) {
      apiServer.refusing(NAMES, status);
      assertThat(refusal(RecordedApiServer.headers("same-origin"), "1")).isEqualTo(503);
    }
  }

  @Test
  void aPageWhoseTokenIsRefusedIsToldToAskForItself() {
    apiServer.refusing(NAMES, 401);
    List<String> sent = new ArrayList<>();
    resource
        .changes(
            "team-a", "", "", "1", "", RecordedApiServer.headers("same-origin"), recording(sent))
        .subscribe()
        .with(event -> {});

    assertThat(sent).contains("name changed", "reconnectDelay 30000");
  }

  @Test
  void aPageOfAnotherHostTakesNoPlaceOfTheVisitors() {
    assertThat(refusal(RecordedApiServer.headers("same-site"), "1")).isEqualTo(403);
    assertThat(refusal(RecordedApiServer.headers("cross-site"), "1")).isEqualTo(403);
    assertThat(apiServer.sent()).isEmpty();
  }

  @Test
  void aStreamThatWouldKeepOthersOutIsNone() {
    String[] headers = new String[2 * 70];
    for (int i = 0; i < headers.length; i += 2) {
      headers[i] = "X-Header-" + i;
      headers[i + 1] = "x";
    }

    assertThat(refusal(SentHeaders.of(headers), "1")).isEqualTo(431);
    assertThat(apiServer.sent()).isEmpty();
  }
}
