package dev.codesource.web.console;

import static dev.codesource.web.console.RecordedApiServer.call;
import static dev.codesource.web.console.RecordedApiServer.clock;
import static dev.codesource.web.console.RecordedApiServer.form;
import static dev.codesource.web.console.RecordedApiServer.uri;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.OwnedName;
import dev.codesource.web.console.RecordedApiServer.Sent;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URLEncoder;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the buttons and forms of the pages send to the API server. */
@Timeout(60)
class ActionsTest {

  private static final String GROUP = "/apis/codesource.dev/v1alpha1/namespaces/team-a/";
  private static final String BINDING = GROUP + "codesourcebindings/gitlab";
  private static final String TRIGGER = GROUP + "codesourcetriggers/shop";
  private static final String SECRET = "/api/v1/namespaces/team-a/secrets/gitlab-token";

  private static final String MERGE = "application/merge-patch+json";

  private final RecordedApiServer apiServer =
      new RecordedApiServer().having(Sample.binding("")).having(Sample.trigger(""));
  private final Visits visits = apiServer.visits();
  private final PlatformGuide.All platforms = new PlatformGuide.All(List.of(Sample.GITLAB));
  private final BindingResource bindings = new BindingResource(visits, platforms, clock());
  private final TriggerResource triggers = new TriggerResource(visits, clock());

  @AfterEach
  void stop() {
    apiServer.close();
  }

  private Sent change() {
    assertThat(apiServer.changes()).hasSize(1);
    return apiServer.changes().getFirst();
  }

  private static void assertGoesTo(Response response, String path) {
    assertThat(response.getStatus()).isEqualTo(303);
    assertThat(response.getHeaderString("Location")).isEqualTo(path);
  }

  @Test
  void bindingStoresTheSecretAndTheBinding() {
    Response response =
        new BindResource(visits, platforms)
            .bind(
                form(
                    "platform",
                    "GitLab",
                    "name",
                    "mine",
                    "username",
                    "alice",
                    "with",
                    "Token",
                    "token",
                    "glpat"),
                call(""));

    assertGoesTo(response, "/ns/team-a/bindings/mine");
    assertThat(apiServer.changes()).hasSize(5);
  }

  @Test
  void anotherTokenIsStoredInTheSecretOfTheBindingOfWhichNothingIsRead() {
    assertGoesTo(
        bindings.replaceToken(form("token", " glpat-new "), call("gitlab")),
        "/ns/team-a/bindings/gitlab");

    Sent stored = apiServer.changes().getFirst();
    assertThat(stored.line()).isEqualTo("PATCH " + SECRET);
    assertThat(stored.type()).startsWith(MERGE);
    assertThat(stored.body().toString()).isEqualTo("{\"stringData\":{\"token\":\"glpat-new\"}}");
    assertThat(apiServer.sent()).noneMatch(sent -> sent.line().startsWith("GET " + SECRET));
  }

  @Test
  void afterAnotherTokenIsStoredTheOperatorIsAskedSoThatItsAnswerCanBeTold() {
    bindings.replaceToken(form("token", "glpat-new"), call("gitlab"));

    assertThat(apiServer.changes())
        .extracting(Sent::line)
        .containsExactly("PATCH " + SECRET, "PATCH " + BINDING);
    assertThat(apiServer.changes().getLast().body().at("/metadata/annotations").toString())
        .isEqualTo("{\"codesource.dev/requested-at\":\"2026-11-30T12:00:00Z\"}");
  }

  @Test
  void whoMayChangeTheSecretOnlyReplacesTheTokenAllTheSame() {
    apiServer.refusing("PATCH " + BINDING, 403);

    assertGoesTo(
        bindings.replaceToken(form("token", "glpat-new"), call("gitlab")),
        "/ns/team-a/bindings/gitlab");
  }

  @Test
  void theAccessIsChangedOnlyOfTheBindingThatTheFormShowed() {
    AccessResource access = new AccessResource(visits, platforms);

    assertNothingIsSent(
        () -> access.change(form("generation", "2", "token", "glpat"), call("gitlab")));
    assertGoesTo(
        access.change(form("generation", "3", "token", "glpat"), call("gitlab")),
        "/ns/team-a/bindings/gitlab");
    assertThat(apiServer.changes()).hasSize(5);
  }

