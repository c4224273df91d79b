package dev.codesource.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.credential.OAuthClient;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  void eachServesItsOwnOriginOnly() throws IOException {
    app("github", "https://github.com", "one");
    app("gitlab", "https://gitlab.example.com/under/a/path", "two");

    assertThat(find("https://gitlab.example.com"))
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            done -> {
              OAuthClient client = (OAuthClient) done.value();
              assertThat(client.id()).isEqualTo("two");
              assertThat(client.secret().reveal()).isEqualTo("secret-of-two");
            });
    for (String other :
        new String[] {
          "http://gitlab.example.com", "https://gitlab.example.com:8443", "https://example.com"
        }) {
      assertThat(find(other))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> assertThat(refused.problem().reason()).isEqualTo(Reason.OAuthNotOffered));
    }
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

  @Test
  void withoutAFolderThereIsNone() {
    assertThat(new AdministratorApps(Optional.empty()).of(site("https://github.com")))
        .isInstanceOf(Outcome.Refused.class);
  }
}
