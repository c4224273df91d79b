package dev.codesource.codehost.bitbucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHostContract;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.codehost.TestClient;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Bitbucket Cloud; the answers are those of Atlassian's REST documentation. */
class BitbucketTest extends CodeHostContract {

  @Override
  protected Platform platform() {
    return Platform.Bitbucket;
  }

  /** The site stands for bitbucket.org, whatever its address is. */
  @Override
  protected CodeHost codeHost(SiteUrl site) {
    return new Bitbucket(CLOCK, site, new SiteUrl(site.origin(), site.path() + "/2.0"));
  }

  @Override
  protected String accountPath() {
    return "/2.0/user";
  }

  @Override
  protected String idJson() {
    return "\"{4d8c0f46-cd62-4b77-b0cf-faa3e4d932c6}\"";
  }

  @Override
  protected CannedAnswer accountAs(String nameJson, String idJson) {
    return CannedAnswer.json(
            200,
            "{\"username\":%s,\"uuid\":%s,\"account_id\":\"557058:1\",\"account_status\":\"active\",\"type\":\"user\"}"
                .formatted(nameJson, idJson))
        .with("X-OAuth-Scopes", "account, repository, webhook");
  }

  @Override
  protected Scopes scopes() {
    return known(Set.of("account", "repository", "webhook"), Set.of());
  }

  private static Scopes known(Set<String> granted, Set<String> missing) {
    return new Scopes.Known(new TreeSet<>(granted), new TreeSet<>(missing));
  }

  @Override
  protected Stream<Refusal> refusals() {
    return Stream.of(
        new Refusal(
            "unknown",
            CannedAnswer.text(401, "")
                .with("WWW-Authenticate", "Basic realm=\"Bitbucket.org HTTP\""),
            Reason.TokenRejected,
            "401"),
        new Refusal(
            "invalid",
            error(401, "Token is invalid, expired, or not supported for this endpoint.", ""),
            Reason.TokenRejected,
            "401"),
        new Refusal(
            "scope",
            error(
                403,
                "Your credentials lack one or more required privilege scopes.",
                ",\"detail\":{\"required\":[\"account\"],\"granted\":[\"repository\"]}"),
            Reason.InsufficientScope,
            "The token lacks the scopes account, webhook; it has the scope repository."),
        new Refusal(
            "scope of an API token",
            error(
                403,
                "Your credentials lack one or more required privilege scopes.",
                ",\"detail\":{\"required\":[\"read:user:bitbucket\"],\"granted\":[\"read:repository:bitbucket\",\"read:webhook:bitbucket\"]}"),
            Reason.InsufficientScope,
            "The token lacks the scopes read:user:bitbucket, write:webhook:bitbucket; it has"),
        new Refusal(
            "blocked",
            CannedAnswer.json(
                200, "{\"username\":\"alice\",\"uuid\":\"{1}\",\"account_status\":\"inactive\"}"),
            Reason.AccountBlocked,
            "is not active"));
  }

  private static CannedAnswer error(int status, String message, String detail) {
    return CannedAnswer.json(
        status, "{\"type\":\"error\",\"error\":{\"message\":\"%s\"%s}}".formatted(message, detail));
  }

  private Scopes scopesWith(String header) {
    return done(prove(account("alice").without("X-OAuth-Scopes").with("X-OAuth-Scopes", header)))
        .scopes();
  }

  @Test
  void knowsWhichScopesIncludeOthers() {
    assertThat(scopesWith("pullrequest:write, webhook"))
        .isEqualTo(known(Set.of("pullrequest:write", "webhook"), Set.of()));
    assertThat(scopesWith("repository:admin"))
        .isEqualTo(known(Set.of("repository:admin"), Set.of("repository", "webhook")));
  }

  @Test
  void knowsThatAnApiTokensScopesIncludeNoOthers() {
    assertThat(
            scopesWith("read:user:bitbucket, write:repository:bitbucket, write:webhook:bitbucket"))
        .isEqualTo(
            known(
                Set.of(
                    "read:user:bitbucket", "write:repository:bitbucket", "write:webhook:bitbucket"),
                Set.of("read:repository:bitbucket", "read:webhook:bitbucket")));
  }

  @Test
  void doesNotGuessScopesThatAreNotTold() {
    assertThat(done(prove(account("alice").without("X-OAuth-Scopes"))).scopes())
        .isEqualTo(new Scopes.Unknown());
  }

  @Test
  void sendsAnApiTokenWithTheEmailOfItsAccount() {
    Credential credential =
        new Credential(
            new Token(TOKEN), Optional.of("alice@example.com"), Credential.Source.PERSON, "");
    try (LoopbackHost host = host(account("alice"))) {
      done(codeHost(host.site("")).prove(host.site(""), credential, TestClient.open()));
      String basic =
          Base64.getEncoder()
              .encodeToString(("alice@example.com:" + TOKEN).getBytes(StandardCharsets.UTF_8));
      assertThat(host.seen().getFirst().header("Authorization")).hasValue("Basic " + basic);
    }
  }

  @Test
  void asksForTheEmailOfAnApiTokenThatCameWithoutOne() {
    assertThat(
            refused(
                    prove(
                        _ -> error(401, "Token is invalid", ""),
                        Credential.of("ATATT3xFfGF0canary")),
                    Reason.TokenRejected)
                .what())
        .contains("add the key email to the Secret");
  }

  @Test
  void knowsAnAccessTokenByItsIdentifierAndNotByANameThatAnybodyMayGiveIt() {
    CannedAnswer bot =
        CannedAnswer.json(
            200, "{\"display_name\":\"image builds\",\"uuid\":\"{1}\",\"type\":\"app_user\"}");
    assertThat(done(prove(bot)).account().username()).isEqualTo("{1}");
  }

  @Test
  void findsTheCloudAtAnAddressThatDoesNotTell() {
    try (LoopbackHost host =
        new LoopbackHost(
            request ->
                request.target().equals("/proxy/2.0/user")
                    ? account("alice")
                    : CannedAnswer.html(404, "Not found"))) {
      Proof proof =
          done(
              new Bitbucket(CLOCK)
                  .prove(host.site("/proxy"), Credential.of(TOKEN), TestClient.open()));
      assertThat(proof.account().username()).isEqualTo("alice");
      assertThat(host.seen())
          .extracting(Asked::target)
          .isEqualTo(List.of("/proxy/rest/api/1.0/application-properties", "/proxy/2.0/user"));
    }
  }
}