  @Test
  void aChangeTestsTheGenerationThatTheFormShowed() {
    assertGoesTo(
        bindings.save(
            form("generation", "3", "url", "", "username", "bob", "interval", "1h"),
            call("gitlab")),
        "/ns/team-a/bindings/gitlab");

    assertThat(change().line()).isEqualTo("PATCH " + BINDING);
    assertThat(change().type()).startsWith("application/json-patch+json");
    assertThat(change().body().get(0).toString())
        .isEqualTo("{\"op\":\"test\",\"path\":\"/metadata/generation\",\"value\":3}");
  }

  @ParameterizedTest
  @CsvSource({"true,true", "false,false", "'',false"})
  void suspendingAndResumingReadNothing(String button, String suspend) {
    bindings.suspend(form("suspend", button), call("gitlab"));
    assertThat(change().line()).isEqualTo("PATCH " + BINDING);
    assertThat(change().body().toString())
        .isEqualTo("{\"spec\":{\"suspend\":%s}}".formatted(suspend));

    triggers.suspend(form("suspend", button), call("shop"));
    assertThat(apiServer.changes().getLast().line()).isEqualTo("PATCH " + TRIGGER);
    assertThat(apiServer.sent()).noneMatch(sent -> sent.method().equals("GET"));
  }

  @Test
  void checkingAsksByTheAnnotationOfEachKind() {
    bindings.check(call("gitlab"));
    triggers.check(call("shop"));

    assertThat(apiServer.changes())
        .allSatisfy(
            sent ->
                assertThat(sent.body().at("/metadata/annotations").toString())
                    .isEqualTo("{\"codesource.dev/requested-at\":\"2026-11-30T12:00:00Z\"}"));
    assertThat(apiServer.changes())
        .extracting(Sent::line)
        .containsExactly("PATCH " + BINDING, "PATCH " + TRIGGER);
  }

  /** The address of a button has no page. */
  @Test
  void whoLogsInAgainComesBackToThePageWithTheButton() {
    String page = "/ns/team-a/bindings/check";
    for (HttpHeaders headers :
        List.of(
            SentHeaders.of("Sec-Fetch-Site", "same-origin"),
            RecordedApiServer.headers("same-origin"))) {
      apiServer.refusing("PATCH " + GROUP + "codesourcebindings/check", 401);

      assertThat(
              bindings
                  .check(new Call("team-a", "check", headers, uri(page + "/check")))
                  .getHeaderString("Location"))
          .startsWith("/login?next=" + URLEncoder.encode(page, UTF_8));
      assertThat(
              bindings
                  .show(new Call("team-a", "check", SentHeaders.of(), uri(page)))
                  .getHeaderString("Location"))
          .isEqualTo("/login?next=" + URLEncoder.encode(page, UTF_8));
    }
  }

  @Test
  void unbindingDeletesThisBindingAndNoOtherOfItsName() {
    assertGoesTo(bindings.unbind(form(), call("gitlab")), "/ns/team-a");

    assertThat(change().line()).isEqualTo("DELETE " + BINDING);
    assertThat(change().body().at("/preconditions/uid").asText()).isEqualTo("u1");
  }

  @Test
  void aTriggerIsDeletedAndItsBindingIsShown() {
    assertGoesTo(triggers.delete(call("shop")), "/ns/team-a/bindings/gitlab");

    assertThat(change().line()).isEqualTo("DELETE " + TRIGGER);
    assertThat(change().body().at("/preconditions/uid").asText()).isEqualTo("u2");
  }

  @ParameterizedTest
  @CsvSource({
    "main,main,main@refs/heads/main",
    "main,refs/heads/main,main@refs/heads/main",
    "releases,v1.0,releases@refs/tags/v1.0"
  })
  void aShortNameIsThatOfWhatTheRuleIsFor(String rule, String ref, String asked) {
    assertGoesTo(
        triggers.build(form("rule", rule, "ref", ref), call("shop")), "/ns/team-a/triggers/shop");

    assertThat(change().body().at("/metadata/annotations/codesource.dev~1build").asText())
        .isEqualTo(asked + " 2026-11-30T12:00:00Z");
  }

