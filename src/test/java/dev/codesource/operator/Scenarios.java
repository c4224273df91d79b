package dev.codesource.operator;

import static dev.codesource.operator.Surroundings.NAME;
import static dev.codesource.operator.Surroundings.SECRET;
import static dev.codesource.operator.Surroundings.TOKEN;
import static dev.codesource.operator.Surroundings.gitLab;
import static dev.codesource.operator.Surroundings.spec;

import dev.codesource.credential.CaConsent;
import dev.codesource.operator.Scenario.Scene;
import dev.codesource.operator.Scenario.Setting;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.CertificateAuthority.Validity;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.RawServer;
import dev.codesource.testhost.ServerIdentity;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The ways in which a binding fails, in the order in which they are found out. */
final class Scenarios {

  private static final String COMMAND =
      "kubectl create secret generic %s --namespace %s --type=codesource.dev/token --from-literal=url=%s --from-literal=token=…";

  private Scenarios() {}

  static List<Scenario> all() {
    return Stream.of(address(), credential(), connection(), certificate(), answer(), access())
        .flatMap(part -> part)
        .toList();
  }

  private static Stream<Scenario> address() {
    return Stream.of(
        url(
            Reason.InvalidURL,
            "without a scheme",
            NAME,
            "The URL does not have the form http://host, https://host:port/path."),
        url(
            Reason.InvalidURL,
            "with a query",
            "https://" + NAME + "?next=1",
            "The URL has a query (a part that begins with ?)."),
        url(
            Reason.InvalidURL,
            "with a password",
            "https://alice:secret@" + NAME,
            "The URL has a user name or password in it (the part before @)."),
        url(
            Reason.InvalidURL,
            "of the API",
            "https://" + NAME + "/gitlab/api/v4",
            "The URL is the address of the site's API; the site itself is at https://"
                + NAME
                + "/gitlab."),
        url(
            Reason.PortNotAllowed,
            "http on a port below 1025",
            "http://" + NAME + ":81",
            "Port 81 is not allowed for http: http may use port 21, 70, 80, 210, 280, 443, 488, 591, 777 or 1025 to 65535, and https may use port 443 or 1025 to 65535."),
        url(
            Reason.PortNotAllowed,
            "https on another port",
            "https://" + NAME + ":80",
            "Port 80 is not allowed for https: http may use port 21, 70, 80, 210, 280, 443, 488, 591, 777 or 1025 to 65535, and https may use port 443 or 1025 to 65535."),
        url(
            Reason.HostNotAllowed,
            "cloud metadata, written out",
            "http://169.254.169.254",
            "The host 169.254.169.254 is an address in 169.254.169.254/32 (cloud metadata), which is refused unless the administrator allows that network or a part of it."),
        new Scenario(
            Reason.HostNotAllowed,
            "cloud metadata, behind a name",
            around -> {
              String url = "http://" + Surroundings.INSIDE;
              around.token(url);
              return new Scene(
                  gitLab(url),
                  "The host metadata.corp.example resolves to an address in 169.254.169.254/32 (cloud metadata), which is refused unless the administrator allows that network or a part of it.");
            }),
        url(
            Reason.HostNotAllowed,
            "denied by the administrator",
            "https://gitlab.evil.example",
            "The host gitlab.evil.example is denied by the administrator (*.evil.example)."),
        url(
            Reason.RepositoryURL,
            "the address to clone from",
            "https://" + NAME + "/group/project.git",
            "The path of the URL has a part that ends in .git, as the clone URL of a repository does."),
        url(
            Reason.RepositoryURL,
            "for git over SSH",
            "git@" + NAME + ":group/project.git",
            "The URL is an address for git over SSH, which names a repository."),
        url(
            Reason.RepositoryURL,
            "on a public site",
            "https://gitlab.com/group/project",
            "The URL has a path, and the site itself is at https://gitlab.com."),
        new Scenario(
            Reason.RepositoryURL,
            "a path that answers as a page does",
            around -> {
              String url =
                  around.answering(Answer.html(404, "<h1>404: Page not found</h1>")).url()
                      + "/group/project";
              return new Scene(
                  gitLab(url),
                  url
                      + " looks like the address of a repository or group: there is no GitLab API under it.");
            }));
  }

