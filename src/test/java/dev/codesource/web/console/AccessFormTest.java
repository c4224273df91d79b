package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.api.BindingSpec.SecretRef;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.web.console.FormPage.Wrong;
import dev.codesource.web.console.RecordedApiServer.Sent;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class AccessFormTest {

  private static final String SECRETS = "/api/v1/namespaces/team-a/secrets";
  private static final String BINDING =
      "/apis/codesource.dev/v1alpha1/namespaces/team-a/codesourcebindings/gitlab";
  private static final String TRY = "?dryRun=All";

  private final RecordedApiServer apiServer = new RecordedApiServer().having(Sample.binding(""));

  @AfterEach
  void stop() {
    apiServer.close();
  }

  private static AccessForm filled(CodeSourceBinding binding, String... pairs) {
    return new AccessForm(binding, Sample.GITLAB, Sample.entries(pairs));
  }

  private void write(AccessForm form) {
    try (KubernetesClient api = apiServer.client()) {
      form.write(api);
    }
  }

  @Test
  void whereOAuthIsNotOfferedATokenIsStoredAndNamedInItsPlace() {
    AccessForm form = filled(Sample.byOAuth(""), "with", "Token", "token", "glpat");

    assertThat(form.wrongs()).isEmpty();
    assertThat(form.patch())
        .isEqualTo(
            "[{\"op\":\"test\",\"path\":\"/metadata/generation\",\"value\":3},"
                + "{\"op\":\"remove\",\"path\":\"/spec/oauth\"},"
                + "{\"op\":\"remove\",\"path\":\"/spec/deletionPolicy\"},"
                + "{\"op\":\"add\",\"path\":\"/spec/tokenSecretRef\",\"value\":{\"name\":\"gitlab-token\"}}]");
  }

  @Test
  void aTokenTypedAnewGetsASecretForTheUrlOfTheBinding() {
    write(filled(Sample.binding(""), "token", "glpat", "ca", "PEM"));

    assertThat(apiServer.sent())
        .extracting(Sent::line)
        .containsExactly(
            "POST " + SECRETS + TRY,
            "PATCH " + BINDING + TRY,
            "POST " + SECRETS,
            "PATCH " + BINDING,
            "PATCH " + SECRETS + "/gitlab-token-2");
    assertThat(apiServer.sent().get(2).body().path("stringData").toString())
        .isEqualTo(
            "{\"url\":\"https://gitlab.example.com\",\"token\":\"glpat\",\"ca.crt\":\"PEM\"}");
    assertThat(apiServer.sent().get(3).body().toString())
        .contains(
            "\"/metadata/generation\",\"value\":3",
            "\"/spec/tokenSecretRef\",\"value\":{\"name\":\"gitlab-token-2\"}");
    assertThat(apiServer.sent().getLast().body().at("/metadata/ownerReferences/0/uid").asText())
        .isEqualTo("u1");
  }

  /** Others may use it, and nobody here has read it. */
  @Test
  void theSecretThatTheBindingHadIsLeftAlone() {
    write(filled(Sample.binding(""), "token", "glpat"));

    assertThat(apiServer.sent()).noneMatch(sent -> sent.path().endsWith("/gitlab-token"));
  }

  @Test
  void aBindingThatIsRefusedLeavesNoSecret() {
    apiServer.refusing("PATCH " + BINDING, 409);

    assertThatThrownBy(() -> write(filled(Sample.binding(""), "token", "glpat")))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(apiServer.sent().getLast().line())
        .isEqualTo("DELETE " + SECRETS + "/gitlab-token-2");
  }

  @Test
  void theOtherFlowIsWrittenWithoutASecret() {
    write(filled(Sample.binding(""), "with", "Code", "token", "glpat", "client", "app"));

    assertThat(apiServer.sent()).extracting(Sent::line).containsExactly("PATCH " + BINDING);
    assertThat(apiServer.sent().getFirst().body().toString())
        .contains(
            "{\"op\":\"remove\",\"path\":\"/spec/tokenSecretRef\"}",
            "{\"flow\":\"Device\",\"clientSecretRef\":{\"name\":\"app\"}}")
        .doesNotContain("glpat");
  }

  @Test
  void eachErrorIsToldAtItsField() {
    assertThat(filled(Sample.binding(""), "token", "", "secret", "A b").wrongs())
        .extracting(Wrong::field)
        .containsExactly("token", "secret");
    assertThat(filled(Sample.binding(""), "with", "Browser").wrongs()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    ",a-token",
    "other,a-token",
    "a-token,a-token-2",
    "a-token-2,a-token-3",
    "a-token-x,a-token",
    "a-token-99999999999,a-token"
  })
  void theNameThatIsProposedIsNotThatOfTheSecretOfNow(String now, String proposed) {
    assertThat(AccessForm.proposed("a", now == null ? null : new SecretRef(now)))
        .isEqualTo(proposed);
  }

  /** People copy the command: who may write a binding cannot write one of their own into it. */
  @Test
  void noCommandOfSomebodyElseIsShownToBeCopied() {
    CodeSourceBinding binding =
        Sample.SERIALIZATION.unmarshal(
            Sample.SERIALIZATION
                .asYaml(Sample.binding(""))
                .replace("https://gitlab.example.com", "https://a.example.com/$(reboot)"),
            CodeSourceBinding.class);

    assertThat(filled(binding, "secret", "$(reboot)").page().kubectl())
        .contains("url=URL", "generic NAME")
        .doesNotContain("reboot");
  }
}
