package dev.codesource.oauth;

import static dev.codesource.reason.Outcomes.done;

import dev.codesource.address.HostPolicy;
import dev.codesource.address.PortPolicy;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.api.TestBinding;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.OAuthClient;
import dev.codesource.credential.Token;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostResponse;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.verification.Verifier;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A binding by OAuth, and all that takes part in it. */
final class OAuthFixture {

  static final Duration LONGEST_REQUEST = Duration.ofSeconds(30);

  /** Of the access tokens here. */
  static final Duration LIFE = Duration.ofHours(2);

  static final PublicUrl PAGES = PublicUrl.of(URI.create("https://codesource.example.com"));
  static final SiteUrl SITE = done(SiteUrl.parse("https://git.example.com"));
  static final URI REDIRECT_URI = PAGES.callback(SITE);
  static final String SECRET = "build-oauth";
  static final String FLOW_SECRET = "build-oauth-flow";

  /** The token endpoint of GitLab and Gitee. */
  static final String TOKEN = "POST /oauth/token";

  static final String REVOKE = "POST /oauth/revoke";

  /** By which GitLab tells whose token it is. */
  static final String TOKEN_INFO = "GET /oauth/token/info";

  static final String USER = "GET /api/v4/user";

  final AdjustableClock clock = new AdjustableClock();
  final ScriptedHostClient host = new ScriptedHostClient();
  final DisturbedSecretStore store = new DisturbedSecretStore(clock);
  final Grants grants;
  final Tokens tokens;

  /** Tokens may be renewed at once. */
  OAuthFixture() {
    this(Duration.ZERO);
  }

  OAuthFixture(Duration minimumAge) {
    grants = new Grants(store, LONGEST_REQUEST, minimumAge, clock);
    HostLimiter limiter = new HostLimiter(4, clock, new Random(1));
    Verifier verifier = new Verifier(PortPolicy.DEFAULT, HostPolicy.DEFAULT, host, limiter, clock);
    tokens = new Tokens(host, limiter, verifier, grants, clock);
    host.on(TOKEN_INFO, ScriptedHostClient.json(200, "{\"scope\":[\"api\"]}"));
    host.on(REVOKE, ScriptedHostClient.json(200, "{}"));
    answersForAccount("alice");
  }

  /** Whose every access token is from now on. */
  void answersForAccount(String name) {
    host.on(
        USER,
        ScriptedHostClient.json(
            200, "{\"id\":42,\"username\":\"%s\",\"state\":\"active\"}".formatted(name)));
  }

  AuthorizationContext gitLab() {
    return of(Platform.GitLab, "alice");
  }

  AuthorizationContext of(Platform platform, String username) {
    return bound(platform, username, "AuthorizationCode");
  }

  AuthorizationContext byDevice() {
    return bound(Platform.GitLab, "alice", "Device");
  }

  private AuthorizationContext bound(Platform platform, String username, String flow) {
    var binding =
        TestBinding.withSpec(
            """
            platform: %s
            url: %s
            username: %s
            oauth:
              flow: %s
            """
                .formatted(platform, SITE, username, flow));
    return new AuthorizationContext(
        binding,
        SupportedCodeHosts.all(clock).of(platform),
        SITE,
        new OAuthClient("client-1", new Token("client-secret")),
        Optional.empty());
  }

  TokenGrant tokens(String name) {
    return new TokenGrant(
        new Token("access-" + name),
        Optional.of(new Token("refresh-" + name)),
        Optional.of(clock.instant().plus(LIFE)),
        Optional.of(new TreeSet<>(Set.of("api"))));
  }

  /** The answer of a token endpoint that gives {@link #tokens}. */
  static Outcome<HostResponse> answer(String name) {
    return ScriptedHostClient.json(
        200,
        """
        {"access_token":"access-%s","token_type":"Bearer","refresh_token":"refresh-%s",\
        "expires_in":%d,"scope":"api"}"""
            .formatted(name, name, LIFE.toSeconds()));
  }

  static Outcome<HostResponse> error(String code) {
    return ScriptedHostClient.json(400, "{\"error\":\"%s\"}".formatted(code));
  }

  /** Stores what a person granted. */
  StoredGrant grant(AuthorizationContext authorization, String name) {
    return done(
        grants.store(
            authorization.binding(),
            SITE,
            tokens(name),
            authorization.client().source(),
            authorization.username(),
            Optional.of(REDIRECT_URI.toString())));
  }

  /** Has somebody else's Secret stand in the place of the grant's. */
  void putForeignSecret() {
    store.putForeign(
        "team-a",
        SECRET,
        CredentialSecret.TYPE,
        Map.of("url", SITE.toString(), "token", "access-theirs"));
  }

  Optional<Secret> secret() {
    return store.named(SECRET);
  }

  /** A value of the grant's Secret. */
  Optional<String> stored(String key) {
    return store.value(SECRET, key);
  }

  /** A value of the flow's Secret. */
  Optional<String> flow(String key) {
    return store.value(FLOW_SECRET, key);
  }

  /** The values of a Secret, with some changed, as somebody who may write it could have them. */
  static Map<String, String> changed(Secret secret, Map<String, String> changes) {
    Map<String, String> values = new TreeMap<>();
    secret
        .getData()
        .forEach(
            (name, data) ->
                values.put(
                    name, new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8)));
    values.putAll(changes);
    return values;
  }

  /** A field of the form that a request carries. */
  static String field(HostRequest request, String name) {
    return request
        .body()
        .map(HostRequest.Body.Form.class::cast)
        .orElseThrow()
        .fields()
        .getOrDefault(name, "");
  }
}
