package dev.codesource.credential;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.http.TrustAnchors;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaConsentTest {

  private static final CertificateAuthority CORP = CertificateAuthority.root("Corp CA");
  private static final CertificateAuthority OTHER = CertificateAuthority.root("Other CA");
  private static final SiteUrl SITE = done(SiteUrl.parse("https://git.corp.example"));

  @Test
  void aSecretWithoutAWordAboutItAcceptsNoCa() {
    CaConsent consent = consent(Map.of());

    assertThat(consent.certificates()).isEmpty();
    isRefused(consent.accept(named(CORP.pem())), Reason.CaNotTrusted);
  }

  @Test
  void theCertificatesOfASecretAreTrustedInsteadOfThePublicOnes() {
    CaConsent consent = consent(Map.of("ca.crt", "# ours\n" + CORP.pem() + OTHER.pem()));

    assertThat(consent.certificates().orElseThrow().certificates())
        .containsExactly(CORP.certificate(), OTHER.certificate());
  }

  @Test
  void aConfigMapMayHoldSomeOfTheCertificatesOfTheSecretAndNoOthers() {
    CaConsent both = consent(Map.of("ca.crt", CORP.pem() + OTHER.pem()));
    CaConsent one = consent(Map.of("ca.crt", CORP.pem()));

    assertThat(done(both.accept(named(OTHER.pem()))).certificates())
        .containsExactly(OTHER.certificate());
    isRefused(one.accept(named(OTHER.pem())), Reason.CaNotTrusted);
    isRefused(one.accept(named(CORP.pem() + OTHER.pem())), Reason.CaNotTrusted);
  }

  @Test
  void aDigestAcceptsExactlyOneValue() {
    String digest = CaConsent.digest(CORP.pem());
    CaConsent consent = consent(Map.of("ca_digest", digest));

    assertThat(digest).matches("sha256:[0-9a-f]{64}");
    assertThat(done(consent.accept(named(CORP.pem()))).certificates())
        .containsExactly(CORP.certificate());
    isRefused(consent.accept(named(CORP.pem() + "\n")), Reason.CaNotTrusted);
    isRefused(consent.accept(named(OTHER.pem())), Reason.CaNotTrusted);
  }

  @Test
  void aDigestMayEndInANewlineAndHaveCapitals() {
    String digest = CaConsent.digest(CORP.pem()).toUpperCase(Locale.ROOT) + "\n";

    assertThat(consent(Map.of("ca_digest", digest)).accept(named(CORP.pem())))
        .isInstanceOf(Outcome.Done.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "sha256:", "true"})
  void whatIsNoDigestAcceptsNothing(String digest) {
    isRefused(consent(Map.of("ca_digest", digest)).accept(named(CORP.pem())), Reason.CaNotTrusted);
  }

  @Test
  void theMessageIsTheCommandThatRepairsIt() {
    assertThat(consent(Map.of()).accept(named(CORP.pem())))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused ->
                assertThat(refused.problem().what())
                    .contains(
                        "kubectl patch secret git --namespace team-a --type=merge -p '{\"stringData\":{\"ca_digest\":\"%s\"}}'"
                            .formatted(CaConsent.digest(CORP.pem()))));
  }

  @Test
  void aDamagedCertificateOfASecretIsToldWithItsPlace() {
    Outcome<CaConsent> read = CredentialSecret.caConsent(secret(Map.of("ca.crt", "REPLACE_ME")));

    isRefused(read, Reason.CaNotFound);
    assertThat(((Outcome.Refused<CaConsent>) read).problem().what())
        .startsWith("The key ca.crt of the Secret git has no certificate");
  }

  @Test
  void anOAuthClientHasTheConsentOfItsSecret() {
    Map<String, String> keys = new HashMap<>();
    keys.put("url", SITE.toString());
    keys.put("client_id", "id");
    keys.put("client_secret", "secret");
    CaConsent without = done(OAuthClientSecret.read(secret(keys), SITE)).ca();
    keys.put("ca.crt", CORP.pem());
    CaConsent with = done(OAuthClientSecret.read(secret(keys), SITE)).ca();

    isRefused(without.accept(named(CORP.pem())), Reason.CaNotTrusted);
    assertThat(with.accept(named(CORP.pem()))).isInstanceOf(Outcome.Done.class);
    isRefused(with.accept(named(OTHER.pem())), Reason.CaNotTrusted);
  }

  @Test
  void noBindingAddsACaToAnAdministratorsApplication() {
    Map<String, String> files =
        Map.of(
            "url", SITE.toString(), "client_id", "id", "client_secret", "s", "ca.crt", CORP.pem());
    CaConsent consent =
        done(OAuthClientSecret.readOfAdministrator(
                "administrator's OAuth application corp",
                key -> Optional.ofNullable(files.get(key)),
                SITE))
            .ca();

    isRefused(consent.open("own-ca"), Reason.CaNotTrusted);
    assertThat(consent.certificates()).isPresent();
  }

  private static CaConsent consent(Map<String, String> keys) {
    return done(CredentialSecret.caConsent(secret(keys)));
  }

  private static NamedCa named(String pem) {
    return new NamedCa(
        "corp-ca", CaConsent.digest(pem), done(TrustAnchors.parse("v1", "ConfigMap", pem)));
  }

  private static Secret secret(Map<String, String> keys) {
    Map<String, String> data = new HashMap<>();
    keys.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return new SecretBuilder()
        .withNewMetadata()
        .withName("git")
        .withNamespace("team-a")
        .endMetadata()
        .withData(data)
        .build();
  }
}