  private static Stream<Scenario> credential() {
    String site = "https://" + NAME;
    return Stream.of(
        new Scenario(
            Reason.SecretNotFound,
            "none of that name",
            around ->
                new Scene(
                    gitLab(site),
                    "There is no Secret gitlab-token in this namespace; this makes one: %s."
                        .formatted(command(around, site)))),
        new Scenario(
            Reason.SecretTypeNotAllowed,
            "Opaque",
            around -> {
              around.team().secret(SECRET, "Opaque", Map.of("url", site, "token", TOKEN));
              return new Scene(
                  gitLab(site),
                  "The Secret gitlab-token is not of type codesource.dev/token, so it was not read; this makes one that is: %s."
                      .formatted(command(around, site)));
            }),
        token(
            Reason.SecretKeyMissing,
            "no token",
            Map.of("url", site),
            "The Secret gitlab-token has no key token."),
        token(
            Reason.SecretKeyMissing,
            "no url",
            Map.of("token", TOKEN),
            "The Secret gitlab-token has no key url."),
        token(
            Reason.CredentialForOtherHost,
            "another host",
            Map.of("url", "https://gitlab.com", "token", TOKEN),
            "The Secret gitlab-token is for https://gitlab.com, and the binding is for https://gitlab.corp.example; nothing was sent."),
        token(
            Reason.CredentialForOtherHost,
            "another scheme",
            Map.of("url", "http://" + NAME, "token", TOKEN),
            "The Secret gitlab-token is for http://gitlab.corp.example, and the binding is for https://gitlab.corp.example; nothing was sent."),
        token(
            Reason.CredentialForOtherHost,
            "another site of the same host",
            Map.of("url", site + "/gitlab", "token", TOKEN),
            "The Secret gitlab-token is for https://gitlab.corp.example/gitlab, and the binding is for https://gitlab.corp.example; nothing was sent."),
        token(
            Reason.CredentialForOtherHost,
            "a url that is none",
            Map.of("url", NAME, "token", TOKEN),
            "The key url of the Secret gitlab-token is not the URL of a site; nothing was sent. The URL does not have the form http://host, https://host:port/path. If the credential may be sent to https://gitlab.corp.example, set the key to that."),
        new Scenario(
            Reason.SecretOfOtherBinding,
            "the Secret of a grant",
            around -> {
              String url = around.gitLab(Grant.of("alice", "api")).url();
              around
                  .team()
                  .token("code-oauth", url, TOKEN)
                  .bind("code", gitLab(url))
                  .keptFor("code-oauth", "code");
              return new Scene(
                  "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: code-oauth}"
                      .formatted(url),
                  "The operator keeps the Secret code-oauth for another binding; nothing was sent.");
            }),
        notAccepted("a CA of the binding's author alone", Optional.empty()),
        notAccepted(
            "another CA than the one that the Secret accepts",
            Optional.of(CertificateAuthority.root("Corp Root CA").pem())),
        token(
            Reason.CredentialMalformed,
            "quoted",
            Map.of("url", site, "token", '"' + TOKEN + '"'),
            "The key token of the Secret gitlab-token has quotes around it."),
        token(
            Reason.CredentialMalformed,
            "empty",
            Map.of("url", site, "token", "\n"),
            "The key token of the Secret gitlab-token is empty."),
        token(
            Reason.CredentialMalformed,
            "with a space",
            Map.of("url", site, "token", TOKEN + " "),
            "The key token of the Secret gitlab-token has white space in it."));
  }

  /** What makes the missing Secret. */
  private static String command(Surroundings around, String site) {
    return COMMAND.formatted(SECRET, around.team().namespace(), site);
  }

