package dev.codesource.codehost.gitee;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHostContract;
import dev.codesource.codehost.Scopes;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CannedAnswer;
import java.util.stream.Stream;

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
}
