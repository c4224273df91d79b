package dev.codesource.codehost.gitea;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHostContract;
import dev.codesource.codehost.Scopes;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CannedAnswer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The answers are those of Gitea's routers/api/v1 and a recorded user of Forgejo. */
class GiteaTest extends CodeHostContract {

  @Override
  protected Platform platform() {
    return Platform.Gitea;
  }

  @Override
  protected String accountPath() {
    return "/api/v1/user";
  }

  @Override
  protected CannedAnswer accountAs(String nameJson, String idJson) {
    return CannedAnswer.json(
        200,
        "{\"id\":%s,\"login\":%s,\"login_name\":\"\",\"is_admin\":false,\"active\":true,\"prohibit_login\":false}"
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
            "unknown",
            says(401, "invalid username, password or token"),
            Reason.TokenRejected,
            "401"),
        new Refusal(
            "scope",
            says(
                403,
                "token does not have at least one of required scope(s), required=[read:user], token scope=read:repository"),
            Reason.InsufficientScope,
            "The token lacks the scopes read:user, write:repository; it has the scope read:repository."),
        new Refusal(
            "scope, with that for code",
            says(
                403,
                "token does not have at least one of required scope(s), required=[read:user], token scope=write:repository,read:misc"),
            Reason.InsufficientScope,
            "The token lacks the scope read:user; it has the scopes read:misc, write:repository."),
        new Refusal(
            "scope, as Forgejo says it",
            says(403, "token does not have at least one of required scope(s): [read:user]"),
            Reason.InsufficientScope,
            "The token lacks the scope read:user."),
        new Refusal(
            "prohibited",
            says(
                403,
                "This account is prohibited from signing in, please contact your site administrator."),
            Reason.AccountBlocked,
            "may not log on"),
        new Refusal(
            "not activated",
            says(403, "This account is not activated."),
            Reason.AccountBlocked,
            "is not active"),
        new Refusal(
            "password",
            says(403, "You must change your password. Change it at: http://127.0.0.1/user"),
            Reason.AccountBlocked,
            "password"));
  }

  private static CannedAnswer says(int status, String message) {
    return CannedAnswer.json(
        status, "{\"message\":\"%s\",\"url\":\"http://127.0.0.1/api/swagger\"}".formatted(message));
  }

  @Test
  void refusesAnAccountThatMayNotLogOn() {
    CannedAnswer user = account("alice");
    refused(
        prove(user.body(user.body().replace("\"active\":true", "\"active\":false"))),
        Reason.AccountBlocked);
    refused(
        prove(user.body(user.body().replace("prohibit_login\":false", "prohibit_login\":true"))),
        Reason.AccountBlocked);
  }
}
