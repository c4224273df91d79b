package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.web.SentCookies;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionCookieTest {

  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final Instant NOW = Instant.parse("2026-12-01T08:00:00Z");
  private static final String NAME = "__Host-codesource-session-";

  private final SessionCookie sessions = at(KEY, NOW);

  private static SessionCookie at(String key, Instant now) {
    return new SessionCookie(key, InstantSource.fixed(now));
  }

  private static Visitor alice(int tokenLength) {
    return new Visitor(
        new BearerToken(
            ThreadLocalRandom.current()
                .ints(tokenLength, 'a', 'z' + 1)
                .mapToObj(Character::toString)
                .collect(Collectors.joining())),
        "alice",
        NOW.plus(Duration.ofHours(1)));
  }

  @Test
  void anotherReplicaWithTheSameKeyKnowsTheSession() {
    Visitor alice = alice(1_000);

    assertThat(at(KEY, NOW).visitor(SentHeaders.of().after(sessions.begin(alice)))).contains(alice);
    assertThat(
            at(KEY.replace('0', '1'), NOW).visitor(SentHeaders.of().after(sessions.begin(alice))))
        .isEmpty();
  }

  @Test
  void theLongestTokenAndNameFit() {
    Visitor alice =
        new Visitor(
            alice(BearerToken.MAX_LENGTH).token(), "é".repeat(250) + "…", NOW.plusSeconds(60));

    List<String> cookies = sessions.begin(alice);

    assertThat(cookies).allSatisfy(cookie -> assertThat(cookie).hasSizeLessThan(4_000));
    assertThat(sessions.visitor(SentHeaders.of().after(cookies))).contains(alice);
  }

  @Test
  void onlyThisHostOverTlsAndNoScriptHaveTheCookies() {
    assertThat(sessions.begin(alice(8_000)))
        .allSatisfy(
            cookie ->
                assertThat(cookie)
                    .startsWith("__Host-")
                    .contains("; Path=/;", "; Secure", "; HttpOnly", "; SameSite=Lax")
                    .doesNotContain("Domain"));
  }

  @Test
  void theTokenCannotBeReadInTheCookie() {
    Visitor visitor = new Visitor(new BearerToken("canary.canary"), "alice", NOW.plusSeconds(9));

    assertThat(String.join("", sessions.begin(visitor))).doesNotContain("canary", "Y2FuYXJ5");
    assertThat(sessions.begin(visitor)).isNotEqualTo(sessions.begin(visitor));
  }

  @Test
  void aCookieThatWasChangedIsNone() {
    SentHeaders sent = SentHeaders.of().after(sessions.begin(alice(5_000)));
    String first = sent.getCookies().get(NAME + 0).getValue();

    for (int at : new int[] {0, 10, 16, 100, first.length() - 1}) {
      char other = first.charAt(at) == 'A' ? 'B' : 'A';
      sent.cookie(NAME + 0, first.substring(0, at) + other + first.substring(at + 1));
      assertThat(sessions.visitor(sent)).isEmpty();
    }
    for (String garbage : new String[] {"", "A", "%%%", "AAAAAAAAAAAAAAAA", first + "A"}) {
      assertThat(sessions.visitor(sent.cookie(NAME + 0, garbage))).isEmpty();
    }
    assertThat(sessions.visitor(sent.cookie(NAME + 0, first))).isPresent();
  }

  @Test
  void partsOfTwoSessionsMakeNone() {
    SentHeaders alice = SentHeaders.of().after(sessions.begin(alice(5_000)));
    SentHeaders other = SentHeaders.of().after(sessions.begin(alice(5_000)));

    assertThat(
            sessions.visitor(
                SentHeaders.of()
                    .cookie(NAME + 0, alice.getCookies().get(NAME + 0).getValue())
                    .cookie(NAME + 1, other.getCookies().get(NAME + 1).getValue())))
        .isEmpty();
    assertThat(
            sessions.visitor(
                SentHeaders.of()
                    .cookie(NAME + 0, alice.getCookies().get(NAME + 1).getValue())
                    .cookie(NAME + 1, alice.getCookies().get(NAME + 0).getValue())))
        .isEmpty();
  }

  @Test
  void aShorterSessionLeavesNothingOfALongerOne() {
    SentHeaders sent = SentHeaders.of().after(sessions.begin(alice(10_000)));
    Visitor next = alice(100);

    sent.after(sessions.begin(next));

    assertThat(sessions.visitor(sent)).contains(next);
    assertThat(sent.after(sessions.end()).getCookies()).isEmpty();
  }

  @Test
  void aSessionThatIsOverIsNoneThoughTheBrowserStillSendsIt() {
    SentHeaders sent = SentHeaders.of().after(sessions.begin(alice(100)));

    assertThat(at(KEY, NOW.plus(Duration.ofHours(1)).minusSeconds(1)).visitor(sent)).isPresent();
    assertThat(at(KEY, NOW.plus(Duration.ofHours(1))).visitor(sent)).isEmpty();
  }

  @Test
  void whatWasSealedForSomethingElseIsNoSession() {
    SealedCookies other = new SealedCookies("oidc", KEY);
    SentHeaders sent = SentHeaders.of().after(other.keep(new byte[100], Duration.ofHours(1)));
    sent.cookie(NAME + 0, sent.getCookies().values().iterator().next().getValue());

    assertThat(new SealedCookies("session", KEY).read(SentCookies.of(sent))).isEmpty();
    assertThat(other.read(SentCookies.of(sent))).isPresent();
  }

  /** Which any host of the domain can set: such a name does not begin with {@code __Host-}. */
  @ParameterizedTest
  @ValueSource(strings = {"theme=dark,%s", ",%s", "$Version=1; $Path=/,%s", "\u000b%s", "\t,%s"})
  void aSessionWithinAnotherCookieIsNone(String cookies) {
    String session = sessions.begin(alice(100)).getFirst().split(";", 2)[0];

    assertThat(sessions.visitor(SentHeaders.of("Cookie", session))).isPresent();
    assertThat(sessions.visitor(SentHeaders.of("Cookie", cookies.formatted(session)))).isEmpty();
  }

  @Test
  void aKeyThatCanBeGuessedIsRefused() {
    assertThatThrownBy(() -> at("0123456789abcdef0123456789abcde", NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32 characters")
        .hasMessageNotContaining("0123");
  }
}
