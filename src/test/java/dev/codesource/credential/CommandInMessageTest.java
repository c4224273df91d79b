package dev.codesource.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.cluster.CommandResult;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever copies the command of a message into a shell runs kubectl and nothing else. */
class CommandInMessageTest {

  private static final SiteUrl SITE = site("http://[2001:db9::1]:8080");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gitlab-token",
        "x; touch /tmp/pwned #",
        "$(id)",
        "`id`",
        "it's",
        "'; id; '",
        "a\"b\\c",
        "a b",
        "*",
        "a\nid",
        "~",
        "{a,b}",
        "!!",
        ""
      })
  void hasEachTextAsOneWordOfTheShell(String name) {
    assertThat(words(CredentialSecret.notFound("team-a", name, SITE)))
        .containsExactly(
            "create",
            "secret",
            "generic",
            name,
            "--namespace",
            "team-a",
            "--type=codesource.dev/token",
            "--from-literal=url=" + SITE,
            "--from-literal=token=…");
    assertThat(words(CredentialSecret.otherType("team-a", name, SITE))).contains(name).hasSize(9);
    assertThat(words(client(name, false))).contains(name).hasSize(10);
    assertThat(words(client(name, true))).contains(name).hasSize(10);
  }

  /** Whoever copies it may be in another namespace. */
  @Test
  void namesTheNamespaceOfTheBinding() {
    assertThat(
            List.of(
                words(CredentialSecret.notFound("team-a", "x", SITE)),
                words(CredentialSecret.otherType("team-a", "x", SITE)),
                words(client("x", false)),
                words(client("x", true))))
        .allSatisfy(words -> assertThat(words).containsSequence("x", "--namespace", "team-a"));
  }

  private static Outcome<?> client(String name, boolean hasOtherType) {
    OAuthClientSecret.Source source =
        new OAuthClientSecret.Source() {
          @Override
          public Optional<Secret> find(String namespace, String secret) {
            return Optional.empty();
          }

          @Override
          public boolean hasOtherType(String namespace, String secret) {
            return hasOtherType;
          }
        };
    return OAuthClientSecret.read(source, "team-a", name, SITE);
  }

  private static List<String> words(Outcome<?> refusal) {
    String message = ((Outcome.Refused<?>) refusal).problem().what();
    String command = message.substring(message.indexOf("kubectl"), message.length() - 1);
    String shown =
        CommandResult.of(
                List.of("sh", "-c", "kubectl() { printf '%s|' \"$@\"; }\n" + command), Map.of(), "")
            .orFail()
            .stdout();
    return List.of(shown.substring(0, shown.length() - 1).split("\\|", -1));
  }

  private static SiteUrl site(String url) {
    return ((Outcome.Done<SiteUrl>) SiteUrl.parse(url)).value();
  }
}
