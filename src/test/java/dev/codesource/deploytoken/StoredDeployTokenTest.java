package dev.codesource.deploytoken;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.DeployTokens.Minted;
import dev.codesource.codehost.DeployTokens.Target;
import dev.codesource.codehost.GitLogin;
import dev.codesource.credential.Token;
import dev.codesource.deploytoken.StoredDeployToken.Current;
import dev.codesource.deploytoken.StoredDeployToken.Replaced;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StoredDeployTokenTest {
  private static final SiteUrl SITE =
      ((Outcome.Done<SiteUrl>) SiteUrl.parse("https://gitlab.example.com/sub")).value();
  private static final Target APP = new Target(Target.Kind.PROJECT, "team/app");
  private static final Target TEAM = new Target(Target.Kind.GROUP, "team");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static Current current(String id, Target target) {
    GitLogin login = new GitLogin("gitlab+deploy-token-" + id, new Token("gldt-canary-" + id));
    return new Current(target, new Minted(id, login, NOW.plus(Duration.ofDays(30))), NOW);
  }

  private static Secret secret(Map<String, String> values) {
    Map<String, String> data = new TreeMap<>();
    values.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return new SecretBuilder().withNewMetadata().withName("x").endMetadata().withData(data).build();
  }

  @Test
  void whatIsStoredIsReadAgain() {
    StoredDeployToken stored =
        StoredDeployToken.none(SITE)
            .using(current("1", TEAM), NOW)
            .using(current("2", APP), NOW)
            .alsoDeleting(List.of("9"), APP, NOW);

    StoredDeployToken read = StoredDeployToken.of(secret(stored.values())).orElseThrow();

    assertThat(read.values()).isEqualTo(stored.values());
    assertThat(read.replaced())
        .containsExactly(new Replaced("1", TEAM, NOW), new Replaced("9", APP, NOW));
    assertThat(read.currentFor(SITE, APP).orElseThrow().minted().login().password().reveal())
        .isEqualTo("gldt-canary-2");
    assertThat(read + " " + read.current()).doesNotContain("canary");
  }

  @Test
  void oneOfAnotherSiteOrTargetIsNotHandedOn() {
    StoredDeployToken stored = StoredDeployToken.none(SITE).using(current("2", APP), NOW);
    SiteUrl other =
        ((Outcome.Done<SiteUrl>) SiteUrl.parse("https://gitlab.attacker.example/sub")).value();
    assertThat(stored.currentFor(other, APP)).isEmpty();
    assertThat(stored.currentFor(SITE, TEAM)).isEmpty();
  }

  @Test
  void whatSomebodyChangedIsNotUsed() {
    StoredDeployToken stored = StoredDeployToken.none(SITE).using(current("2", APP), NOW);
    for (String key : stored.values().keySet()) {
      Map<String, String> without = new TreeMap<>(stored.values());
      without.remove(key);
      assertThat(StoredDeployToken.of(secret(without)).flatMap(read -> read.currentFor(SITE, APP)))
          .as(key)
          .isEmpty();
    }
    Map<String, String> nonsense = new TreeMap<>(stored.values());
    nonsense.put("expires_at", "soon");
    assertThat(StoredDeployToken.of(secret(nonsense))).isEmpty();
  }

  @Test
  void isRenewedAtTwoThirdsOfItsLife() {
    assertThat(current("1", APP).renewAt(Duration.ofMinutes(1)))
        .isEqualTo(NOW.plus(Duration.ofDays(20)));
    assertThat(current("1", APP).isAlive(NOW.plus(Duration.ofDays(30)))).isFalse();
    assertThat(current("1", APP).isAlive(NOW.plus(Duration.ofDays(30)).minusSeconds(1))).isTrue();
  }

  @Test
  void nothingIsDeletedTwiceAndNothingInUse() {
    StoredDeployToken stored =
        StoredDeployToken.none(SITE)
            .using(current("2", APP), NOW)
            .alsoDeleting(List.of("2", "3"), APP, NOW);
    assertThat(stored.replaced()).containsExactly(new Replaced("3", APP, NOW));
    assertThat(stored.alsoDeleting(List.of("2", "3"), APP, NOW.plusSeconds(9))).isEqualTo(stored);
    assertThat(stored.usingNone(NOW).replaced())
        .containsExactly(new Replaced("3", APP, NOW), new Replaced("2", APP, NOW));
    assertThat(stored.usingNone(NOW).withReplaced(List.of()).isEmpty()).isTrue();
    assertThat(stored.current()).isNotEqualTo(Optional.empty());
  }
}
