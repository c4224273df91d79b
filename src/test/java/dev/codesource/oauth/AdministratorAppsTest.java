package dev.codesource.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.Flow;
import dev.codesource.credential.OAuthClient;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdministratorAppsTest {

  @TempDir Path folder;

  private static SiteUrl site(String url) {
    if (SiteUrl.parse(url) instanceof Outcome.Done<SiteUrl>(var site)) {
      return site;
    }
    throw new IllegalStateException(url);
  }

  private void app(String name, String url, String id) throws IOException {
    Path app = Files.createDirectories(folder.resolve(name));
    Files.writeString(app.resolve("url"), url + "\n");
    Files.writeString(app.resolve("client_id"), id + "\n");
    Files.writeString(app.resolve("client_secret"), "secret-of-" + id + "\n");
  }

  private Outcome<OAuthClient> find(String url) {
    return new AdministratorApps(Optional.of(folder)).of(site(url));
  }

  @Test
  void eachServesItsOwnSiteOnly() throws IOException {
    app("github", "https://github.com", "one");
    app("gitlab", "https://gitlab.example.com/under/a/path", "two");

    assertThat(find("https://gitlab.example.com/under/a/path"))
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            done -> {
              OAuthClient client = (OAuthClient) done.value();
              assertThat(client.id()).isEqualTo("two");
              assertThat(client.secret().reveal()).isEqualTo("secret-of-two");
            });
    for (String other :
        new String[] {
          "http://gitlab.example.com/under/a/path",
          "https://gitlab.example.com:8443/under/a/path",
          "https://gitlab.example.com",
          "https://gitlab.example.com/under/a/pathway",
          "https://example.com"
        }) {
      assertThat(find(other))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> assertThat(refused.problem().reason()).isEqualTo(Reason.OAuthNotOffered));
    }
  }

  @Test
  void ofSeveralTheNearestServes() throws IOException {
    app("all", "https://git.example.com", "one");
    app("gitlab", "https://git.example.com/gitlab", "two");

    assertThat(find("https://git.example.com/gitlab").map(OAuthClient::id))
        .isEqualTo(Outcome.done("two"));
    assertThat(find("https://git.example.com/gitea").map(OAuthClient::id))
        .isEqualTo(Outcome.done("one"));
  }

  @Test
  void aRenewedSecretIsReadWithoutARestart() throws IOException {
    app("gitlab", "https://gitlab.example.com", "one");
    find("https://gitlab.example.com");
    app("gitlab", "https://gitlab.example.com", "two");

    assertThat(find("https://gitlab.example.com").map(OAuthClient::id))
        .isEqualTo(Outcome.done("two"));
  }

  @Test
  void anIncompleteOneIsToldAndPrintsNothing() throws IOException {
    app("gitlab", "https://gitlab.example.com", "one");
    Files.writeString(folder.resolve("gitlab/client_secret"), "'canary'");

    assertThat(find("https://gitlab.example.com"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.problem().reason()).isEqualTo(Reason.CredentialMalformed);
              assertThat(refused.problem().message()).doesNotContain("canary");
            });
  }

  private Outcome<OAuthClient> find(Flow flow, String... scopes) {
    return new AdministratorApps(Optional.of(folder))
        .of(site("https://gitlab.example.com"), flow, List.of(scopes));
  }

  private static void isNotOffered(Outcome<OAuthClient> outcome, String why) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.problem().reason()).isEqualTo(Reason.OAuthNotOffered);
              assertThat(refused.problem().what()).contains(why);
            });
  }

  @Test
  void theAdministratorCanBarAFlow() throws IOException {
    app("gitlab", "https://gitlab.example.com", "one");
    assertThat(find(Flow.Device)).isInstanceOf(Outcome.Done.class);

    Files.writeString(folder.resolve("gitlab/flows"), "AuthorizationCode\n");
    isNotOffered(find(Flow.Device), "does not allow spec.oauth.flow Device");
    assertThat(find(Flow.AuthorizationCode)).isInstanceOf(Outcome.Done.class);
    assertThat(find("https://gitlab.example.com"))
        .as("an access that exists can be revoked")
        .isInstanceOf(Outcome.Done.class);
  }

  @Test
  void theAdministratorCanLimitScopes() throws IOException {
    app("gitlab", "https://gitlab.example.com", "one");
    assertThat(find(Flow.Device, "sudo")).isInstanceOf(Outcome.Done.class);

    Files.writeString(folder.resolve("gitlab/scopes"), "api, read_user\n");
    isNotOffered(find(Flow.Device, "api", "sudo"), "does not allow all of spec.oauth.scopes");
    assertThat(find(Flow.Device, "api", "read_user")).isInstanceOf(Outcome.Done.class);
    assertThat(find(Flow.Device)).isInstanceOf(Outcome.Done.class);

    Files.writeString(folder.resolve("gitlab/scopes"), "\n");
    isNotOffered(find(Flow.Device, "api"), "spec.oauth.scopes");
  }

  @Test
  void theFolderOfAnApplicationSaysWhichCertificatesItsHostMayHave() throws IOException {
    CertificateAuthority corp = CertificateAuthority.root("Corp CA");
    app("gitlab", "https://gitlab.example.com", "one");
    Files.writeString(folder.resolve("gitlab/ca.crt"), corp.pem());

    assertThat(find("https://gitlab.example.com"))
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            done ->
                assertThat(((OAuthClient) done.value()).ca().certificates().orElseThrow().pem())
                    .isEqualTo(corp.pem()));
  }

  @Test
  void withoutAFolderThereIsNone() {
    assertThat(new AdministratorApps(Optional.empty()).of(site("https://github.com")))
        .isInstanceOf(Outcome.Refused.class);
  }
}
