package dev.codesource.address;

import static dev.codesource.address.Judgement.done;
import static dev.codesource.address.Judgement.refusal;
import static dev.codesource.address.Judgement.site;
import static dev.codesource.reason.Reason.HostNotAllowed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPolicyTest {

  private static final List<String> NONE = List.of();

  @ParameterizedTest
  @CsvSource({
    "169.254.169.254, 169.254.169.254/32 (cloud metadata)",
    "168.63.129.16, 168.63.129.16/32 (cloud metadata)",
    "100.100.100.200, 100.100.100.200/32 (cloud metadata)",
    "192.0.0.192, 192.0.0.192/32 (cloud metadata)",
    "fd00:ec2::254, fd00:ec2::/32 (cloud metadata)",
    "fd00:ec2::23, fd00:ec2::/32 (cloud metadata)",
    "fd20:ce::254, fd20:ce::254/128 (cloud metadata)",
    "0.0.0.0, 0.0.0.0/8 (unspecified)",
    "0.255.255.255, 0.0.0.0/8 (unspecified)",
    "::, ::/128 (unspecified)",
    "127.0.0.1, 127.0.0.0/8 (loopback)",
    "127.255.255.254, 127.0.0.0/8 (loopback)",
    "::1, ::1/128 (loopback)",
    "169.254.0.1, 169.254.0.0/16 (link-local)",
    "fe80::1, fe80::/10 (link-local)",
    "febf:ffff::1, fe80::/10 (link-local)",
    "fec0::1, fec0::/10 (site-local)",
    "224.0.0.1, 224.0.0.0/4 (multicast)",
    "239.255.255.255, 224.0.0.0/4 (multicast)",
    "ff02::1, ff00::/8 (multicast)",
    "255.255.255.255, 255.255.255.255/32 (broadcast)",
    "240.0.0.1, 240.0.0.0/4 (reserved)",
    "192.0.0.8, 192.0.0.0/24 (reserved)",
    "100::1, 100::/64 (reserved)",
    "192.0.2.1, 192.0.2.0/24 (documentation)",
    "198.51.100.1, 198.51.100.0/24 (documentation)",
    "203.0.113.1, 203.0.113.0/24 (documentation)",
    "2001:db8::1, 2001:db8::/32 (documentation)",
    "3fff:fff::1, 3fff::/20 (documentation)"
  })
  void refusesSpecialNetworks(String address, String network) {
    String rest =
        " in %s, which is refused unless the administrator allows that network or a part of it."
            .formatted(network);
    assertThat(refusal(HostPolicy.DEFAULT.check(literal(address)), HostNotAllowed))
        .isEqualTo("The host %s is an address%s", address, rest);
    assertThat(refusal(HostPolicy.DEFAULT.check("git.example", inet(address)), HostNotAllowed))
        .isEqualTo("The host git.example resolves to an address%s", rest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "140.82.121.4",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "1.0.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "223.255.255.255",
        "192.0.1.0",
        "168.63.129.17",
        "2606:50c0:8000::153",
        "fd00::1",
        "fc00::1",
        "fd00:ec3::1",
        "fe00::1",
        "2001:db9::1",
        "64:ff9b::140.82.121.4",
        "64:ff9b:1::140.82.121.4",
        "64:ff9b:1:8c52:79:400::",
        "64:ff9b::10.0.0.1",
        "2002:8c52:7904::1",
        "::ffff:10.0.0.1"
      })
  void allowsPublicAndPrivateAddresses(String address) {
    SiteUrl site = literal(address);
    assertThat(done(HostPolicy.DEFAULT.check(site))).isEqualTo(site);
    InetAddress inet = inet(address);
    assertThat(done(HostPolicy.DEFAULT.check("git.example", inet))).isSameAs(inet);
  }

  @ParameterizedTest
  @CsvSource({
    "::127.0.0.1, 127.0.0.0/8", // IPv4-compatible
    "::ffff:127.0.0.1, 127.0.0.0/8", // mapped
    "::ffff:169.254.169.254, 169.254.169.254/32",
    "::ffff:0:127.0.0.1, 127.0.0.0/8", // translated
    "64:ff9b::169.254.169.254, 169.254.169.254/32", // NAT64
    "64:ff9b::, 0.0.0.0/8",
    "64:ff9b:1::127.0.0.1, 127.0.0.0/8", // local NAT64, a prefix of 96 bits
    "64:ff9b:1:7f00:0:100::, 127.0.0.0/8", // of 48 bits
    "64:ff9b:1:7f00:0:100:0:1, 127.0.0.0/8",
    "64:ff9b:1:007f:0:1::, 127.0.0.0/8", // of 56 bits
    "64:ff9b:1:0:7f:0:100:0, 127.0.0.0/8", // of 64 bits
    "64:ff9b:1::, 0.0.0.0/8",
    "2002:7f00:1::1, 127.0.0.0/8", // 6to4
    "2002:a9fe:a9fe::, 169.254.169.254/32",
    "2001:0:7f00:1::fff5:fff5, 127.0.0.0/8", // Teredo's server
    "2001:0:808:808:0:0:80ff:fffe, 127.0.0.0/8" // Teredo's client: inverted
  })
  void judgesTheIpv4AddressWithin(String address, String network) {
    assertThat(refusal(HostPolicy.DEFAULT.check(literal(address)), HostNotAllowed))
        .contains(" in " + network + " (");
    refusal(HostPolicy.DEFAULT.check("git.example", inet(address)), HostNotAllowed);
  }

  @Test
  void saysThatTheAddressIsWithin() {
    assertThat(
            refusal(HostPolicy.DEFAULT.check("git.example", inet("2002:7f00:1::")), HostNotAllowed))
        .startsWith(
            "The host git.example resolves to an address that stands for an IPv4 address in 127.0.0.0/8 (loopback), ");
  }

  @Test
  void theAdministratorOpensASpecialNetworkOrAPartOfIt() {
    HostPolicy policy =
        HostPolicy.parse(NONE, NONE, List.of("127.0.0.0/8", "::1", "192.0.2.0/25"), NONE);
    for (String address :
        List.of("127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "192.0.2.127")) {
      done(policy.check(literal(address)));
      done(policy.check("git.example", inet(address)));
    }
    for (String address : List.of("192.0.2.128", "169.254.169.254", "0.0.0.0", "fe80::1")) {
      refusal(policy.check("git.example", inet(address)), HostNotAllowed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0/0, 127.0.0.1",
    "126.0.0.0/7, 127.0.0.1",
    "0.0.0.0/0, 169.254.169.254",
    "169.254.0.0/16, 169.254.169.254",
    "240.0.0.0/4, 255.255.255.255",
    "192.0.0.0/24, 192.0.0.192",
    "fd00::/8, fd00:ec2::254",
    "::/0, ::1",
    "64:ff9b::/96, 64:ff9b::127.0.0.1",
    "2002::/16, 2002:7f00:1::"
  })
  void aWiderNetworkDoesNotOpenASpecialOne(String allowed, String address) {
    HostPolicy policy = HostPolicy.parse(NONE, NONE, List.of(allowed), NONE);
    refusal(policy.check("git.example", inet(address)), HostNotAllowed);
    refusal(policy.check(literal(address)), HostNotAllowed);
  }

  @Test
  void cloudMetadataOpensByItsOwnNameOnly() {
    HostPolicy policy = HostPolicy.parse(NONE, NONE, List.of("169.254.169.254"), NONE);
    done(policy.check("git.example", inet("169.254.169.254")));
    refusal(policy.check("git.example", inet("169.254.169.253")), HostNotAllowed);
  }

  @Test
  void whatIsDeniedStaysDenied() {
    HostPolicy policy =
        HostPolicy.parse(
            List.of("git.example", "*.git.example", "10.1.2.3"),
            List.of("old.git.example", "*.lab.git.example"),
            List.of("127.0.0.0/8"),
            List.of("10.0.0.0/8", "127.0.0.0/8", "fd00::/8"));
    assertThat(refusal(policy.check(site("https://old.git.example")), HostNotAllowed))
        .isEqualTo("The host old.git.example is denied by the administrator (old.git.example).");
    assertThat(refusal(policy.check(site("https://a.b.lab.git.example")), HostNotAllowed))
        .endsWith("is denied by the administrator (*.lab.git.example).");
    assertThat(refusal(policy.check("git.example", inet("127.0.0.1")), HostNotAllowed))
        .isEqualTo(
            "The host git.example resolves to an address in 127.0.0.0/8, which the administrator denies.");
    assertThat(refusal(policy.check(site("http://10.1.2.3")), HostNotAllowed))
        .isEqualTo(
            "The host 10.1.2.3 is an address in 10.0.0.0/8, which the administrator denies.");
    for (String address :
        List.of("10.9.9.9", "::ffff:10.9.9.9", "64:ff9b::10.9.9.9", "2002:a09:909::", "fd00::1")) {
      refusal(policy.check("git.example", inet(address)), HostNotAllowed);
    }
    done(policy.check(site("https://git.example")));
    done(policy.check(site("https://lab.git.example")));
    done(policy.check("git.example", inet("11.0.0.1")));
  }

  @Test
  void aListOfAllowedHostsIsTheWholeList() {
    HostPolicy policy =
        HostPolicy.parse(
            List.of("GitLab.com", "*.corp.example", "bücher.example", "fd00::1", "127.0.0.1"),
            NONE,
            NONE,
            NONE);
    for (String url :
        List.of(
            "https://gitlab.com",
            "https://GITLAB.com./",
            "https://a.corp.example",
            "https://a.b.corp.example",
            "https://xn--bcher-kva.example",
            "http://[fd00:0::1]")) {
      done(policy.check(site(url)));
    }
    for (String url :
        List.of(
            "https://corp.example",
            "https://xcorp.example",
            "https://a.corp.example.evil.example",
            "https://www.gitlab.com",
            "https://gitlab.com.evil.example",
            "http://[fd00::2]",
            "http://10.0.0.1")) {
      assertThat(refusal(policy.check(site(url)), HostNotAllowed))
          .endsWith(" is not one of the hosts that the administrator allows.");
    }
    assertThat(refusal(policy.check(site("http://127.0.0.1")), HostNotAllowed))
        .as("an allowed host does not open a special network")
        .contains("127.0.0.0/8 (loopback)");
  }

  /** DNS gives the addresses of a name in another order each time; status must not follow. */
  @Test
  void theMessageDoesNotDependOnWhichAddressCameFirst() {
    HostPolicy policy = HostPolicy.parse(NONE, NONE, NONE, List.of("10.0.0.0/8"));
    assertThat(policy.check("git.example", inet("10.0.0.1")).map(InetAddress::getHostAddress))
        .isEqualTo(policy.check("git.example", inet("10.0.0.2")).map(InetAddress::getHostAddress));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "*.",
        "*.*.example",
        "git.*.example",
        "*git.example",
        "https://git.example",
        "git.example:443",
        "git.example/x",
        "a b",
        "*.10.0.0.1",
        "10.0.0.0/8",
        "127.1",
        "[",
        "]",
        "[::1",
        "*.[::1]",
        "a@b",
        "::1%eth0",
        "straße.example"
      })
  void saysWhatIsNoHost(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostPolicy.parse(List.of(text), NONE, NONE, NONE))
        .withMessage(
            "\"" + text + "\" is not a host such as git.example.com, *.example.com or 192.0.2.10.");
  }

  @Test
  void refusesSettingsThatWouldNotDoWhatTheySay() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostPolicy.parse(NONE, List.of("10.0.0.1"), NONE, NONE))
        .withMessageContaining("deny it as a network");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostPolicy.parse(NONE, NONE, NONE, List.of("::ffff:10.0.0.0/104")))
        .withMessageContaining("write it as an IPv4 network");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostPolicy.parse(NONE, NONE, List.of("::ffff:127.0.0.1"), NONE));
  }

  private static SiteUrl literal(String address) {
    return site("http://" + (address.contains(":") ? "[" + address + "]" : address));
  }

  private static InetAddress inet(String address) {
    return InetAddress.ofLiteral(address);
  }
}