  @Test
  void theSpecOfATriggerIsReplacedStrictly() {
    assertGoesTo(
        triggers.save(
            form(
                "generation",
                "1",
                "spec",
                "bindingRef: {name: gitlab}\n"
                    + "repository: group/other\n"
                    + "rules: [{name: main, branch: main}]"),
            call("shop")),
        "/ns/team-a/triggers/shop");

    assertThat(change().path()).contains("fieldValidation=Strict");
    assertThat(change().body().get(0).path("op").asText()).isEqualTo("test");
    assertThat(change().body().get(1).at("/value/repository").asText()).isEqualTo("group/other");
  }

  @Test
  void theFormOfATriggerChangesItsFieldsAlone() {
    TriggerEditResource edit = new TriggerEditResource(visits);
    assertNothingIsSent(
        () ->
            edit.save(
                form("generation", "2", "repository", "a/b", "pattern0", "main", "pattern1", "v.*"),
                call("shop")));

    assertGoesTo(
        edit.save(
            form("generation", "1", "repository", "a/b", "pattern0", "main", "pattern1", "v.*"),
            call("shop")),
        "/ns/team-a/triggers/shop");
    assertThat(change().line()).isEqualTo("PATCH " + TRIGGER);
    assertThat(change().body().get(1).toString())
        .isEqualTo("{\"op\":\"add\",\"path\":\"/spec/repository\",\"value\":\"a/b\"}");
  }

  @Test
  void aTriggerIsMadeForItsBinding() {
    assertGoesTo(
        new NewTriggerResource(visits)
            .make(
                form("name", "new", "repository", "group/shop", "pattern0", "main"),
                call("gitlab")),
        "/ns/team-a/triggers/new");

    assertThat(change().line()).isEqualTo("POST " + GROUP + "codesourcetriggers");
    assertThat(change().body().at("/spec/bindingRef/name").asText()).isEqualTo("gitlab");
  }

  @Test
  void whoMayNotSeeTheBindingMakesATriggerAllTheSame() {
    apiServer.refusing("GET " + BINDING, 403);

    assertGoesTo(
        new NewTriggerResource(visits)
            .make(
                form("name", "new", "repository", "group/shop", "pattern0", "main"),
                call("gitlab")),
        "/ns/team-a/triggers/new");
  }

  @Test
  void theTriggersOfANamespaceAreListedInParts() {
    assertThatThrownBy(() -> new TriggersResource(visits, clock()).triggers(call("")))
        .isInstanceOf(UnsatisfiedLinkError.class);

    assertThat(apiServer.sent())
        .extracting(Sent::line)
        .contains("GET " + GROUP + "codesourcetriggers?limit=500");
  }

  /** The Secret of a long name is called as the operator calls it. */
  @Test
  void theAnswerIsLookedForWhereTheOperatorStoresItAndNoMoreOftenThanItMay() {
    String name = "g".repeat(250);
    assertThatThrownBy(
            () ->
                new RepositoriesResource(visits, clock())
                    .show("shop 2026-11-30T12:00:00Z", 0, call(name)))
        .isInstanceOf(UnsatisfiedLinkError.class);

    assertThat(apiServer.sent())
        .anySatisfy(
            sent ->
                assertThat(sent.path())
                    .isEqualTo(
                        "/api/v1/namespaces/team-a/secrets/"
                            + OwnedName.of(name, CodeSourceBinding.REPOSITORIES_SUFFIX)));
    assertThat(RepositoriesResource.again("/r?request=a", -1_000))
        .isEqualTo("1; url=/r?request=a&look=1");
    assertThat(RepositoriesResource.again("/r?request=a", 7))
        .isEqualTo("1; url=/r?request=a&look=8");
  }

  @Test
  void repositoriesAreLookedForByAnAnnotation() {
    assertGoesTo(
        new RepositoriesResource(visits, clock()).find(form("words", " shop "), call("gitlab")),
        "/ns/team-a/bindings/gitlab/repositories?request=shop+2026-11-30T12%3A00%3A00Z");

    assertThat(
            change().body().at("/metadata/annotations/codesource.dev~1find-repositories").asText())
        .isEqualTo("shop 2026-11-30T12:00:00Z");
  }

