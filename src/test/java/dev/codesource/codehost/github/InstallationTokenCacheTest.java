package dev.codesource.codehost.github;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.InstallationToken;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.http.AdjustableClock;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InstallationTokenCacheTest {

  private static final SiteUrl SITE = done(SiteUrl.parse("https://github.example.com"));
  private static final Duration LIFE = Duration.ofHours(1);

  private final AdjustableClock clock = new AdjustableClock();
  private final InstallationTokenCache cache = new InstallationTokenCache(50, clock);
  private final AtomicInteger made = new AtomicInteger();
  private Supplier<Outcome<InstallationToken>> making = () -> Outcome.done(token(LIFE));

  private InstallationToken token(Duration life) {
    return new InstallationToken(
        new GitLogin("x-access-token", new Token("ghs_%036d".formatted(made.incrementAndGet()))),
        clock.instant().plus(life));
  }

  /**
   * @param version of the Secret with the app's private key
   */
  private static Credential app(String version) {
    return new Credential(
        new Token("signed"), Optional.empty(), Credential.Source.APP, Optional.of("7"), version);
  }

  private <T> Outcome<T> with(
      String version, InstallationUse use, Function<GitLogin, Outcome<T>> work) {
    return cache.with(SITE, app(version), use, () -> making.get(), work);
  }

  private Outcome<String> use(String version, InstallationUse use) {
    return with(version, use, login -> Outcome.done(login.password().reveal()));
  }

  private Outcome<String> use() {
    return use("uid/1", InstallationUse.CODE);
  }

  private static String number(int number) {
    return "ghs_%036d".formatted(number);
  }

  @Test
  void aTokenIsMadeOnceAndUsedUntilShortlyBeforeItExpires() {
    assertThat(done(use())).isEqualTo(number(1));

    clock.advance(LIFE.minus(InstallationTokenCache.BEFORE_EXPIRY).minusSeconds(1));
    assertThat(done(use())).isEqualTo(number(1));

    clock.advance(Duration.ofSeconds(1));
    assertThat(done(use())).isEqualTo(number(2));
    assertThat(done(use())).isEqualTo(number(2));
  }

  /** A token for webhooks may do more than one to read code. */
  @Test
  void whatReadsCodeIsNotGivenTheTokenForWebhooks() {
    assertThat(done(use("uid/1", InstallationUse.WEBHOOKS))).isEqualTo(number(1));
    assertThat(done(use("uid/1", InstallationUse.CODE))).isEqualTo(number(2));
    assertThat(done(use("uid/1", InstallationUse.WEBHOOKS))).isEqualTo(number(1));
  }

  @Test
  void aTokenOfAnotherSecretOrSiteOrInstallationIsNotUsed() {
    use();

    assertThat(done(use("other/1", InstallationUse.CODE))).isEqualTo(number(2));
    SiteUrl site = done(SiteUrl.parse("https://github.example.com/other"));
    assertThat(done(use(site, app("uid/1")))).isEqualTo(number(3));
    Credential other =
        new Credential(
            new Token("signed"),
            Optional.empty(),
            Credential.Source.APP,
            Optional.of("8"),
            "uid/1");
    assertThat(done(use(SITE, other))).isEqualTo(number(4));
  }

  private Outcome<String> use(SiteUrl site, Credential credential) {
    return cache.with(
        site,
        credential,
        InstallationUse.CODE,
        () -> making.get(),
        login -> Outcome.done(login.password().reveal()));
  }

  @Test
  void ofManyWhoAskAtOnceOneMakesTheTokenAndAllUseIt() throws Exception {
    CountDownLatch all = new CountDownLatch(16);
    AtomicInteger atOnce = new AtomicInteger();
    making =
        () -> {
          assertThat(atOnce.incrementAndGet()).isOne();
          awaitUninterruptibly(all);
          return Outcome.done(token(LIFE));
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome<String>>> asked = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        asked.add(
            threads.submit(
                () -> {
                  all.countDown();
                  return use();
                }));
      }
      for (Future<Outcome<String>> each : asked) {
        assertThat(done(each.get())).isEqualTo(number(1));
      }
    }
    assertThat(made).hasValue(1);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A tenant could have GitHub asked in a loop. */
  @Test
  void whoChangesTheSecretInALoopCausesOneTokenInFiveSeconds() {
    use("uid/1", InstallationUse.CODE);

    for (int version = 2; version < 50; version++) {
      clock.advance(Duration.ofMillis(100));
      assertThat(waiting(use("uid/" + version, InstallationUse.CODE), Reason.Conflict).until())
          .hasValueSatisfying(until -> assertThat(until).isAfter(clock.instant()));
    }

    clock.advance(InstallationTokenCache.PAUSE);
    assertThat(done(use("uid/50", InstallationUse.CODE))).isEqualTo(number(2));
    assertThat(made).hasValue(2);
  }

  @Test
  void tokensThatExpireAtOnceAreMadeOnceInFiveSeconds() {
    making = () -> Outcome.done(token(Duration.ofSeconds(-1)));

    assertThat(done(use())).isEqualTo(number(1));
    for (int i = 0; i < 20; i++) {
      waiting(use(), Reason.Conflict);
    }
    clock.advance(InstallationTokenCache.PAUSE);
    assertThat(done(use())).isEqualTo(number(2));
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {
        "RepositoryNotFound",
        "RepositoryNotReadable",
        "WebhookNotPermitted",
        "CommitStatusForbidden"
      })
  void whatIsRefusedWithAnOldTokenIsTriedOnceMoreWithANewOne(Reason reason) {
    use();
    clock.advance(InstallationTokenCache.YOUNG);

    List<String> tried = new ArrayList<>();
    Outcome<String> outcome =
        with(
            "uid/1",
            InstallationUse.CODE,
            login -> {
              tried.add(login.password().reveal());
              return tried.size() == 1
                  ? Outcome.refused(reason, "It was revoked.")
                  : Outcome.done("seen");
            });

    assertThat(done(outcome)).isEqualTo("seen");
    assertThat(tried).containsExactly(number(1), number(2));
    assertThat(done(use())).isEqualTo(number(2));
  }

  @Test
  void whatIsRefusedWithANewTokenIsNotTriedAgain() {
    use();
    clock.advance(InstallationTokenCache.YOUNG.minusMillis(1));
    AtomicInteger tries = new AtomicInteger();

    isRefused(
        with(
            "uid/1",
            InstallationUse.CODE,
            _ -> {
              tries.incrementAndGet();
              return Outcome.refused(Reason.RepositoryNotFound, "It is not there.");
            }),
        Reason.RepositoryNotFound);

    assertThat(tries).hasValue(1);
    assertThat(made).hasValue(1);
  }

  /** Such as a limit of webhooks: another token would not change it. */
  @Test
  void whatIsNotOfTheTokenHasNoNewOneMade() {
    use();
    clock.advance(InstallationTokenCache.YOUNG);

    isRefused(
        with(
            "uid/1",
            InstallationUse.CODE,
            _ -> Outcome.refused(Reason.WebhookLimitReached, "It has as many as it may have.")),
        Reason.WebhookLimitReached);

    assertThat(made).hasValue(1);
  }

  @Test
  void anOutageLeavesATokenInUseThatHasNotExpired() {
    use();
    making = () -> Outcome.waiting(Reason.ServerError, "GitHub answers with the server error 502.");

    clock.advance(LIFE.minusSeconds(1));
    assertThat(done(use())).isEqualTo(number(1));

    clock.advance(Duration.ofSeconds(10));
    waiting(use(), Reason.ServerError);
  }

  @Test
  void whyThereIsNoTokenIsSaidAgainWithoutAskingWithinThePause() {
    AtomicInteger asked = new AtomicInteger();
    making =
        () -> {
          asked.incrementAndGet();
          return Outcome.refused(Reason.WebhookNotPermitted, "GitHub answers 422.");
        };

    for (int i = 0; i < 10; i++) {
      isRefused(use("uid/1", InstallationUse.WEBHOOKS), Reason.WebhookNotPermitted);
    }
    assertThat(asked).hasValue(1);

    clock.advance(InstallationTokenCache.PAUSE);
    making = () -> Outcome.done(token(LIFE));
    assertThat(done(use("uid/1", InstallationUse.WEBHOOKS))).isEqualTo(number(1));
  }

  @Test
  void theTokensThatWereUsedLastAreKept() {
    for (int i = 0; i < 500; i++) {
      use();
      use("uid%d/1".formatted(i), InstallationUse.CODE);
    }

    assertThat(cache.remembered()).isEqualTo(50);
    assertThat(done(use())).isEqualTo(number(1));
  }
}
