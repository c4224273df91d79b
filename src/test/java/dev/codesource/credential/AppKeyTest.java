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
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPrivateKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
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
    return read(values, InstantSource.fixed(NOW));
  }

  private static Outcome<Credential> read(Map<String, String> values, InstantSource clock) {
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
        clock);
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
  void nothingIsSignedBeforeItIsSent() throws IOException {
    Instant[] times = {NOW.plusSeconds(30), NOW.plusSeconds(40)};
    AtomicInteger asked = new AtomicInteger();
    Outcome<Credential> read =
        read(secret(GitHubInstallation.pkcs1(KEY)), () -> times[asked.getAndIncrement()]);
    Token token = ((Outcome.Done<Credential>) read).value().token();
    assertThat(asked).hasValue(0);

    String first = token.reveal();

    assertThat(json(first.split("\\.")[1]).path("iat").longValue())
        .isEqualTo(times[0].getEpochSecond() - 60);
    assertThat(token.reveal()).isEqualTo(first);
    assertThat(asked).hasValue(1);
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

  @Test
  void aLargeKeyIsRefusedBeforeItSigns() throws GeneralSecurityException {
    assertThat(problem(secret(pem(keyOf(2100, true)))).reason())
        .isEqualTo(Reason.CredentialMalformed);
  }

  @Test
  void aKeyWithoutItsPrimesIsRefused() throws GeneralSecurityException {
    assertThat(problem(secret(pem(keyOf(1024, false)))).reason())
        .isEqualTo(Reason.CredentialMalformed);
  }

  @Test
  void aKeyWhoseNumbersDoNotFitIsRefused() throws GeneralSecurityException {
    RSAPrivateCrtKey key = (RSAPrivateCrtKey) KEY.getPrivate();
    for (RSAPrivateCrtKeySpec spec :
        List.of(
            spec(key, key.getPrimeExponentP().shiftLeft(8000), key.getPrimeP()),
            spec(key, key.getPrimeExponentP().add(BigInteger.TWO), key.getPrimeP()),
            spec(key, key.getPrimeExponentP(), key.getPrimeP().add(BigInteger.TWO)),
            spec(key, key.getPrimeExponentP().negate(), key.getPrimeP()))) {
      assertThat(problem(secret(pem(KeyFactory.getInstance("RSA").generatePrivate(spec)))).reason())
          .isEqualTo(Reason.CredentialMalformed);
    }
  }

  @Test
  void aLongTextIsRefusedBeforeItIsRead() {
    assertThat(problem(secret(GitHubInstallation.pkcs1(KEY) + " ".repeat(8192))).reason())
        .isEqualTo(Reason.CredentialMalformed);
  }

  private static RSAPrivateCrtKeySpec spec(
      RSAPrivateCrtKey key, BigInteger exponentP, BigInteger p) {
    return new RSAPrivateCrtKeySpec(
        key.getModulus(),
        key.getPublicExponent(),
        key.getPrivateExponent(),
        p,
        key.getPrimeQ(),
        exponentP,
        key.getPrimeExponentQ(),
        key.getCrtCoefficient());
  }

  /**
   * @param primeBits of each of the two primes
   * @param withPrimes whether the key has them, so that it signs four times as fast
   */
  private static PrivateKey keyOf(int primeBits, boolean withPrimes)
      throws GeneralSecurityException {
    Random random = new Random(1);
    BigInteger e = BigInteger.valueOf(65537);
    BigInteger p = BigInteger.probablePrime(primeBits, random);
    BigInteger q = BigInteger.probablePrime(primeBits, random);
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    BigInteger n = p.multiply(q);
    BigInteger d = e.modInverse(p1.multiply(q1));
    return KeyFactory.getInstance("RSA")
        .generatePrivate(
            withPrimes
                ? new RSAPrivateCrtKeySpec(n, e, d, p, q, d.mod(p1), d.mod(q1), q.modInverse(p))
                : new RSAPrivateKeySpec(n, d));
  }

  private static String pem(PrivateKey key) {
    return GitHubInstallation.pkcs8(new KeyPair(KEY.getPublic(), key));
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
