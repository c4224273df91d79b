package dev.codesource.codehost.gitee;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHostContract;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CannedAnswer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The answers are written after the recorded user and Gitee's OAuth page, which shows its 401. */
class GiteeTest extends CodeHostContract {

  @Override
  protected Platform platform() {
    return Platform.Gitee;
  }

  @Override
  protected String accountPath() {
    return "/api/v5/user";
  }

  @Override
  protected CannedAnswer accountAs(String nameJson, String idJson) {
    return CannedAnswer.json(
        200,
        "{\"id\":%s,\"login\":%s,\"name\":\"A\",\"stared\":0,\"watched\":1,\"type\":\"User\"}"
            .formatted(idJson, nameJson));
  }

  @Override
  protected Scopes scopes() {
    return new Scopes.Unknown();
  }

  @Override
  protected Stream<Refusal> refusals() {
    return Stream.of(
        new Refusal(
            "expired",
            CannedAnswer.json(401, "{\"message\":\"401 Unauthorized: Access token is expired\"}"),
            Reason.TokenExpired,
            "Gitee says that the token has expired."),
        new Refusal(
            "revoked",
            CannedAnswer.json(401, "{\"message\":\"401 Unauthorized: Access token was revoked\"}"),
            Reason.TokenRevoked,
            "revoked"),
        new Refusal(
            "unknown",
            CannedAnswer.json(
                401, "{\"message\":\"401 Unauthorized: Access token does not exist\"}"),
            Reason.TokenRejected,
            "401"));
  }

  private Outcome<Proof> listing(CannedAnswer repositories) {
    return prove(
        asked ->
            switch (asked.target()) {
              case "/api/v5/user" -> account("alice");
              case "/api/v5/user/repos?per_page=1" -> repositories;
              default -> CannedAnswer.json(404, "{}");
            },
        credential());
  }

  @Test
  void refusesATokenThatMayNotReadCode() {
    assertThat(
            refused(
                    listing(CannedAnswer.json(403, "{\"message\":\"403 Forbidden\"}")),
                    Reason.InsufficientScope)
                .what())
        .isEqualTo("The token lacks the scope projects.");
  }

  @Test
  void doesNotKnowWhetherATokenThatMayReadCodeMaySetWebhooks() {
    assertThat(done(listing(CannedAnswer.json(200, "[{\"id\":1}]"))).scopes())
        .isEqualTo(new Scopes.Unknown());
  }

  /** The account is proven: what the listing cannot tell does not take that back. */
  @Test
  void keepsTheAccountWhenTheHostCannotListRepositories() {
    for (CannedAnswer odd :
        List.of(
            CannedAnswer.json(404, "{}"),
            CannedAnswer.json(500, "{}"),
            CannedAnswer.html(403, "Forbidden"))) {
      assertThat(done(listing(odd)).scopes()).isEqualTo(new Scopes.Unknown());
    }
  }
}
