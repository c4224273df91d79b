package dev.codesource.address;

import static dev.codesource.address.Judgement.done;
import static dev.codesource.address.Judgement.refusal;
import static dev.codesource.address.Judgement.site;
import static dev.codesource.reason.Reason.PortNotAllowed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.codesource.reason.Outcome;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortPolicyTest {

  @Test
  void judgesEveryPortOfBothSchemesByTheRule() {
    BitSet http = new BitSet();
    for (int port : new int[] {80, 21, 443, 70, 210, 280, 488, 591, 777}) {
      http.set(port);
    }
    http.set(1025, 65536);
    for (int port = 0; port <= 65535; port++) {
      assertThat(accepts("http://git.example:" + port))
          .as("http %d", port)
          .isEqualTo(http.get(port));
      assertThat(accepts("https://git.example:" + port))
          .as("https %d", port)
          .isEqualTo(port == 443);
    }
    assertThat(accepts("http://git.example")).isTrue();
    assertThat(accepts("https://git.example")).isTrue();
  }

  private static boolean accepts(String url) {
    SiteUrl site = site(url);
    Outcome<SiteUrl> verdict = PortPolicy.DEFAULT.check(site);
    if (verdict.equals(Outcome.done(site))) {
      return true;
    }
    assertThat(refusal(verdict, PortNotAllowed))
        .startsWith(
            "Port %d is not allowed for %s"
                .formatted(site.origin().port(), site.origin().scheme()));
    return false;
  }

  @Test
  void namesThePortTheSchemeAndWhatIsAllowed() {
    assertThat(refusal(PortPolicy.DEFAULT.check(site("https://git.example:8443")), PortNotAllowed))
        .isEqualTo(
            "Port 8443 is not allowed for https: http may use port 21, 70, 80, 210, 280, 443, 488, 591, 777 or 1025 to 65535, and https may use port 443.");
  }

  @Test
  void speaksOfTheAdministratorsPorts() {
    PortPolicy policy = PortPolicy.parse("", "443, 8443-8450");
    SiteUrl allowed = site("https://git.example:8445");
    assertThat(done(policy.check(allowed))).isEqualTo(allowed);
    assertThat(refusal(policy.check(site("http://git.example")), PortNotAllowed))
        .isEqualTo(
            "Port 80 is not allowed for http: http may not be used, and https may use port 443 or 8443 to 8450.");
  }

  @Test
  void sortsAndJoinsRanges() {
    assertThat(PortRanges.parse("90-100, 80,81,95-120,122,1-65535"))
        .isEqualTo(PortRanges.parse("1-65535"));
    assertThat(PortRanges.parse("443,80-81,82,90-95,92")).hasToString("80 to 82, 90 to 95 or 443");
    assertThat(PortRanges.parse(" 80 ")).hasToString("80");
    assertThat(PortRanges.parse(" ").contains(80)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "65536",
        "x",
        "80,",
        ",80",
        "80,,81",
        "80-",
        "-80",
        "81-80",
        "0-80",
        "1-65536",
        "80 81",
        "+80",
        "80-90-100",
        "999999999999",
        "８０"
      })
  void saysWhichPortCannotBeRead(String setting) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortPolicy.parse(setting, "443"))
        .withMessageEndingWith(
            " is neither a port from 1 to 65535 nor a range of them such as 1025-65535.");
  }

  @Test
  void quotesOnlyTheItemThatCannotBeRead() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortPolicy.parse("80,21, 1025–65535", "443"))
        .withMessageStartingWith("\"1025–65535\" is neither");
  }
}
