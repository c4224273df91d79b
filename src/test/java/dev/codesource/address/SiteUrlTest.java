package dev.codesource.address;

import static dev.codesource.address.Judgement.done;
import static dev.codesource.address.Judgement.refusal;
import static dev.codesource.address.Judgement.site;
import static dev.codesource.reason.Reason.InvalidURL;
import static dev.codesource.reason.Reason.RepositoryURL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.Origin.Scheme;
import dev.codesource.reason.Outcomes;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteUrlTest {

  private static final Set<String> PUBLIC = Set.of("gitlab.com", "github.com");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://gitlab.com                          | https://gitlab.com
          HTTPS://GitLab.COM/                         | https://gitlab.com
          https://gitlab.com///                       | https://gitlab.com
          https://gitlab.com.                         | https://gitlab.com
          https://gitlab.com:443                      | https://gitlab.com
          https://gitlab.com:                         | https://gitlab.com
          http://gitlab.com:443                       | http://gitlab.com:443
          https://gitlab.com:80                       | https://gitlab.com:80
          http://git.corp.example:8080/               | http://git.corp.example:8080
          http://git.corp.example:0080                | http://git.corp.example
          http://git.corp.example:0                   | http://git.corp.example:0
          http://git.corp.example:65535               | http://git.corp.example:65535
          https://git.corp.example/gitlab/            | https://git.corp.example/gitlab
          https://git.corp.example/Tools/Git.Lab_1~x/ | https://git.corp.example/Tools/Git.Lab_1~x
          https://git.corp.example/stra%c3%9fe        | https://git.corp.example/stra%C3%9Fe
          https://git.corp.example/...                | https://git.corp.example/...
          http://gitlab                               | http://gitlab
          http://1password.example                    | http://1password.example
          http://1.2.3.example                        | http://1.2.3.example
          http://10.1.2.3:8080/gitlab                 | http://10.1.2.3:8080/gitlab
          http://10.1.2.3./                           | http://10.1.2.3
          http://[2001:DB8:0:0:1:0:0:1]:8080          | http://[2001:db8::1:0:0:1]:8080
          http://[::ffff:a01:203]                     | http://[::ffff:10.1.2.3]
          http://[fd00::10.1.2.3]/                    | http://[fd00::a01:203]
          https://bücher.example                      | https://xn--bcher-kva.example
          https://BÜCHER.example                      | https://xn--bcher-kva.example
          https://git.例え.テスト                        | https://git.xn--r8jz45g.xn--zckzah
          https://git。corp．example｡                   | https://git.corp.example
          https://ｇｉｔｌａｂ.com                        | https://gitlab.com
          https://xn--BCHER-kva.example               | https://xn--bcher-kva.example
          """)
  void readsIntoNormalForm(String text, String normal) {
    assertThat(site(text)).hasToString(normal);
    assertThat(site(normal)).isEqualTo(site(text));
  }

  @Test
  void fillsInItsParts() {
    assertThat(site("http://[::1]:8080/gitlab/"))
        .isEqualTo(new SiteUrl(new Origin(Scheme.HTTP, "::1", 8080), "/gitlab"));
    assertThat(site("https://gitlab.com"))
        .isEqualTo(new SiteUrl(new Origin(Scheme.HTTPS, "gitlab.com", 443), ""));
  }

  @Test
  void resolvesBelowThePathOfTheSite() {
    assertThat(site("https://git.example/gitlab").resolve("/api/v4/user?a=b"))
        .hasToString("https://git.example/gitlab/api/v4/user?a=b");
    assertThat(site("http://[::1]:8080/").resolve("/api/v4/user"))
        .hasToString("http://[::1]:8080/api/v4/user");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          |The URL is empty.
          gitlab.com|The URL does not have the form
          https:gitlab.com|The URL does not have the form
          https:/gitlab.com|The URL does not have the form
          //gitlab.com|The URL does not have the form
          https:\\\\gitlab.com|The URL does not have the form
          https://gitlab.com\\x|The URL does not have the form
          ftp://gitlab.com|The URL begins with neither
          file:///etc/passwd|The URL begins with neither
          httpss://gitlab.com|The URL begins with neither
           https://gitlab.com|The URL contains white space
          https://gitlab.com |The URL contains white space
          https://git lab.com|The URL contains white space
          https://|The URL has no host
          http:///x|The URL has no host
          http://:80|The URL has no host
          http://./|The URL has no host
          https://?x|The URL has no host
          https://alice@gitlab.com|The URL has a user name or password
          https://alice:pw@gitlab.com|The URL has a user name or password
          https://@gitlab.com|The URL has a user name or password
          https://gitlab.com?x=y|The URL has a query
          https://gitlab.com/?|The URL has a query
          https://gitlab.com/#top|The URL has a fragment
          https://gitlab.com#|The URL has a fragment
          https://gitlab.com:x|The port is not
          https://gitlab.com:-1|The port is not
          https://gitlab.com:+80|The port is not
          https://gitlab.com:65536|The port is not
          https://gitlab.com:4294967376|The port is not
          https://gitlab.com:８０|The port is not
          https://gitlab.com:80:80|The URL has more than one port
          http://fd00::1|The URL has more than one port
          http://[::1|The square brackets
          http://::1]|The URL has more than one port
          http://::1|The URL has more than one port
          http://[::1]x|The square brackets
          http://x[::1]|The square brackets
          http://[]|The square brackets
          http://[1.2.3.4]|The square brackets
          http://[v1.fe80]|The square brackets
          http://[::g]|The square brackets
          http://[1::2::3]|The square brackets
          http://[1:2:3:4:5:6:7]|The square brackets
          http://[1:2:3:4:5:6:7:8::]|The square brackets
          http://[::1.2.3]|The square brackets
          http://[::01.2.3.4]|The square brackets
          http://[1.2.3.4::]|The square brackets
          http://[:::]|The square brackets
          http://[00001::]|The square brackets
          http://[fe80::1%eth0]|The IPv6 address has a zone
          http://[fe80::1%25eth0]|The IPv6 address has a zone
          https://git%6cab.com|The host has a percent sign
          https://gitlab%2ecom|The host has a percent sign
          https://gitlab..com|The host is not a name
          https://gitlab.com..|The host is not a name
          https://.gitlab.com|The host is not a name
          https://-git.example|The host is not a name
          https://git-.example|The host is not a name
          https://git_lab.example|The host is not a name
          https://git!lab.example|The host is not a name
          https://a,b.example|The host is not a name
          https://*.example|The host is not a name
          https://git.example/a//b|The path of the URL has two slashes
          https://git.example//a|The path of the URL has two slashes
          https://git.example/a/../b|The path of the URL has a . or ..
          https://git.example/..|The path of the URL has a . or ..
          https://git.example/./a|The path of the URL has a . or ..
          https://git.example/a%2fb|The path of the URL has a character
          https://git.example/%2e%2e/b|The path of the URL has a character
          https://git.example/a%252fb|The path of the URL has a character
          https://git.example/a%00b|The path of the URL has a character
          https://git.example/a%20b|The path of the URL has a character
          https://git.example/a%c|The path of the URL has a character
          https://git.example/a%|The path of the URL has a character
          https://git.example/a;b|The path of the URL has a character
          https://git.example/@b|The path of the URL has a character
          https://git.example/straße|The path of the URL has a character
          """)
  void refusesWhatIsNoSiteUrl(String text, String sentence) {
    assertThat(refusal(SiteUrl.parse(text == null ? "" : text), InvalidURL)).startsWith(sentence);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "127.1",
        "127.0.1",
        "0",
        "0x",
        "1.2.3.4.5",
        "127.0.0.01",
        "0177.0.0.1",
        "127.0.0.0x1",
        "256.0.0.1",
        "1.2.3.400",
        "1.2.3.4.0x",
        "example.1",
        "example.0x1f",
        "a.4you",
        "１２７.0.0.1",
        "127。0。0。1",
        "①.②.③.④",
        "127.0.0.１"
      })
  void refusesWhatSomeProgramsTakeForAnIpv4Address(String host) {
    assertThat(refusal(SiteUrl.parse("http://" + host + "/"), InvalidURL))
        .isEqualTo(
            "The host ends like a number, but is not an IPv4 address of four decimal numbers, such as 192.0.2.10.");
  }

  /** Each names one host by IDNA2003, as in the JDK, and another by UTS #46, as in browsers. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "straße.example", // strasse, xn--strae-oqa
        "ΣΑΣ.βόλος.example", // final sigma
        "\uD87E\uDC68.example", // U+2F868, whose mapping Unicode corrected
        "a\u1806b.example", // dropped, or kept
        "a\u115Fb.example", // kept, or dropped
        "a\u3164b.example",
        "\u10A0.example", // a Georgian letter that got a small one later
        "\u0301a.example" // a mark on nothing
      })
  void refusesNamesThatProgramsTranslateDifferently(String host) {
    assertThat(refusal(SiteUrl.parse("https://" + host), InvalidURL)).contains("xn--");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\t", "\n", "\u0000", "\u007F", "\u0085", " ", "\u00A0", "\u2028", "\u3000", "\u00AD",
        "\u200B", "\u200D", "\u2060", "\u202E", "\uFEFF", "\uD800", "\uE000", "\uFFFF"
      })
  void saysThatACharacterCannotBeSeen(String character) {
    for (String url : List.of("https://git%sxy.example", "https://gitlab.com/x%s", "%shttps://x")) {
      assertThat(refusal(SiteUrl.parse(url.formatted(character)), InvalidURL))
          .isEqualTo("The URL contains white space, or a character that cannot be seen.");
    }
  }

  @Test
  void refusesCharactersThatCannotBeInAName() {
    for (String host :
        new String[] {
          "gitlab\u2024com", // one dot leader, NFKC: a dot
          "evil.example\uFF0F.gitlab.com", // fullwidth slash
          "evil.example\uFF1F.gitlab.com", // fullwidth question mark
          "evil.example\uFF20gitlab.com", // fullwidth at
          "evil.c\u2100.gitlab.com", // NFKC: a/c
          "evil\u2488com", // NFKC: 1.
          "gitlab\uFF1Acom" // fullwidth colon
        }) {
      assertThat(refusal(SiteUrl.parse("https://" + host), InvalidURL)).contains("host");
    }
  }

  @Test
  void limitsTheLengthOfLabelsNamesAndTheWhole() {
    String label = "a".repeat(63);
    String name = String.join(".", label, label, label, "b".repeat(61));
    assertThat(site("https://" + name).origin().host()).hasSize(253);
    refusal(SiteUrl.parse("https://" + name + "b"), InvalidURL);
    refusal(SiteUrl.parse("https://a" + label + ".example"), InvalidURL);
    refusal(SiteUrl.parse("https://" + "ü".repeat(60) + ".example"), InvalidURL);

    String base = "https://git.example/";
    String longest = base + "a".repeat(SiteUrl.MAX_LENGTH - base.length());
    assertThat(site(longest)).hasToString(longest);
    assertThat(refusal(SiteUrl.parse(longest + "a"), InvalidURL)).contains("2048");
    assertThat(refusal(SiteUrl.parse(longest + "/"), InvalidURL)).contains("2048");
    refusal(SiteUrl.parse("https://" + "x".repeat(10_000_000)), InvalidURL);
  }

  @Test
  void limitsTheLengthOfTheNormalFormToo() {
    String text = "https://bücher.example/";
    text += "a".repeat(SiteUrl.MAX_LENGTH - text.length());
    assertThat(refusal(SiteUrl.parse(text), InvalidURL)).contains("2048");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git@gitlab.com:group/project.git",
        "git@gitlab.com:project.git",
        "gitea@git.example:2222/group/project",
        "ssh://git@gitlab.com/group/project.git",
        "SSH://git@gitlab.com:22/group/project",
        "git+ssh://git@gitlab.com/group/project",
        "git://git.example/project",
        "https://gitlab.com/group/project.git",
        "https://gitlab.com/group/project.git/",
        "https://git.example/PROJECT.GIT",
        "https://git.example/group/project.git/info/refs?service=git-upload-pack",
        "https://git.example/group/sub/project/-/tree/main",
        "https://git.example/group/project/-/blob/main/README.md?ref_type=heads#L3",
        "https://git.example/group/project/tree/feature@2/a+b",
        "https://git.example/group/project/blob/main/a%20b.txt",
        "https://git.example/group/project/raw/main/x",
        "https://git.example/group/project/commit/1234567",
        "https://git.example/owner/project/src/branch/main",
        "https://git.example/owner/project/src/commit/1234567/x",
        "https://git.example/projects/KEY/repos/project/browse",
        "https://git.example/bitbucket/projects/KEY/repos/project",
        "https://git.example/users/alice/repos/project",
        "https://git.example/scm/key/project",
        "https://git.example/scm/~alice/project"
      })
  void recognisesTheAddressOfARepository(String text) {
    refusal(SiteUrl.parse(text), RepositoryURL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://git.example/api/v4                      | https://git.example
          https://git.example/api/v1/                     | https://git.example
          https://git.example:443/API/V3                  | https://git.example
          https://git.example/gitlab/api/v4/projects/1    | https://git.example/gitlab
          https://git.example/api/graphql                 | https://git.example
          http://git.example:7990/rest/api/1.0            | http://git.example:7990
          https://git.example/bitbucket/rest/api/latest/x | https://git.example/bitbucket
          """)
  void namesTheSiteWhoseApiIsGiven(String text, String site) {
    assertThat(refusal(SiteUrl.parse(text), InvalidURL))
        .isEqualTo(
            "The URL is the address of the site's API; the site itself is at %s.".formatted(site));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://git.example/gitlab",
        "https://git.example/api",
        "https://git.example/my-api/v4",
        "https://git.example/api/v4x",
        "https://git.example/api/version/1",
        "https://git.example/rest/api",
        "https://git.example/gitlab/team",
        "https://git.example/git",
        "https://git.example/x.gitlab",
        "https://git.example/tree",
        "https://git.example/tree/main",
        "https://git.example/gitlab/tree/main",
        "https://git.example/a/b/tree",
        "https://git.example/scm",
        "https://git.example/scm/git",
        "https://git.example/projects/git",
        "https://git.example/src/branch/x",
        "https://git.example/a/b/src",
        "https://git.example/a/-"
      })
  void takesOtherPathsForTheSitesOwn(String text) {
    assertThat(site(text)).hasToString(text);
  }

  @Test
  void aDamagedHostOrAPasswordComesBeforeTheRepository() {
    refusal(SiteUrl.parse("https://oauth2:glpat-x@gitlab.com/group/project.git"), InvalidURL);
    refusal(SiteUrl.parse("https://git_lab/group/project.git"), InvalidURL);
  }

  @Test
  void aPublicSiteHasNoPath() {
    assertThat(refusal(site("https://github.com/login").withoutPathOn(PUBLIC), RepositoryURL))
        .isEqualTo("The URL has a path, and the site itself is at https://github.com.");
    SiteUrl root = site("https://GitHub.com/");
    assertThat(done(root.withoutPathOn(PUBLIC))).isEqualTo(root);
    SiteUrl own = site("https://git.example/gitlab");
    assertThat(done(own.withoutPathOn(PUBLIC))).isEqualTo(own);
  }

  @Test
  void twoPartsOfAPathMayBeAGroupAndARepository() {
    assertThat(site("https://git.example").mayBeRepository()).isFalse();
    assertThat(site("https://git.example/gitlab/").mayBeRepository()).isFalse();
    assertThat(site("https://git.example/group/project").mayBeRepository()).isTrue();
    assertThat(site("https://git.example/gitlab/group/project").mayBeRepository()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "https://git.example.com, https://git.example.com, true",
    "https://git.example.com, https://git.example.com/gitlab, true",
    "https://git.example.com/git, https://git.example.com/git/lab, true",
    "https://git.example.com/git, https://git.example.com/gitlab, false",
    "https://git.example.com/git, https://git.example.com/Git, false",
    "https://git.example.com/git, https://git.example.com, false",
    "https://git.example.com/gitlab, https://git.example.com/evil, false",
    "https://git.example.com/%c3%bc, https://git.example.com/%C3%BC, true",
    "https://git.example.com, http://git.example.com, false",
    "https://git.example.com, https://git.example.com:8443, false"
  })
  void coversWhatLiesBelowIt(String url, String other, boolean covers) {
    assertThat(Outcomes.done(SiteUrl.parse(url)).covers(Outcomes.done(SiteUrl.parse(other))))
        .isEqualTo(covers);
  }
}