  /** A CA in a ConfigMap that the Secret does not accept. */
  private static Scenario notAccepted(String when, Optional<String> accepted) {
    return new Scenario(
        Reason.CaNotTrusted,
        when,
        around -> {
          CertificateAuthority authority = CertificateAuthority.root("Own CA");
          String url = around.https(Surroundings.of(authority));
          accepted.ifPresent(pem -> around.team().acceptCa(SECRET, pem));
          around.team().configMap("corp-ca", Map.of("ca.crt", authority.pem()));
          return new Scene(
              gitLab(url) + ", tls: {caConfigMapRef: {name: corp-ca}}",
              "The Secret gitlab-token does not accept the certificates of the ConfigMap corp-ca; nothing was sent. This makes it accept them: kubectl patch secret gitlab-token --namespace %s --type=merge -p '{\"stringData\":{\"ca_digest\":\"%s\"}}'."
                  .formatted(around.team().namespace(), CaConsent.digest(authority.pem())));
        });
  }

  private static Stream<Scenario> connection() {
    return Stream.of(
        new Scenario(
            Reason.HostNotFound,
            "a name that is in no DNS",
            around -> {
              String url = "http://nowhere.corp.example:8080";
              around.token(url);
              return new Scene(gitLab(url), "The name nowhere.corp.example has no address in DNS.");
            }),
        connecting(
            Reason.ConnectionRefused,
            "nothing listens",
            Surroundings::nothing,
            "%s refuses connections: nothing listens there."),
        connecting(
            Reason.ConnectionTimedOut,
            "the connection is never made",
            Surroundings::full,
            "%s did not answer completely in time."),
        connecting(
            Reason.ConnectionTimedOut,
            "the answer never comes",
            around -> around.raw(RawServer.silent()),
            "%s did not answer completely in time."),
        connecting(
            Reason.ConnectionTimedOut,
            "the answer drips",
            around ->
                around.raw(
                    connection -> {
                      connection.readRequest();
                      for (char each : "HTTP/1.1 200 OK\r\n".toCharArray()) {
                        connection.write(String.valueOf(each));
                        Thread.sleep(500);
                      }
                    }),
            "%s did not answer completely in time."),
        connecting(
            Reason.ConnectionFailed,
            "closed at once",
            around -> around.raw(connection -> connection.readRequest()),
            "The connection to %s broke before the answer was complete."),
        new Scenario(
            Reason.ConnectionFailed,
            "https to a port that speaks http",
            around -> {
              String url =
                  around
                      .raw(connection -> connection.write("HTTP/1.1 400 Bad Request\r\n\r\n"))
                      .replace("http:", "https:");
              around.token(url);
              return new Scene(
                  gitLab(url), endpoint(url) + " does not speak TLS, which https needs.");
            }));
  }

  private static Stream<Scenario> certificate() {
    return Stream.of(
        new Scenario(
            Reason.SelfSignedCertificate,
            "made by its own server",
            around -> {
              ServerIdentity identity = CertificateAuthority.selfSigned(NAME);
              String url = around.https(identity);
              return new Scene(
                  gitLab(url),
                  "The certificate of %s is self-signed (subject CN=gitlab.corp.example, issuer CN=gitlab.corp.example, %s, SHA-256 fingerprint %s)."
                      .formatted(
                          endpoint(url), dates(identity), fingerprint(identity.certificate())));
            }),
        new Scenario(
            Reason.UntrustedCertificate,
            "of a company's own authority",
            around -> {
              ServerIdentity identity =
                  Surroundings.of(
                      CertificateAuthority.root("Corp Root CA").intermediate("Corp TLS"));
              String url = around.https(identity);
              return new Scene(
                  gitLab(url),
                  "The certificate of %s has no chain to a trusted authority (subject CN=gitlab.corp.example, issuer CN=Corp TLS, %s; the host sends 2, the last signed by CN=Corp Root CA)."
                      .formatted(endpoint(url), dates(identity)));
            }),
        certificate(
            Reason.CertificateExpired,
            "out of date",
            NAME,
            Validity.past(),
            "The certificate of %s is expired (subject CN=gitlab.corp.example, issuer CN=Corp Root CA, %s)."),
        certificate(
            Reason.CertificateExpired,
            "not valid yet",
            NAME,
            Validity.future(),
            "The certificate of %s is not valid yet (subject CN=gitlab.corp.example, issuer CN=Corp Root CA, %s)."),
        certificate(
            Reason.CertificateHostMismatch,
            "for another name",
            "git.corp.example",
            Validity.now(),
            "The certificate of %s is for other names: git.corp.example (subject CN=git.corp.example, issuer CN=Corp Root CA, %s)."),
        ca(
            Reason.CaNotFound,
            "no ConfigMap",
            Map.of(),
            "There is no ConfigMap corp-ca in this namespace."),
        ca(
            Reason.CaNotFound,
            "another key",
            Map.of("tls.crt", "…"),
            "The ConfigMap corp-ca has no key ca.crt."),
        ca(
            Reason.CaNotFound,
            "no certificate",
            Map.of("ca.crt", "-----BEGIN PRIVATE KEY-----"),
            "The key ca.crt of the ConfigMap corp-ca has no certificate in PEM form, beginning with -----BEGIN CERTIFICATE-----."));
  }

