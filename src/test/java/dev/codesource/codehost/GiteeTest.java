package dev.codesource.codehost;

import dev.codesource.api.Platform;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CannedAnswer;
import java.util.stream.Stream;

/** The answers are written after the recorded user and Gitee's OAuth page, which shows its 401. */
class GiteeTest extends CodeHostContract {

  @Override
  Platform platform() {
    return Platform.Gitee;
  }

  @Override
  String accountPath() {
    return "/api/v5/user";
  }

  @Override
  CannedAnswer accountAs(String nameJson, String idJson) {
    return CannedAnswer.json(
        200,
        "{\"id\":%s,\"login\":%s,\"name\":\"A\",\"stared\":0,\"watched\":1,\"type\":\"User\"}"
            .formatted(idJson, nameJson));
  }

  @Override
  Scopes scopes() {
    return new Scopes.Unknown();
  }

  @Override
  Stream<Refusal> refusals() {
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
