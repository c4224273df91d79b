package dev.codesource.codehost.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.DeployTokens;
import dev.codesource.codehost.DeployTokens.Minted;
import dev.codesource.codehost.DeployTokens.Target;
import dev.codesource.codehost.TestClient;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers are those of GitLab's documentation. */
class GitLabDeployTokensTest {
  private static final String TOKEN = "canary-7f3a90c1d2e84b56";
  private static final Target PROJECT = new Target(Target.Kind.PROJECT, "team/sub/app");
  private static final Instant END = Instant.parse("2026-04-01T12:00:00Z");
  private static final String MADE =
      """
      {"id":7,"name":"n","username":"gitlab+deploy-token-7","expires_at":"2026-03-31T00:00:00.000Z",
       "token":"gldt-jMRvtPNxrn3crTAGukpZ","revoked":false,"expired":false,"scopes":["read_repository"]}""";

  private static DeployTokens of(SiteUrl site) {
    return SupportedCodeHosts.all(Clock.systemUTC())
        .of(Platform.GitLab)
        .deployTokens(site, Credential.of(TOKEN), TestClient.open())
        .orElseThrow();
  }

  private static <T> T done(Outcome<T> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<T>) outcome).value();
  }

  private static Problem refused(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<?>) outcome).problem();
  }

  private static LoopbackHost host(Function<Asked, CannedAnswer> answers) {
    return new LoopbackHost(answers);
  }

  @Test
  void asksForATokenThatCanReadCodeAndNothingElse() {
    try (LoopbackHost host = host(_ -> CannedAnswer.json(201, MADE))) {
      Minted minted = done(of(host.site("/gitlab")).mint(PROJECT, "a \"name\"", END));

      assertThat(minted.id()).isEqualTo("7");
      assertThat(minted.login().username()).isEqualTo("gitlab+deploy-token-7");
      assertThat(minted.login().password().reveal()).isEqualTo("gldt-jMRvtPNxrn3crTAGukpZ");
      assertThat(minted.expiresAt()).as("GitLab's word").isEqualTo("2026-03-31T00:00:00Z");
      Asked seen = host.seen().getFirst();
      assertThat(seen.method() + " " + seen.target())
          .isEqualTo("POST /gitlab/api/v4/projects/team%2Fsub%2Fapp/deploy_tokens");
      assertThat(seen.header("Content-Type")).hasValue("application/json");
      assertThat(seen.header("Authorization")).hasValue("Bearer " + TOKEN);
      assertThat(seen.body())
          .isEqualTo(
              "{\"name\":\"a \\\"name\\\"\",\"expires_at\":\"2026-04-01T12:00:00Z\",\"scopes\":[\"read_repository\"]}");
      assertThat(minted.toString()).doesNotContain("jMRvtPNxrn3crTAGukpZ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"id\":7,\"username\":\"u\"}",
        "{\"id\":\"../7\",\"username\":\"u\",\"token\":\"gldt-12345678\"}",
        "{\"id\":7,\"username\":\"a b\",\"token\":\"gldt-12345678\"}",
        "{\"id\":7,\"username\":\"u\",\"token\":\"gldt 12345678\"}",
        "{\"id\":7,\"username\":\"u\",\"token\":\"\"}"
      })
  void takesNothingElseForADeployToken(String answer) {
    try (LoopbackHost host = host(_ -> CannedAnswer.json(201, answer))) {
      assertThat(refused(of(host.site("")).mint(PROJECT, "n", END)).reason())
          .isEqualTo(Reason.NotThisPlatform);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 422})
  void aRefusalNamesTheTarget(int status) {
    try (LoopbackHost host =
        host(_ -> CannedAnswer.json(status, "{\"message\":\"no, " + "secret words\"}"))) {
      DeployTokens tokens = of(host.site(""));
      for (Outcome<?> outcome :
          List.of(tokens.mint(PROJECT, "n", END), tokens.named(PROJECT, "n"))) {
        assertThat(refused(outcome).reason()).isEqualTo(Reason.DeployTokenRefused);
        assertThat(refused(outcome).what())
            .contains(String.valueOf(status), "the project team/sub/app.")
            .doesNotContain("secret words");
      }
    }
  }

  @Test
  void anOutageIsNoRefusal() {
    try (LoopbackHost host = host(_ -> CannedAnswer.of(502))) {
      assertThat(of(host.site("")).mint(PROJECT, "n", END)).isInstanceOf(Outcome.Waiting.class);
      assertThat(of(host.site("")).named(PROJECT, "n")).isInstanceOf(Outcome.Waiting.class);
      assertThat(of(host.site("")).delete(PROJECT, "7")).isInstanceOf(Outcome.Waiting.class);
    }
    try (LoopbackHost host = host(_ -> CannedAnswer.html(404, "Not here"))) {
      assertThat(refused(of(host.site("")).named(PROJECT, "n")).reason())
          .isEqualTo(Reason.NotThisPlatform);
    }
  }

  private static String listed(int id, String name, String more) {
    return "{\"id\":%d,\"name\":\"%s\"%s}".formatted(id, name, more);
  }

  @Test
  void findsThoseThatAreGoodByTheBeginningOfTheirNames() {
    String all =
        Stream.of(
                listed(1, "mine a", ""),
                listed(2, "yours", ""),
                listed(3, "mine b", ",\"revoked\":true"),
                listed(4, "mine c", ",\"expired\":true"),
                listed(5, "mine d", ",\"revoked\":false"))
            .collect(Collectors.joining(",", "[", "]"));
    try (LoopbackHost host = host(_ -> CannedAnswer.json(200, all))) {
      assertThat(done(of(host.site("")).named(new Target(Target.Kind.GROUP, "team"), "mine ")))
          .containsExactly("1", "5");
      assertThat(host.seen().getFirst().target())
          .isEqualTo("/api/v4/groups/team/deploy_tokens?active=true&per_page=100&page=1");
    }
  }

  @Test
  void looksAtFurtherPagesButNotForEver() {
    try (LoopbackHost host =
        host(
            request -> {
              int page = Integer.parseInt(request.target().replaceFirst(".*&page=", ""));
              CannedAnswer answer = CannedAnswer.json(200, "[" + listed(page, "mine", "") + "]");
              return answer.with("X-Next-Page", String.valueOf(page + 1));
            })) {
      assertThat(done(of(host.site("")).named(PROJECT, "mine")))
          .isEqualTo(IntStream.rangeClosed(1, 10).mapToObj(String::valueOf).toList());
    }
  }

  @Test
  void whatIsGoneIsDeleted() {
    for (int status : List.of(204, 404)) {
      try (LoopbackHost host =
          host(_ -> status == 204 ? CannedAnswer.of(204) : CannedAnswer.json(404, "{}"))) {
        done(of(host.site("")).delete(PROJECT, "7"));
        Asked seen = host.seen().getFirst();
        assertThat(seen.method() + " " + seen.target())
            .isEqualTo("DELETE /api/v4/projects/team%2Fsub%2Fapp/deploy_tokens/7");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Platform.class)
  void noOtherPlatformHasThem(Platform platform) {
    try (LoopbackHost host = host(_ -> CannedAnswer.of(404))) {
      assertThat(
              SupportedCodeHosts.all(Clock.systemUTC())
                  .of(platform)
                  .deployTokens(host.site(""), Credential.of(TOKEN), TestClient.open())
                  .isPresent())
          .isEqualTo(platform == Platform.GitLab);
    }
  }

  @Test
  void aTargetIsReadAsItIsWritten() {
    for (Target target : List.of(PROJECT, new Target(Target.Kind.GROUP, "team"))) {
      assertThat(Target.parse(target.toString())).hasValue(target);
    }
    assertThat(Target.parse("elsewhere x")).isEmpty();
    assertThat(Map.of(PROJECT, 1)).containsKey(new Target(Target.Kind.PROJECT, "team/sub/app"));
  }
}
