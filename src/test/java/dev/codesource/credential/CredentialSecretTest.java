package dev.codesource.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialSecretTest {

  private static final SiteUrl SITE = site("https://gitlab.example.com/git");

  @ParameterizedTest
  @ValueSource(strings = {"t0ken", "t0ken\n", "t0ken\r\n", "t0ken\n\n"})
  void aNewlineAtTheEndIsTrimmed(String stored) {
    assertThat(read(stored)).isInstanceOf(Outcome.Done.class);
    assertThat(((Outcome.Done<Credential>) read(stored)).value().token().reveal())
        .isEqualTo("t0ken");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        " t0ken",
        "t0ken ",
        "t0 ken",
        "\"t0ken\"",
        "'t0ken'",
        "t0k\u0000en",
        "tökén",
        "t0ken\nHost: evil"
      })
  void whatCannotBeATokenIsSaidAndNotSent(String stored) {
    Problem problem = problem(read(stored));

    assertThat(problem.reason()).isEqualTo(Reason.CredentialMalformed);
    assertThat(problem.message()).doesNotContain("t0k");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://gitlab.example.com",
        "https://gitlab.example.com/",
        "https://GitLab.example.com:443/git",
        "https://gitlab.example.com/git/"
      })
  void aTokenGoesToItsSiteAndBelow(String url) {
    assertThat(read(Map.of("url", url, "token", "t0ken"))).isInstanceOf(Outcome.Done.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://gitlab.example.com",
        "https://gitlab.example.com:8443",
        "https://gitlab.example.com.evil.example",
        "https://evil.example",
        "https://gitlab.example.com/other",
        "https://gitlab.example.com/gi",
        "https://gitlab.example.com/Git",
        "https://gitlab.example.com/git/below",
        "https://gitlab.example.com@evil.example",
        "gitlab.example.com",
        "*",
        ""
      })
  void aTokenForAnotherSiteIsNotSent(String url) {
    Problem problem = problem(read(Map.of("url", url, "token", "t0ken")));

    assertThat(problem.reason()).isEqualTo(Reason.CredentialForOtherHost);
    assertThat(problem.message()).contains("https://gitlab.example.com").doesNotContain("t0ken");
  }

  /** The URL of the binding is right then, so the message must not send the user there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gitlab.example.com | The URL does not have the form http://host, https://host:port/path.",
        "https://gitlab.example.com/git/api/v4 | The URL is the address of the site's API; the site itself is at https://gitlab.example.com/git.",
        "https://alice:hunter2@gitlab.example.com | The URL has a user name or password in it (the part before @)."
      })
  void aSecretWithAUrlOfNoSiteIsToldWhatIsWrongWithItAndWhatToWrite(String url, String why) {
    Problem problem = problem(read(Map.of("url", url, "token", "t0ken")));

    assertThat(problem.reason()).isEqualTo(Reason.CredentialForOtherHost);
    assertThat(problem.what())
        .isEqualTo(
            "The key url of the Secret gitlab-token is not the URL of a site; nothing was sent. "
                + why
                + " If the credential may be sent to https://gitlab.example.com/git, set the key to that.")
        .doesNotContain("hunter2");
  }

  @Test
  void aMissingKeyIsNamed() {
    assertThat(problem(read(Map.of("token", "t0ken"))).message()).contains("no key url");
    assertThat(problem(read(Map.of("url", SITE.toString()))).message()).contains("no key token");
    assertThat(problem(read(Map.of())).reason()).isEqualTo(Reason.SecretKeyMissing);
  }

  @Test
  void theMessageForAMissingSecretIsTheCommandThatMakesIt() {
    Problem problem = problem(CredentialSecret.notFound("team-a", "gitlab-token", SITE));

    assertThat(problem.message())
        .contains(
            "kubectl create secret generic gitlab-token --namespace team-a --type=codesource.dev/token"
                + " --from-literal=url=https://gitlab.example.com/git --from-literal=token=…");
  }

  @ParameterizedTest
  @CsvSource({"true, true", "'true\n', true", "false, false", "no, false", "'', false"})
  void aSecretSaysWhetherItsTokenMayBePublished(String value, boolean mayBePublished) {
    Map<String, String> values = Map.of("url", SITE.toString(), "token", "t0ken");
    Map<String, String> withKey = new HashMap<>(values);
    withKey.put("publish", value);

    assertThat(read(values).map(Credential::mayBePublished)).isEqualTo(Outcome.done(true));
    assertThat(read(withKey).map(Credential::mayBePublished))
        .isEqualTo(Outcome.done(mayBePublished));
  }

  @Test
  void aTokenDoesNotPrint() {
    Credential credential = Credential.of("t0ken");

    assertThat(credential.toString() + credential.token()).doesNotContain("t0ken");
  }

  private static Outcome<Credential> read(String token) {
    return read(Map.of("url", SITE.toString(), "token", token));
  }

  private static Outcome<Credential> read(Map<String, String> data) {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName("gitlab-token")
            .withUid("u")
            .withResourceVersion("1")
            .endMetadata()
            .withData(
                data.entrySet().stream()
                    .collect(
                        Collectors.toMap(
                            Map.Entry::getKey,
                            entry ->
                                Base64.getEncoder()
                                    .encodeToString(
                                        entry.getValue().getBytes(StandardCharsets.UTF_8)))))
            .build();
    return CredentialSecret.read(secret, SITE);
  }

  private static <T> Problem problem(Outcome<T> outcome) {
    return ((Outcome.Refused<T>) outcome).problem();
  }

  private static SiteUrl site(String url) {
    return ((Outcome.Done<SiteUrl>) SiteUrl.parse(url)).value();
  }
}
