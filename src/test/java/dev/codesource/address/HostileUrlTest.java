package dev.codesource.address;

import static dev.codesource.address.Judgement.refusal;
import static dev.codesource.reason.Reason.InvalidURL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses written to be read as one host here and as another one elsewhere. */
class HostileUrlTest {

  private static final Pattern HOST = Pattern.compile("[a-z0-9.-]{1,253}|[0-9a-f:.]{2,45}");
  private static final Pattern PATH = Pattern.compile("(/([A-Za-z0-9._~-]|%[89A-F][0-9A-F])+)*");

  /** The pieces that parsers have been known to disagree about, among harmless ones. */
  private static final List<String> PIECES =
      List.of(
          String.join(
                  "¦",
                  "http¦https¦HTTP¦ftp¦ssh¦git@¦://¦:¦/¦//¦\\¦@¦?¦#¦.¦..¦-¦_¦~¦*¦;¦,¦&¦=¦+¦!¦$¦'¦\"¦(¦<¦|¦^¦`¦{",
                  "%¦%2f¦%2e¦%40¦%00¦%25¦%C3%BC¦[¦]¦::¦[::1]¦[::ffff:7f00:1]¦[fe80::1%eth0]¦[2001:DB8:0:0::01]",
                  "0¦1¦80¦443¦65535¦65536¦0x7f¦0177¦127.0.0.1¦127.1¦2130706433¦10.0.0.1¦1.2.3",
                  "gitlab¦evil¦example¦GitLab.com¦gitlab.com¦a¦b.c¦group¦project¦.git¦/-/¦/tree/",
                  "xn--¦xn--bcher-kva¦ü¦ß¦İ¦\uD83D\uDE00¦\uD800¦\uDC00",
                  "\u3002¦\uFF0E¦\uFF61¦\u2024¦\uFF0F¦\uFF20¦\uFF1A¦\uFF11¦\u2460",
                  "\u200B¦\u200D¦\u00AD¦\u202E¦\uFEFF¦\t¦\n¦\r¦ ¦\u00A0¦\u0000¦\u007F")
              .split("¦", -1));

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://gitlab.com@evil.example",
        "https://gitlab.com\\@evil.example",
        "https://gitlab.com%40evil.example",
        "https://gitlab.com:443@evil.example",
        "https://gitlab.com:pass/word@evil.example",
        "https://gitlab.com:80#@evil.example/",
        "https://gitlab.com&@evil.example#@other.example/",
        "https://evil.example#@gitlab.com",
        "https://evil.example?@gitlab.com",
        "https://evil.example/@gitlab.com",
        "https://evil.example\\.gitlab.com",
        "https://evil.example;gitlab.com",
        "https://evil.example\u3002gitlab.com@x",
        "https://gitlab.com\t",
        "https://git\tlab.com",
        "https://git\nlab.com",
        "https://gitlab.com\r\nHost: evil.example",
        "\u0000https://gitlab.com",
        "https://gitlab.com\u0000.evil.example",
        "java\nscript://gitlab.com",
        "https://gitlab.com\u200B",
        "https://git\u00ADlab.com",
        "https://\u202Emoc.balтig",
        "https://gitlab\uD800.com",
        "https:///gitlab.com",
        "https:////gitlab.com",
        "https:\\/gitlab.com",
        "http:///x",
        "http://:80",
        "https://[::1%eth0]",
        "https://[::1]gitlab.com",
        "https://[::1].gitlab.com",
        "https://[gitlab.com]",
        "https://[0:0:0:0:0:ffff:127.0.0.1%251]",
        "https://127.0.0.1\uFF0Egitlab\u3002com@evil",
        "http://0x7f.0.0.1",
        "http://0300.0250.0.1",
        "http://3232235521",
        "view-source:https://gitlab.com",
        "https://https://gitlab.com",
        "https://gitlab.com/%2e%2e/admin",
        "https://gitlab.com/..;/admin",
        "https://gitlab.com/\\evil.example"
      })
  void isRefused(String text) {
    refusal(SiteUrl.parse(text), InvalidURL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://SECRET@gitlab.com/x",
        "https://SECRET:SECRET@gitlab.com",
        "https://a:SECRET/x@gitlab.com",
        "https://a:SECRET?x@gitlab.com",
        "https://a:SECRET#x@gitlab.com",
        "https://SECRET/.git@gitlab.com",
        "https://gitlab.com/SECRET@x/p.git",
        "http:SECRET@gitlab.com",
        "SECRET@gitlab.com:group/project.git",
        "ssh://SECRET@gitlab.com/group/project",
        "SECRET",
        "SECRET://gitlab.com",
        "https://a:80SECRET@gitlab.com",
        "https://[SECRET]@gitlab.com",
        "https://SECRETü@gitlab.com"
      })
  void isNotRepeatedInTheMessage(String text) {
    switch (SiteUrl.parse(text)) {
      case Outcome.Refused<SiteUrl>(var problem) ->
          assertThat(problem.message()).doesNotContainIgnoringCase("SECRET");
      case Outcome.Done<SiteUrl> done -> throw new AssertionError(done);
      case Outcome.Waiting<SiteUrl> waiting -> throw new AssertionError(waiting);
    }
  }

  @Test
  void piecesInAnyOrderAreRefusedOrReadAlikeByTheHttpClient() {
    RandomGenerator random = random(20260101);
    int accepted = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "" : "http://");
      int pieces = 1 + random.nextInt(7);
      for (int piece = 0; piece < pieces; piece++) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      accepted += judge(text.toString());
    }
    assertThat(accepted).as("the test must reach both verdicts").isBetween(1_000, 100_000);
  }

  @Test
  void anyCharactersAreRefusedOrReadAlikeByTheHttpClient() {
    RandomGenerator random = random(20260102);
    int accepted = 0;
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder("https://git");
      int end = text.length() + 1 + random.nextInt(6);
      while (text.length() < end) {
        int bound = List.of(0x80, 0x3100, 0x30000).get(random.nextInt(3));
        text.appendCodePoint(random.nextInt(bound));
      }
      accepted += judge(text + List.of(".example", "", "/").get(random.nextInt(3)));
    }
    assertThat(accepted).isBetween(1_000, 90_000);
  }

  @Test
  void aChangedCharacterIsRefusedOrReadAlikeByTheHttpClient() {
    List<String> good =
        List.of(
            "https://gitlab.com",
            "http://git.corp.example:8080/gitlab",
            "http://[2001:db8::1]:8080/a/b",
            "http://10.1.2.3:1025",
            "https://xn--bcher-kva.example/");
    int accepted = 0;
    for (String url : good) {
      for (int at = 0; at <= url.length(); at++) {
        for (char c = 0; c < 0x250; c++) {
          accepted += judge(url.substring(0, at) + c + url.substring(at));
          if (at < url.length()) {
            accepted += judge(url.substring(0, at) + c + url.substring(at + 1));
          }
        }
      }
    }
    assertThat(accepted).isGreaterThan(10_000);
  }

  @Test
  void whatIsPrintedReadsBackTheSame() {
    RandomGenerator random = random(20260103);
    for (int i = 0; i < 50_000; i++) {
      SiteUrl site = anySite(random);
      assertThat(Judgement.site(site.toString())).isEqualTo(site);
      readAlikeByTheHttpClient(site);
    }
  }

  /** 1 if accepted, after looking at what it became. */
  private static int judge(String text) {
    return switch (SiteUrl.parse(text)) {
      case Outcome.Done<SiteUrl>(var site) -> {
        assertThat(site.origin().host()).as(text).matches(HOST);
        assertThat(site.path()).as(text).matches(PATH).doesNotContain("/../", "/./");
        assertThat(Judgement.site(site.toString())).as(text).isEqualTo(site);
        readAlikeByTheHttpClient(site);
        yield 1;
      }
      case Outcome.Refused<SiteUrl>(Problem(_, var what, _)) -> {
        assertThat(what).as(text).matches("[A-Z].*[^.]\\.");
        yield 0;
      }
      case Outcome.Waiting<SiteUrl> waiting -> throw new AssertionError(waiting);
    };
  }

  private static void readAlikeByTheHttpClient(SiteUrl site) {
    URI uri = URI.create(site.toString());
    String host = site.origin().host();
    assertThat(uri.getHost())
        .as("%s", site)
        .isEqualTo(host.contains(":") ? "[" + host + "]" : host);
    int port = uri.getPort() < 0 ? site.origin().scheme().defaultPort() : uri.getPort();
    assertThat(port).as("%s", site).isEqualTo(site.origin().port());
    assertThat(uri.getScheme()).isEqualTo(site.origin().scheme().toString());
    assertThat(uri.getRawPath()).isEqualTo(site.path());
    assertThat(uri.getRawUserInfo()).isNull();
  }

  private static SiteUrl anySite(RandomGenerator random) {
    Origin.Scheme scheme = random.nextBoolean() ? Origin.Scheme.HTTP : Origin.Scheme.HTTPS;
    String host =
        switch (random.nextInt(4)) {
          case 0 -> ipv4(random);
          case 1 ->
              new IpAddress(
                      IpAddress.Family.IPV6,
                      sparse(random.nextLong(), random),
                      sparse(random.nextLong(), random))
                  .toString();
          default -> name(random);
        };
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      path.append("/p").append(word(random, "abzAZ019-._~", 5));
    }
    return new SiteUrl(new Origin(scheme, host, random.nextInt(65536)), path.toString());
  }

  private static String ipv4(RandomGenerator random) {
    List<String> octets = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      octets.add(Integer.toString(random.nextInt(256)));
    }
    return String.join(".", octets);
  }

  private static String name(RandomGenerator random) {
    List<String> labels = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      labels.add("0" + word(random, "abz019-", 4) + "0");
    }
    labels.add("e" + word(random, "abz019-", 4) + "x");
    return String.join(".", labels);
  }

  private static String word(RandomGenerator random, String letters, int maximum) {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(maximum + 1); i > 0; i--) {
      word.append(letters.charAt(random.nextInt(letters.length())));
    }
    return word.toString();
  }

  /** Zeroes some of the four groups, as real IPv6 addresses have them. */
  private static long sparse(long bits, RandomGenerator random) {
    long result = bits;
    for (int group = 0; group < 4; group++) {
      if (random.nextBoolean()) {
        result &= ~(0xFFFFL << (16 * group));
      }
    }
    return result;
  }
}