  private static Stream<Scenario> answer() {
    return Stream.of(
        new Scenario(
            Reason.Redirected,
            "to a page to log on",
            around -> {
              String url =
                  around
                      .answering(
                          Answer.html(302, "")
                              .with("Location", "https://login.corp.example/sso?next=%2F"))
                      .url();
              return new Scene(gitLab(url), url + " redirects to https://login.corp.example/sso.");
            }),
        answering(
            Reason.NotThisPlatform,
            "a page",
            Answer.html(200, "<html><title>Welcome</title></html>"),
            "That address answers 200 with an HTML page where GitLab answers with JSON."),
        new Scenario(
            Reason.NotThisPlatform,
            "another platform",
            around ->
                new Scene(
                    gitLab(around.host(Dialect.gitHub(), Grant.of("alice", "repo")).url()),
                    "That address answers as GitHub does, and spec.platform is GitLab.")),
        answering(
            Reason.ServerError,
            "a gateway without a server behind it",
            Answer.html(502, "<h1>Bad gateway</h1>"),
            "GitLab answers with the server error 502."),
        answering(
            Reason.RateLimited,
            "429",
            Answer.text(429, "Retry later\n").with("Retry-After", "60"),
            "GitLab says that its rate limit is exceeded."));
  }

  private static Stream<Scenario> access() {
    return Stream.of(
        new Scenario(
            Reason.TokenRejected,
            "a token that the host does not know",
            around -> {
              LoopbackCodeHost host = around.gitLab(Grant.of("alice", "api"));
              host.revoke(TOKEN);
              return new Scene(
                  gitLab(host.url()), "GitLab answers 401 to the request for the token's account.");
            }),
        answering(
            Reason.TokenExpired,
            "said by the host",
            Answer.json(
                401,
                "{\"error\":\"invalid_token\",\"error_description\":\"Token is expired. You can either do re-authorization or token refresh.\"}"),
            "GitLab says that the token has expired."),
        new Scenario(
            Reason.TokenExpired,
            "told by its date",
            around -> {
              String url =
                  around
                      .host(Dialect.gitHub(), Grant.of("alice", "repo").expiring("2026-01-31"))
                      .url();
              return new Scene(
                  spec("GitHub", url, "alice"),
                  "The token of alice for %s expired at 2026-01-31T00:00:00Z.".formatted(url));
            }),
        answering(
            Reason.TokenRevoked,
            "said by the host",
            Answer.json(
                401,
                "{\"error\":\"invalid_token\",\"error_description\":\"Token was revoked. You have to re-authorize from the user.\"}"),
            "GitLab says that the token was revoked."),
        granted(
            Reason.InsufficientScope,
            "may read the user only",
            Grant.of("alice", "read_user"),
            "The token of alice has the scopes [read_user] and lacks [api]."),
        granted(
            Reason.InsufficientScope,
            "may not even read the user",
            Grant.of("alice", "read_repository"),
            "The token lacks the scope api; it has the scope read_repository."),
        new Scenario(
            Reason.InsufficientScope,
            "told by Gitea",
            around ->
                new Scene(
                    spec(
                        "Gitea",
                        around.host(Dialect.gitea(), Grant.of("alice", "read:repository")).url(),
                        "alice"),
                    "The token lacks the scopes read:user, write:repository; it has the scope read:repository.")),
        new Scenario(
            Reason.InsufficientScope,
            "told by Gitea in another answer than the account's",
            around ->
                new Scene(
                    spec(
                        "Gitea",
                        around
                            .host(
                                Dialect.gitea(), Grant.of("alice", "read:user", "read:repository"))
                            .url(),
                        "alice"),
                    "The token of alice has the scopes [read:repository, read:user] and lacks [write:repository].")),
        new Scenario(
            Reason.InsufficientScope,
            "told by Forgejo",
            around ->
                new Scene(
                    spec(
                        "Gitea",
                        around.host(Dialect.forgejo(), Grant.of("alice", "read:user")).url(),
                        "alice"),
                    "The token lacks the scope write:repository.")),
        new Scenario(
            Reason.UsernameMismatch,
            "somebody else's token",
            around -> {
              String url = around.gitLab(Grant.of("bob", "api")).url();
              return new Scene(
                  gitLab(url),
                  "The token is of the account bob on %s, and spec.username is alice."
                      .formatted(url));
            }),
        granted(
            Reason.AccountBlocked,
            "blocked by an administrator",
            Grant.of("alice", "api").inState("blocked"),
            "GitLab says that the account is blocked."));
  }

