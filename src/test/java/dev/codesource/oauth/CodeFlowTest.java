package dev.codesource.oauth;

import static dev.codesource.http.ScriptedHostClient.json;
import static dev.codesource.http.ScriptedHostClient.unanswered;
import static dev.codesource.oauth.OAuthFixture.PAGES;
import static dev.codesource.oauth.OAuthFixture.REDIRECT_URI;
import static dev.codesource.oauth.OAuthFixture.REVOKE;
import static dev.codesource.oauth.OAuthFixture.SITE;
import static dev.codesource.oauth.OAuthFixture.TOKEN;
import static dev.codesource.oauth.OAuthFixture.TOKEN_INFO;
import static dev.codesource.oauth.OAuthFixture.answer;
import static dev.codesource.oauth.OAuthFixture.error;
import static dev.codesource.oauth.OAuthFixture.field;
import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.credential.CaConsent;
import dev.codesource.credential.OAuthClient;
import dev.codesource.credential.SecretData;
import dev.codesource.http.HostRequest;
import dev.codesource.oauth.CodeFlow.Begun;
import dev.codesource.oauth.CodeFlow.Callback;
import dev.codesource.oauth.CodeFlow.Ending;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodeFlowTest {

  private static final Ending STORED = new Ending.Stored(true);
  private static final Ending OVER = new Ending.Over();

  private final OAuthFixture fixture = new OAuthFixture();
  private final CodeFlow flow = new CodeFlow(fixture.tokens, fixture.store, PAGES, fixture.clock);
  private final AuthorizationContext authorization = fixture.gitLab();

  @BeforeEach
  void hostGivesTokens() {
    fixture.host.on(TOKEN, answer("1"));
  }

  private Begun begin() {
    return done(flow.begin(authorization));
  }

  private static Map<String, String> query(URI address) {
    return Arrays.stream(address.getRawQuery().split("&"))
        .map(parameter -> parameter.split("=", 2))
        .collect(
            Collectors.toMap(
                parameter -> parameter[0],
                parameter -> URLDecoder.decode(parameter[1], StandardCharsets.UTF_8)));
  }

  private static String state(Begun begun) {
    return query(begun.authorize()).get("state");
  }

  /** What the browser that began brings back when the person agreed. */
  private static Callback back(Begun begun) {
    return back(begun, Optional.of("code-1"), Optional.empty(), Optional.empty());
  }

  private static Callback back(
      Begun begun, Optional<String> code, Optional<String> error, Optional<String> issuer) {
    return at(REDIRECT_URI.getPath(), begun, code, error, issuer);
  }

  private static Callback at(
      String path,
      Begun begun,
      Optional<String> code,
      Optional<String> error,
      Optional<String> issuer) {
    return new Callback(
        path,
        Optional.of(state(begun)),
        code,
        error,
        issuer,
        cookie(begun.cookieName(), begun.cookie()));
  }

  private static Function<String, Optional<String>> cookie(String name, String value) {
    return asked -> Optional.of(value).filter(_ -> asked.equals(name));
  }

  private static Callback withCode(String state, Function<String, Optional<String>> cookies) {
    return new Callback(
        REDIRECT_URI.getPath(),
        Optional.of(state),
        Optional.of("code-1"),
        Optional.empty(),
        Optional.empty(),
        cookies);
  }

  private Ending finish(Callback callback) {
    return finish(callback, authorization);
  }

  private Ending finish(Callback callback, AuthorizationContext now) {
    return flow.finish(callback, authorization.binding(), _ -> Outcome.done(now));
  }

  private static void failed(Ending ending, Reason reason) {
    assertThat(ending)
        .isInstanceOfSatisfying(
            Ending.Failed.class, it -> assertThat(it.problem().reason()).isEqualTo(reason));
  }

  private void nothingIsExchanged() {
    assertThat(fixture.host.requests(TOKEN)).isEmpty();
    assertThat(fixture.secret()).isEmpty();
  }

  private void theFlowCanStillBeFinished(Begun begun) {
    assertThat(finish(back(begun))).isEqualTo(STORED);
  }

  // Begin.

  @Test
  void theBrowserIsSentToTheCodeHostWithWhatItNeeds() {
    Begun begun = begin();

    assertThat(begun.authorize().toString()).startsWith(SITE + "/oauth/authorize?");
    assertThat(query(begun.authorize()))
        .containsEntry("response_type", "code")
        .containsEntry("client_id", "client-1")
        .containsEntry("redirect_uri", REDIRECT_URI.toString())
        .containsEntry("scope", "api")
        .containsEntry("code_challenge_method", "S256")
        .containsKeys("state", "code_challenge");
    assertThat(begun.cookieName()).isEqualTo(CodeFlow.cookieName(state(begun)));
  }

  @Test
  void theCookieNamesTheBindingThatTheCallbackIsOf() {
    assertThat(CodeFlow.of(back(begin()))).hasValue(new CodeFlow.Of("team-a", "build"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "team-a", "team-a/build"})
  void aCookieOfAnotherFormNamesNoBinding(String value) {
    Begun begun = begin();

    assertThat(CodeFlow.of(withCode(state(begun), cookie(begun.cookieName(), value)))).isEmpty();
  }

  /** Whoever can read the Secret of the flow cannot finish it in the person's place. */
  @Test
  void stateAndCookieAreStoredAsDigestsOnly() {
    Begun begun = begin();
    String cookieSecret = begun.cookie().split("/", 3)[2];

    assertThat(fixture.flow("state")).hasValue(SecureTokens.digest(state(begun)));
    assertThat(fixture.flow("cookie")).hasValue(SecureTokens.digest(cookieSecret));
    var stored = fixture.store.named(OAuthFixture.FLOW_SECRET).orElseThrow();
    assertThat(stored.getData().keySet())
        .extracting(key -> SecretData.text(stored, key).orElseThrow())
        .doesNotContain(state(begun), cookieSecret);
  }

  @Test
  void theVerifierIsStoredAndOnlyItsDigestIsShown() {
    Begun begun = begin();
    String verifier = fixture.flow("verifier").orElseThrow();

    assertThat(query(begun.authorize()))
        .containsEntry("code_challenge", SecureTokens.digest(verifier));
    assertThat(begun.authorize().toString() + begun.cookie()).doesNotContain(verifier);
  }

  @Test
  void aPlatformWithoutPkceGetsNoChallenge() {
    Begun begun = done(flow.begin(fixture.of(Platform.Gitee, "alice")));

    assertThat(query(begun.authorize()))
        .doesNotContainKeys("code_challenge", "code_challenge_method");
    assertThat(fixture.flow("verifier")).isEmpty();
  }

  @Test
  void noFlowIsBegunOverTheSecretOfSomebodyElse() {
    fixture.store.putForeign("team-a", OAuthFixture.FLOW_SECRET, Flow.TYPE, Map.of("state", "x"));

    isRefused(flow.begin(authorization), Reason.TokenSecretNotOwned);
    assertThat(fixture.flow("state")).hasValue("x");
  }

  // Finish.

  @Test
  void theCodeIsExchangedAndTheAccessIsStored() {
    Begun begun = begin();
    String verifier = fixture.flow("verifier").orElseThrow();

    assertThat(finish(back(begun))).isEqualTo(STORED);

    HostRequest request = fixture.host.requests(TOKEN).getFirst();
    assertThat(field(request, "grant_type")).isEqualTo("authorization_code");
    assertThat(field(request, "code")).isEqualTo("code-1");
    assertThat(field(request, "redirect_uri")).isEqualTo(REDIRECT_URI.toString());
    assertThat(field(request, "code_verifier")).isEqualTo(verifier);
    assertThat(fixture.stored("token")).hasValue("access-1");
    assertThat(fixture.stored("redirect_uri")).hasValue(REDIRECT_URI.toString());
    assertThat(fixture.store.named(OAuthFixture.FLOW_SECRET)).isEmpty();
  }

  @Test
  void theFlowIsUsedUpBeforeTheCodeIs() {
    Begun begun = begin();
    fixture.host.on(
        TOKEN,
        _ -> {
          assertThat(fixture.store.named(OAuthFixture.FLOW_SECRET)).isEmpty();
          return answer("1");
        });

    assertThat(finish(back(begun))).isEqualTo(STORED);
  }

  @Test
  void accessThatTheHostCannotProveNowIsStored() {
    Begun begun = begin();
    fixture.host.on(TOKEN_INFO, unanswered(Reason.ConnectionRefused));

    assertThat(finish(back(begun))).isEqualTo(new Ending.Stored(false));
    assertThat(fixture.stored("token")).hasValue("access-1");
  }

  @Test
  void accessOfAnotherAccountIsGivenBack() {
    Begun begun = begin();
    fixture.answersForAccount("bob");

    failed(finish(back(begun)), Reason.UsernameMismatch);

    assertThat(fixture.secret()).isEmpty();
    assertThat(fixture.host.requests(REVOKE)).hasSize(2);
  }

  @Test
  void accessThatCannotBeStoredIsGivenBack() {
    Begun begun = begin();
    fixture.putForeignSecret();

    failed(finish(back(begun)), Reason.TokenSecretNotOwned);

    assertThat(fixture.stored("token")).hasValue("access-theirs");
    assertThat(fixture.host.requests(REVOKE)).hasSize(2);
  }

  @Test
  void aCodeThatTheHostRefusesIsTold() {
    Begun begun = begin();
    fixture.host.on(TOKEN, error("invalid_grant"));

    failed(finish(back(begun)), Reason.AuthorizationExpired);
  }

  @Test
  void anOutageEndsTheFlow() {
    Begun begun = begin();
    fixture.host.on(TOKEN, json(502, "{}"));

    failed(finish(back(begun)), Reason.ServerError);
  }

  // What is not let through.

  @Test
  void anotherStateFinishesNothing() {
    Begun begun = begin();
    String forged = "A" + state(begun).substring(1) + "A";

    assertThat(finish(withCode(forged, cookie(CodeFlow.cookieName(forged), begun.cookie()))))
        .isEqualTo(OVER);

    nothingIsExchanged();
    theFlowCanStillBeFinished(begun);
  }

  @Test
  void anotherCookieFinishesNothing() {
    Begun begun = begin();
    String forged = "team-a/build/" + SecureTokens.next();

    assertThat(finish(withCode(state(begun), cookie(begun.cookieName(), forged)))).isEqualTo(OVER);

    nothingIsExchanged();
    theFlowCanStillBeFinished(begun);
  }

  @Test
  void aBrowserWithoutTheCookieFinishesNothing() {
    Begun begun = begin();
    Callback elsewhere = withCode(state(begun), _ -> Optional.empty());

    assertThat(CodeFlow.of(elsewhere)).isEmpty();
    assertThat(finish(elsewhere)).isEqualTo(OVER);

    nothingIsExchanged();
    theFlowCanStillBeFinished(begun);
  }

  @Test
  void aCallbackWithoutAStateFinishesNothing() {
    Begun begun = begin();
    Callback stateless =
        new Callback(
            REDIRECT_URI.getPath(),
            Optional.empty(),
            Optional.of("code-1"),
            Optional.empty(),
            Optional.empty(),
            cookie(begun.cookieName(), begun.cookie()));

    assertThat(CodeFlow.of(stateless)).isEmpty();
    assertThat(finish(stateless)).isEqualTo(OVER);
    theFlowCanStillBeFinished(begun);
  }

  @Test
  void aFlowLastsTenMinutes() {
    Begun begun = begin();
    fixture.clock.advance(CodeFlow.TIME_LIMIT);

    assertThat(finish(back(begun))).isEqualTo(OVER);
    nothingIsExchanged();
  }

  @Test
  void aFlowCanBeFinishedUpToItsLastMoment() {
    Begun begun = begin();
    fixture.clock.advance(CodeFlow.TIME_LIMIT.minusMillis(1));

    theFlowCanStillBeFinished(begun);
  }

  @Test
  void aFlowIsGoodForOnce() {
    Begun begun = begin();
    assertThat(finish(back(begun))).isEqualTo(STORED);

    assertThat(finish(back(begun))).isEqualTo(OVER);
    assertThat(fixture.host.requests(TOKEN)).hasSize(1);
  }

  @Test
  void aFlowThatFailedIsUsedUpToo() {
    Begun begun = begin();
    fixture.host.on(TOKEN, error("invalid_grant"));
    failed(finish(back(begun)), Reason.AuthorizationExpired);

    assertThat(finish(back(begun))).isEqualTo(OVER);
    assertThat(fixture.host.requests(TOKEN)).hasSize(1);
  }

  /** The second comes between the first's read of the flow and its use. */
  @Test
  void ofTwoFinishesAtOnceOneExchangesTheCode() {
    Begun begun = begin();
    AtomicReference<Ending> second = new AtomicReference<>();
    fixture.store.beforeNextWrites(() -> second.set(finish(back(begun))));

    assertThat(finish(back(begun))).isEqualTo(OVER);

    assertThat(second).hasValue(STORED);
    assertThat(fixture.host.requests(TOKEN)).hasSize(1);
  }

  @Test
  void ofManyFinishesAtOnceOneExchangesTheCode() throws InterruptedException {
    Begun begun = begin();
    List<Callable<Ending>> finishes =
        IntStream.range(0, 16).<Callable<Ending>>mapToObj(_ -> () -> finish(back(begun))).toList();

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(threads.invokeAll(finishes).stream().map(each -> each.resultNow()))
          .containsOnly(STORED, OVER)
          .containsOnlyOnce(STORED);
    }
    assertThat(fixture.host.requests(TOKEN)).hasSize(1);
  }

  @Test
  void aFlowThatIsBegunAnewVoidsTheOneBefore() {
    Begun first = begin();
    Begun second = begin();

    assertThat(finish(back(first))).isEqualTo(OVER);
    nothingIsExchanged();
    theFlowCanStillBeFinished(second);
  }

  /**
   * The attacker's code host sends the browser on to the honest one, with the redirect URI that is
   * registered there: the code of the honest host comes to its own redirect URI, and must not be
   * sent to the attacker's, for which the flow was begun.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/callback/https/honest.example",
        "/callback/http/git.example.com",
        "/callback/https/git.example.com:8443",
        "/callback/https/git.example.com/git",
        "/callback/",
        "/callback"
      })
  void aCodeThatComesToTheRedirectUriOfAnotherSiteIsNotSent(String path) {
    Begun begun = begin();
    Callback mixedUp = at(path, begun, Optional.of("code-1"), Optional.empty(), Optional.empty());

    assertThat(finish(mixedUp)).isEqualTo(new Ending.OtherSite());
    nothingIsExchanged();
    assertThat(finish(back(begun))).isEqualTo(OVER);
  }

  @Test
  void anErrorThatComesToTheRedirectUriOfAnotherSiteIsNotBelieved() {
    Callback mixedUp =
        at(
            "/callback/https/honest.example",
            begin(),
            Optional.empty(),
            Optional.of("access_denied"),
            Optional.empty());

    assertThat(finish(mixedUp)).isEqualTo(new Ending.OtherSite());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://attacker.example",
        "https://git.example.com.attacker.example",
        "http://git.example.com"
      })
  void anotherIssuerIsAForgery(String issuer) {
    Begun begun = begin();

    assertThat(finish(back(begun, Optional.of("code-1"), Optional.empty(), Optional.of(issuer))))
        .isEqualTo(new Ending.Forged());
    nothingIsExchanged();
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://git.example.com", "https://git.example.com/realms/one"})
  void theIssuerThatWasAskedIsBelieved(String issuer) {
    Begun begun = begin();

    assertThat(finish(back(begun, Optional.of("code-1"), Optional.empty(), Optional.of(issuer))))
        .isEqualTo(STORED);
  }

  @ParameterizedTest
  @CsvSource({
    "access_denied, AuthorizationDenied",
    "unauthorized_client, OAuthClientRejected",
    "temporarily_unavailable, ServerError",
    "a word of the host's own, AuthorizationExpired"
  })
  void anErrorOfTheHostIsTold(String error, Reason reason) {
    Begun begun = begin();

    failed(
        finish(back(begun, Optional.of("code-1"), Optional.of(error), Optional.empty())), reason);
    nothingIsExchanged();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "line\nbreak", "ümlaut"})
  void aCodeThatCannotBeOneIsNotSent(String code) {
    Begun begun = begin();

    assertThat(finish(back(begun, Optional.of(code), Optional.empty(), Optional.empty())))
        .isEqualTo(new Ending.Forged());
    nothingIsExchanged();
  }

  @Test
  void aCodeThatIsTooLongOrMissingIsNotSent() {
    assertThat(
            finish(
                back(begin(), Optional.of("x".repeat(2049)), Optional.empty(), Optional.empty())))
        .isEqualTo(new Ending.Forged());
    assertThat(finish(back(begin(), Optional.empty(), Optional.empty(), Optional.empty())))
        .isEqualTo(new Ending.Forged());
    nothingIsExchanged();
  }

  // The binding changes meanwhile.

  @Test
  void aBindingThatNamesAnotherSiteNowHasNoFlow() {
    Begun begun = begin();
    SiteUrl elsewhere = done(SiteUrl.parse("https://git.attacker.example"));

    assertThat(finish(back(begun), with(elsewhere, authorization.client())))
        .isEqualTo(new Ending.Gone());
    nothingIsExchanged();
  }

  @Test
  void aBindingWithAnotherApplicationNowHasNoFlow() {
    Begun begun = begin();
    OAuthClient other = new OAuthClient("client-2", authorization.client().secret());

    assertThat(finish(back(begun), with(SITE, other))).isEqualTo(new Ending.Gone());
    nothingIsExchanged();
  }

  @Test
  void aBindingWithAnotherSecretOfThatApplicationNowHasNoFlow() {
    Begun begun = begin();
    OAuthClient other =
        new OAuthClient(
            authorization.client().id(),
            authorization.client().secret(),
            new CaConsent("Secret own-app", Optional.empty(), Optional.empty(), Optional.empty()));

    assertThat(finish(back(begun), with(SITE, other))).isEqualTo(new Ending.Gone());
    nothingIsExchanged();
  }

  @Test
  void aRedirectUriThatWasChangedMeanwhileEndsTheFlow() {
    Begun begun = begin();
    CodeFlow moved =
        new CodeFlow(
            fixture.tokens,
            fixture.store,
            PublicUrl.of(URI.create("https://other.example.com")),
            fixture.clock);

    assertThat(moved.finish(back(begun), authorization.binding(), _ -> Outcome.done(authorization)))
        .isEqualTo(new Ending.Gone());
    nothingIsExchanged();
  }

  @Test
  void aBindingThatWasMadeAnewHasNoFlow() {
    Begun begun = begin();
    AuthorizationContext anew = fixture.gitLab();
    anew.binding().getMetadata().setUid("another");

    assertThat(flow.finish(back(begun), anew.binding(), _ -> Outcome.done(anew))).isEqualTo(OVER);
    nothingIsExchanged();
  }

  @Test
  void aBindingThatCannotBeAuthorizedAnyMoreIsTold() {
    Begun begun = begin();

    failed(
        flow.finish(
            back(begun),
            authorization.binding(),
            _ -> Outcome.refused(Reason.OAuthNotOffered, "No.")),
        Reason.OAuthNotOffered);
    nothingIsExchanged();
  }

  private AuthorizationContext with(SiteUrl site, OAuthClient client) {
    return new AuthorizationContext(
        authorization.binding(), authorization.codeHost(), site, client, Optional.empty());
  }
}
