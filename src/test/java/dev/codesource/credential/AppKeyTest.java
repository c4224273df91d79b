package dev.codesource.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.address.SiteUrl;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.GitHubInstallation;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppKeyTest {

  private static final KeyPair KEY = GitHubInstallation.newKey();
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.9Z");
  private static final SiteUrl SITE =
      ((Outcome.Done<SiteUrl>) SiteUrl.parse("https://github.com")).value();

  private static Map<String, String> secret(String pem) {
    return new HashMap<>(
        Map.of(
            "url",
            "https://github.com",
            "app_id",
            "42\n",
            "installation_id",
            "7",
            "private_key",
            pem));
  }

  private static Outcome<Credential> read(Map<String, String> values) {
    Map<String, String> data = new HashMap<>();
    values.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return CredentialSecret.readOfAppToo(
        new SecretBuilder()
            .withNewMetadata()
            .withName("app")
            .withUid("u")
            .withResourceVersion("9")
            .endMetadata()
            .withData(data)
            .build(),
        SITE,
        NOW);
  }

  private static Credential done(Map<String, String> values) {
    assertThat(read(values)).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<Credential>) read(values)).value();
  }

  private static Problem problem(Map<String, String> values) {
    assertThat(read(values)).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<Credential>) read(values)).problem();
  }

  @Test
  void bothFormsOfAKeySignWhatItsPublicKeyVerifies() throws GeneralSecurityException, IOException {
    assertThat(GitHubInstallation.pkcs1(KEY)).startsWith("-----BEGIN RSA PRIVATE KEY-----");
    for (String pem :
        List.of(
            GitHubInstallation.pkcs1(KEY),
            GitHubInstallation.pkcs8(KEY),
            GitHubInstallation.pkcs1(KEY).replace("\n", "\r\n"))) {
      Credential credential = done(secret(pem));

      String[] parts = credential.token().reveal().split("\\.", -1);
      assertThat(parts).hasSize(3);
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(KEY.getPublic());
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
      assertThat(json(parts[0]))
          .isEqualTo(new ObjectMapper().readTree("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"));
      long now = NOW.getEpochSecond();
      assertThat(json(parts[1]).path("iat").longValue()).isEqualTo(now - 60);
      assertThat(json(parts[1]).path("exp").longValue()).isBetween(now + 300, now + 600);
      assertThat(json(parts[1]).path("iss").intValue()).isEqualTo(42);
      assertThat(credential.installation()).hasValue("7");
      assertThat(credential.version()).isEqualTo("u/9");
      assertThat(credential.toString()).doesNotContain(parts[2]);
    }
  }

  private static JsonNode json(String part) throws IOException {
    return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(part));
  }

  @Test
  void aClientIdIsAText() throws IOException {
    Map<String, String> values = secret(GitHubInstallation.pkcs1(KEY));
    values.put("app_id", "Iv23liAbC.d");
    assertThat(json(done(values).token().reveal().split("\\.")[1]).path("iss").textValue())
        .isEqualTo("Iv23liAbC.d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n%%%%\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nA\n-----END RSA PRIVATE KEY-----"
      })
  void whatIsNoKeyIsSaidAndNotShown(String pem) {
    Problem problem = problem(secret(pem));
    assertThat(problem.reason()).isEqualTo(Reason.CredentialMalformed);
    assertThat(problem.message())
        .startsWith("The key private_key of the Secret app is not an RSA private key")
        .doesNotContain("BEGIN", "AAAA", "garbage");
  }

  @Test
  void halfAKeyASmallOneAndOneOfAnotherKindAreNone() throws GeneralSecurityException {
    KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
    small.initialize(1024);
    KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
    String whole = GitHubInstallation.pkcs1(KEY);
    for (String pem :
        List.of(
            GitHubInstallation.pkcs1(small.generateKeyPair()),
            GitHubInstallation.pkcs8(curve.generateKeyPair()),
            whole.substring(0, 900) + whole.substring(1000),
            GitHubInstallation.pkcs8(KEY).replace(" PRIVATE", " RSA PRIVATE"))) {
      assertThat(problem(secret(pem)).reason()).isEqualTo(Reason.CredentialMalformed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "app_id, '4\",\"x\":\"2', CredentialMalformed",
    "installation_id, ../7, CredentialMalformed",
    "url, https://github.attacker.example, CredentialForOtherHost"
  })
  void whatWouldSayOrAskSomethingElseIsRefused(String key, String value, Reason reason) {
    Map<String, String> values = secret(GitHubInstallation.pkcs1(KEY));
    values.put(key, value);
    assertThat(problem(values).reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"app_id", "installation_id", "url"})
  void everyKeyIsNeeded(String key) {
    Map<String, String> values = secret(GitHubInstallation.pkcs1(KEY));
    values.remove(key);
    assertThat(problem(values).reason()).isEqualTo(Reason.SecretKeyMissing);
    assertThat(problem(values).what()).contains(key);
  }

  @Test
  void aTokenBesideItIsStillAToken() {
    Map<String, String> values = secret(GitHubInstallation.pkcs1(KEY));
    values.put("token", "ghp_1");
    assertThat(done(values).token().reveal()).isEqualTo("ghp_1");
    assertThat(done(values).installation()).isEmpty();
  }
}
