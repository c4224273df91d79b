package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.web.console.RecordedApiServer.Sent;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NewBindingTest {

  private static final String SECRETS = "/api/v1/namespaces/team-a/secrets";
  private static final String BINDINGS =
      "/apis/codesource.dev/v1alpha1/namespaces/team-a/codesourcebindings";
  private static final String TRY = "?dryRun=All";

  private final RecordedApiServer apiServer = new RecordedApiServer();

  @AfterEach
  void stop() {
    apiServer.close();
  }

  private void write(String with) {
    BindingForm form =
        new BindingForm(
            Sample.GITLAB,
            Sample.entries(
                "name",
                "gitlab",
                "url",
                "",
                "username",
                "alice",
                "with",
                with,
                "token",
                "glpat",
                "ca",
                "PEM",
                "email",
                "alice@example.com"));
    try (KubernetesClient api = apiServer.client()) {
      new NewBinding("team-a", form).write(api);
    }
  }

  private Sent last() {
    return apiServer.sent().getLast();
  }

  @Test
  void bothAreTriedBeforeEitherIsStoredAndTheSecretGoesWithTheBinding() {
    write("Token");

    assertThat(apiServer.sent())
        .extracting(Sent::line)
        .containsExactly(
            "POST " + SECRETS + TRY,
            "POST " + BINDINGS + TRY,
            "POST " + SECRETS,
            "POST " + BINDINGS,
            "PATCH " + SECRETS + "/gitlab-token");
    Sent secret = apiServer.sent().get(2);
    assertThat(secret.body().path("type").asText()).isEqualTo("codesource.dev/token");
    assertThat(secret.body().path("stringData").toString())
        .isEqualTo(
            "{\"url\":\"https://gitlab.com\",\"token\":\"glpat\",\"ca.crt\":\"PEM\",\"email\":\"alice@example.com\"}");
    assertThat(last().type()).startsWith("application/merge-patch+json");
    assertThat(last().body().at("/metadata/uid").asText()).isEqualTo("uid-of-gitlab-token");
    assertThat(last().body().at("/metadata/ownerReferences").toString())
        .isEqualTo(
            "[{\"apiVersion\":\"codesource.dev/v1alpha1\",\"kind\":\"CodeSourceBinding\",\"name\":\"gitlab\",\"uid\":\"uid-of-gitlab\"}]");
  }

  @Test
  void aBindingThatIsNotAcceptedLeavesNoSecret() {
    apiServer.refusing("POST " + BINDINGS + TRY, 422);

    assertThatThrownBy(() -> write("Token")).isInstanceOf(KubernetesClientException.class);
    assertThat(apiServer.sent())
        .extracting(Sent::line)
        .containsExactly("POST " + SECRETS + TRY, "POST " + BINDINGS + TRY);
  }

  @Test
  void ifTheBindingIsRefusedAfterAllTheSecretThatWasStoredIsTakenBackAndNoOther() {
    apiServer.refusing("POST " + BINDINGS, 409);

    assertThatThrownBy(() -> write("Token"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    assertThat(last().line()).isEqualTo("DELETE " + SECRETS + "/gitlab-token");
    assertThat(last().body().at("/preconditions/uid").asText()).isEqualTo("uid-of-gitlab-token");
  }

  /** It works; that the Secret stays is said when somebody unbinds. */
  @Test
  void aSecretThatGetsNoOwnerIsNoFailure() {
    apiServer.refusing("PATCH " + SECRETS + "/gitlab-token", 403);

    write("Token");

    assertThat(apiServer.changes()).noneMatch(sent -> sent.method().equals("DELETE"));
  }

  @Test
  void withoutATokenThereIsNoSecret() {
    write("Browser");

    assertThat(apiServer.sent()).extracting(Sent::line).containsExactly("POST " + BINDINGS);
    assertThat(last().body().at("/spec/oauth/flow").asText()).isEqualTo("AuthorizationCode");
    assertThat(last().body().toString()).doesNotContain("glpat");
  }
}
