package dev.codesource.codehost.bitbucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHostContract;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Proof.Account;
import dev.codesource.codehost.Scopes;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Bitbucket Data Center, which names the user in a header; the answers are its documentation's. */
class BitbucketDataCenterTest extends CodeHostContract {
  private static final String PROPERTIES = "/rest/api/1.0/application-properties";
  private static final String WHO_AM_I = "/plugins/servlet/applinks/whoami";

  @Override
  protected Platform platform() {
    return Platform.Bitbucket;
  }

  @Override
  protected String accountPath() {
    return PROPERTIES;
  }

  @Override
  protected CannedAnswer accountAs(String nameJson, String idJson) {
    return properties().with("X-AUSERNAME", nameJson.replace("\"", ""));
  }

  private static CannedAnswer properties() {
    return CannedAnswer.json(
            200,
            "{\"version\":\"9.4.0\",\"buildNumber\":\"9004000\",\"displayName\":\"Bitbucket\"}")
        .with("X-AREQUESTID", "@1XJ8A9Lx720x43x0");
  }

  /** The header may be any text; what there can be wrong is the answer that carries it. */
  @Override
  protected Stream<CannedAnswer> misshapenAccounts() {
    return Stream.of(
        account("alice").body("[]"),
        account("alice").body("true"),
        account("alice").without("Content-Type").with("Content-Type", "text/plain"));
  }

  @Override
  protected CannedAnswer besides(Asked request) {
    String users = "/rest/api/1.0/users/";
    return request.target().startsWith(users)
        ? user(request.target().substring(users.length()), idJson())
        : CannedAnswer.json(404, "{\"errors\":[]}");
  }

  private static CannedAnswer user(String name, String idJson) {
    return CannedAnswer.json(
        200,
        "{\"name\":\"%s\",\"id\":%s,\"active\":true,\"type\":\"NORMAL\"}".formatted(name, idJson));
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
            CannedAnswer.json(
                401,
                "{\"errors\":[{\"message\":\"Authentication failed.\",\"exceptionName\":\"com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException\"}]}"),
            Reason.TokenRejected,
            "401"),
        new Refusal("without a word", CannedAnswer.of(401), Reason.TokenRejected, "401"),
        new Refusal("not logged on", properties(), Reason.TokenRejected, "without a login"),
        new Refusal(
            "anonymous",
            properties().with("X-AUSERNAME", "anonymous"),
            Reason.TokenRejected,
            "without a login"));
  }

  private Outcome<Proof> proveUser(String header, CannedAnswer user) {
    return prove(
        request ->
            request.target().equals(PROPERTIES)
                ? properties().with("X-AUSERNAME", header)
                : request.target().equals(WHO_AM_I) ? CannedAnswer.text(200, "") : user,
        Credential.of(TOKEN));
  }

  /** The name is told in two places that may differ in case: the user's own record has it right. */
  @Override
  @Test
  protected void keepsTheCaseOfAName() {
    assertThat(done(proveUser("alice", user("Alice", "7"))).account())
        .isEqualTo(new Account("Alice", "7"));
  }

  @Test
  void refusesAnInactiveUser() {
    CannedAnswer user = user("alice", "7");
    refused(
        proveUser("alice", user.body(user.body().replace("\"active\":true", "\"active\":false"))),
        Reason.AccountBlocked);
  }

  @Test
  void goesByTheHeaderWhereTheUserCannotBeLookedUp() {
    for (CannedAnswer unhelpful :
        List.of(
            CannedAnswer.json(404, "{\"errors\":[]}"),
            CannedAnswer.json(403, "{\"errors\":[]}"),
            user("bob", "8"),
            CannedAnswer.html(200, "Log in"))) {
      assertThat(done(proveUser("alice", unhelpful)).account())
          .isEqualTo(new Account("alice", "alice"));
    }
  }

  @Test
  void readsANameThatIsPercentEncoded() {
    assertThat(
            done(proveUser("ren%C3%A9%40example.com", CannedAnswer.json(404, "{}")))
                .account()
                .username())
        .isEqualTo("rené@example.com");
  }

  @Test
  void asksTheServletWhereTheHeaderIsMissing() {
    assertThat(done(whoAmI(CannedAnswer.text(200, "alice\n"))).account())
        .isEqualTo(new Account("alice", "alice"));
    for (CannedAnswer nobody :
        List.of(
            CannedAnswer.text(200, ""),
            CannedAnswer.html(200, "alice"),
            CannedAnswer.text(200, "{\"a\":1}"),
            CannedAnswer.text(200, "Please log in"),
            CannedAnswer.text(404, "alice"))) {
      refused(whoAmI(nobody), Reason.TokenRejected);
    }
  }

  private Outcome<Proof> whoAmI(CannedAnswer answer) {
    return prove(
        request -> request.target().equals(WHO_AM_I) ? answer : properties(), Credential.of(TOKEN));
  }
}
