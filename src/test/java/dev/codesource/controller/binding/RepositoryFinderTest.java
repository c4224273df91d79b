package dev.codesource.controller.binding;

import static dev.codesource.http.ScriptedHostClient.json;
import static dev.codesource.http.ScriptedHostClient.unanswered;
import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.TestBinding;
import dev.codesource.codehost.gitlab.GitLab;
import dev.codesource.credential.Credential;
import dev.codesource.credential.owned.InMemorySecretStore;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.credential.owned.SecretFields;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.RecordedEvents;
import dev.codesource.status.Finding;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepositoryFinderTest {

  private static final String LIST = "GET /api/v4/projects";
  private static final Finding PROVEN = new Finding.StillProven();

  private final AdjustableClock clock = new AdjustableClock();
  private final ScriptedHostClient host = new ScriptedHostClient();
  private final InMemorySecretStore store = new InMemorySecretStore(clock);
  private final RecordedEvents events = new RecordedEvents();
  private String username = "alice";
  private final HostLimiter limiter = new HostLimiter(8, clock, new Random(1));
  private final SiteUrl site = done(SiteUrl.parse("https://gitlab.example.com"));
  private final CodeSourceBinding binding =
      TestBinding.withSpec(
          """
          platform: GitLab
          url: https://gitlab.example.com
          username: alice
          tokenSecretRef: {name: token}
          """);
  private RepositoryFinder finder = finder();

  private RepositoryFinder finder() {
    return new RepositoryFinder(host, limiter, store, new ApiReads(), events.recorder(), clock);
  }

  @BeforeEach
  void theHostHasRepositories() {
    binding.getMetadata().setGeneration(1L);
    host.on(
        LIST,
        page ->
            json(
                200,
                page.uri().getQuery().endsWith("page=2")
                    ? "[]"
                    : "[{\"path_with_namespace\":\"team/shop\"},{\"path_with_namespace\":\"team/shop-web\"}]"));
  }

  private void looksFor(String words) {
    binding.getMetadata().setAnnotations(Map.of(CodeSourceBinding.FIND_REPOSITORIES, words));
  }

  private Optional<Instant> find(Finding finding) {
    Claim claim =
        new Claim(
            "team-a",
            new GitLab(clock),
            site,
            username,
            Credential.of("glpat-of-alice-0123456789"),
            Optional.empty());
    return finder.find(
        binding, VerificationResult.of(binding, Outcome.done(site), finding).withClaim(claim));
  }

  private Optional<String> answer(String key) {
    return store
        .find(
            binding.getMetadata().getNamespace(),
            RepositoryFinder.secretName(binding),
            RepositoryFinder.TYPE)
        .flatMap(secret -> SecretFields.read(secret, fields -> fields.text(key)))
        .flatMap(text -> text);
  }

  @Test
  void theAnswerIsASecretOfTheBinding() {
    looksFor("Shop");

    assertThat(find(PROVEN)).isEmpty();

    assertThat(answer(RepositoryFinder.REQUEST)).hasValue("Shop");
    assertThat(answer(RepositoryFinder.INCOMPLETE)).hasValue("false");
    assertThat(answer(RepositoryFinder.REPOSITORIES)).hasValue("team/shop\nteam/shop-web");
    assertThat(answer(RepositoryFinder.PROBLEM)).isEmpty();
  }

  @Test
  void aQuestionIsAskedOnce() {
    looksFor("shop");
    find(PROVEN);
    clock.advance(Duration.ofHours(1));
    find(PROVEN);
    finder = finder();
    find(PROVEN);

    assertThat(host.asked()).containsExactly(LIST, LIST);
  }

  @Test
  void betweenTwoQuestionsIsAPause() {
    looksFor("shop");
    find(PROVEN);
    looksFor("web");

    assertThat(find(PROVEN)).hasValue(clock.instant().plusSeconds(2));
    assertThat(host.asked()).hasSize(2);

    clock.advance(Duration.ofSeconds(2));
    find(PROVEN);

    assertThat(host.asked()).hasSize(4);
    assertThat(answer(RepositoryFinder.REPOSITORIES)).hasValue("team/shop-web");
  }

  @Test
  void nothingIsAskedWithoutAProofOrWithoutAQuestion() {
    assertThat(find(PROVEN)).isEmpty();
    looksFor("shop");
    assertThat(
            find(new Finding.NotProven(new Problem(Reason.TokenRejected, "It is refused."), false)))
        .isEmpty();

    assertThat(host.asked()).isEmpty();
  }

  @Test
  void whatIsNoPartOfAPathIsToldAndNotAskedFor() {
    looksFor("größe");
    find(PROVEN);

    assertThat(host.asked()).isEmpty();
    assertThat(answer(RepositoryFinder.PROBLEM).orElseThrow()).contains("a part of a path");
  }

  /** Else the repositories of another account would be taken for those of this one. */
  @Test
  void anotherAccountIsAskedAnew() {
    looksFor("shop");
    find(PROVEN);
    username = "bob";
    clock.advance(Duration.ofMinutes(1));
    find(PROVEN);
    finder = finder();
    username = "carol";
    find(PROVEN);

    assertThat(host.asked()).hasSize(6);
  }

  /** Whoever has followed the advice asks once more. */
  @Test
  void theSameWordsAreAskedAnewInAnotherRequest() {
    host.on(LIST, json(403, "{}"));
    looksFor("shop 1");
    find(PROVEN);
    assertThat(answer(RepositoryFinder.PROBLEM)).isPresent();
    theHostHasRepositories();
    clock.advance(Duration.ofMinutes(1));
    looksFor("shop 2");
    find(PROVEN);

    assertThat(answer(RepositoryFinder.REPOSITORIES)).hasValue("team/shop\nteam/shop-web");
  }

  @Test
  void aStoreThatRefusesIsTriedAgainAfterAPauseAndDisturbsNothing() {
    OwnedSecretStore refusing =
        (OwnedSecretStore)
            Proxy.newProxyInstance(
                OwnedSecretStore.class.getClassLoader(),
                new Class<?>[] {OwnedSecretStore.class},
                (_, _, _) -> {
                  throw new KubernetesClientException("exceeded quota", 403, null);
                });
    finder =
        new RepositoryFinder(host, limiter, refusing, new ApiReads(), events.recorder(), clock);
    looksFor("shop");

    for (int pause : new int[] {30, 60, 120, 240, 480, 960, 1920, 3600, 3600}) {
      assertThat(find(PROVEN)).hasValue(clock.instant().plusSeconds(pause));
      assertThat(find(PROVEN)).as("not asked").hasValue(clock.instant().plusSeconds(pause));
      clock.advance(Duration.ofSeconds(pause));
    }
  }

  @Test
  void aSecretOfAnotherTypeInTheWayIsTriedEverMoreSeldom() {
    done(
        store.create(
            binding, RepositoryFinder.secretName(binding), "Opaque", Map.of("request", "other")));
    looksFor("shop");

    for (int pause : new int[] {30, 60, 120}) {
      assertThat(find(PROVEN)).hasValue(clock.instant().plusSeconds(pause));
      assertThat(find(PROVEN)).as("not asked").hasValue(clock.instant().plusSeconds(pause));
      clock.advance(Duration.ofSeconds(pause));
    }
  }

  @Test
  void aRefusalIsTheAnswer() {
    host.on(LIST, json(403, "{}"));
    looksFor("shop");
    find(PROVEN);

    assertThat(answer(RepositoryFinder.PROBLEM).orElseThrow())
        .startsWith("GitLab answers 403 to the request for the repositories of the account.");
    assertThat(answer(RepositoryFinder.REPOSITORIES)).isEmpty();
  }

  @Test
  void anOutageIsWaitedFor() {
    host.on(LIST, unanswered(Reason.ConnectionRefused));
    looksFor("shop");

    assertThat(find(PROVEN)).isPresent();
    assertThat(answer(RepositoryFinder.REQUEST)).isEmpty();
  }

  @Test
  void aSecretOfSomebodyElseIsNotTouched() {
    CodeSourceBinding other =
        TestBinding.withSpec(
            """
            platform: GitLab
            username: bob
            tokenSecretRef: {name: token}
            """);
    other.getMetadata().setUid("other");
    done(
        store.create(
            other,
            RepositoryFinder.secretName(binding),
            RepositoryFinder.TYPE,
            Map.of("request", "other")));
    looksFor("shop");

    assertThat(find(PROVEN)).isEmpty();
    assertThat(answer(RepositoryFinder.REQUEST)).hasValue("other");
    assertThat(events.told()).singleElement().asString().contains("TokenSecretNotOwned");
  }
}