  /** What the address alone shows, whether or not there is a Secret. */
  private static Scenario url(Reason reason, String when, String url, String what) {
    return new Scenario(reason, when, around -> new Scene(gitLab(url), what));
  }

  private static Scenario token(Reason reason, String when, Map<String, String> data, String what) {
    return new Scenario(
        reason,
        when,
        around -> {
          around.team().secret(SECRET, "codesource.dev/token", data);
          return new Scene(gitLab("https://" + NAME), what);
        });
  }

  /** Where a site is opened. */
  @FunctionalInterface
  private interface Site {
    String in(Surroundings around);
  }

  private static Scenario connecting(Reason reason, String when, Site site, String what) {
    return new Scenario(
        reason,
        when,
        around -> {
          String url = site.in(around);
          return new Scene(gitLab(url), what.formatted(endpoint(url)));
        });
  }

  private static Scenario certificate(
      Reason reason, String when, String name, Validity validity, String what) {
    Setting setting =
        around -> {
          CertificateAuthority authority = CertificateAuthority.root("Corp Root CA");
          ServerIdentity identity = authority.issue(List.of(name), validity);
          String url = around.https(identity);
          around
              .team()
              .configMap("corp-ca", Map.of("ca.crt", authority.pem()))
              .acceptCa(SECRET, authority.pem());
          return new Scene(
              gitLab(url) + ", tls: {caConfigMapRef: {name: corp-ca}}",
              what.formatted(endpoint(url), dates(identity)));
        };
    return new Scenario(reason, when, setting);
  }

  private static Scenario ca(Reason reason, String when, Map<String, String> data, String what) {
    return new Scenario(
        reason,
        when,
        around -> {
          String url = around.https(Surroundings.of(CertificateAuthority.root("Corp Root CA")));
          if (!data.isEmpty()) {
            around.team().configMap("corp-ca", data);
          }
          return new Scene(gitLab(url) + ", tls: {caConfigMapRef: {name: corp-ca}}", what);
        });
  }

  private static Scenario answering(Reason reason, String when, Answer answer, String what) {
    return new Scenario(
        reason, when, around -> new Scene(gitLab(around.answering(answer).url()), what));
  }

  private static Scenario granted(Reason reason, String when, Grant grant, String what) {
    return new Scenario(
        reason, when, around -> new Scene(gitLab(around.gitLab(grant).url()), what));
  }

  /** Host and port of a log-on URL. */
  private static String endpoint(String url) {
    return url.replaceFirst("^https?://", "");
  }

  private static String dates(ServerIdentity identity) {
    X509Certificate certificate = identity.certificate();
    return "valid from %s to %s"
        .formatted(
            certificate.getNotBefore().toInstant().atZone(ZoneOffset.UTC).toLocalDate(),
            certificate.getNotAfter().toInstant().atZone(ZoneOffset.UTC).toLocalDate());
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      return HexFormat.ofDelimiter(":")
          .withUpperCase()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