  /** The page that says why is made by the application, which does not run here. */
  private void assertNothingIsSent(Callable<Response> action) {
    assertThatThrownBy(action::call).isInstanceOf(UnsatisfiedLinkError.class);
    assertThat(apiServer.changes()).isEmpty();
  }

  @Test
  void aFormOfAnotherGenerationChangesNothing() {
    assertNothingIsSent(
        () ->
            bindings.save(
                form("generation", "2", "username", "bob", "interval", "1h"), call("gitlab")));
    assertNothingIsSent(
        () ->
            triggers.save(
                form(
                    "generation",
                    "2",
                    "spec",
                    "bindingRef: {name: gitlab}\nrepository: a/b\nrules: [{name: a, branch: b}]"),
                call("shop")));
  }

  @Test
  void whatIsWrongIsNotSent() {
    assertNothingIsSent(() -> bindings.replaceToken(form("token", "a b"), call("gitlab")));
    assertNothingIsSent(
        () -> bindings.save(form("generation", "3", "username", ""), call("gitlab")));
    assertNothingIsSent(
        () -> triggers.save(form("generation", "1", "spec", "rules: 1"), call("shop")));
    assertNothingIsSent(
        () -> bindings.suspend(form("suspend", "a".repeat(16_385)), call("gitlab")));
  }

  @ParameterizedTest
  @CsvSource({
    "main,other",
    "main,refs/other/a",
    "releases,main",
    "releases,refs/heads/main",
    "unknown,main"
  })
  void whatARuleDoesNotMatchIsNotAskedFor(String rule, String ref) {
    assertNothingIsSent(() -> triggers.build(form("rule", rule, "ref", ref), call("shop")));
  }

  @Test
  void whatIsUsedIsNotUnboundWithoutItsName() {
    apiServer.having(Sample.binding(", publish: [Git]", ""));

    assertNothingIsSent(() -> bindings.unbind(form("confirm", "other"), call("gitlab")));
    assertGoesTo(bindings.unbind(form("confirm", "gitlab"), call("gitlab")), "/ns/team-a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "none"})
  void noFormOfAnotherSiteIsSent(String site) {
    Call binding = new Call("team-a", "gitlab", RecordedApiServer.headers(site), uri());
    Call trigger = new Call("team-a", "shop", RecordedApiServer.headers(site), uri());
    BindResource bind = new BindResource(visits, platforms);
    assertNothingIsSent(
        () ->
            bind.bind(
                form("platform", "GitLab", "name", "a", "username", "b", "with", "Code"), binding));
    assertNothingIsSent(() -> bindings.check(binding));
    assertNothingIsSent(() -> bindings.suspend(form("suspend", "true"), binding));
    assertNothingIsSent(() -> bindings.replaceToken(form("token", "a"), binding));
    assertNothingIsSent(() -> bindings.save(form("generation", "3", "username", "bob"), binding));
    assertNothingIsSent(
        () ->
            new AccessResource(visits, platforms)
                .change(form("generation", "3", "token", "a"), binding));
    assertNothingIsSent(() -> bindings.unbind(form(), binding));
    assertNothingIsSent(
        () ->
            new NewTriggerResource(visits)
                .make(form("name", "a", "repository", "a/b", "pattern0", "main"), binding));
    assertNothingIsSent(
        () -> new RepositoriesResource(visits, clock()).find(form("words", "shop"), binding));
    assertNothingIsSent(() -> triggers.check(trigger));
    assertNothingIsSent(() -> triggers.suspend(form("suspend", "true"), trigger));
    assertNothingIsSent(() -> triggers.build(form("rule", "main", "ref", "main"), trigger));
    assertNothingIsSent(() -> triggers.save(form("generation", "1", "spec", "a: b"), trigger));
    assertNothingIsSent(
        () ->
            new TriggerEditResource(visits)
                .save(form("generation", "1", "repository", "a/b"), trigger));
    assertNothingIsSent(() -> triggers.delete(trigger));
    assertThat(apiServer.sent()).isEmpty();
  }
}
