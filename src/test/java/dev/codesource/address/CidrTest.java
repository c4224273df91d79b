package dev.codesource.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, true",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 9.255.255.255, false",
    "10.0.0.0/8, 11.0.0.0, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "0.0.0.0/0, ::, false",
    "0.0.0.0/0, ::ffff:1.2.3.4, false",
    "128.0.0.0/1, 128.0.0.0, true",
    "128.0.0.0/1, 127.255.255.255, false",
    "192.0.2.10, 192.0.2.10, true",
    "192.0.2.10/32, 192.0.2.11, false",
    "192.0.2.10/31, 192.0.2.11, true",
    "255.255.255.255/32, 255.255.255.255, true",
    "::/0, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, true",
    "::/0, 1.2.3.4, false",
    "8000::/1, 7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, false",
    "2001:db8::/63, 2001:db8:0:1:ffff::, true",
    "2001:db8::/63, 2001:db8:0:2::, false",
    "2001:db8::/64, 2001:db8::ffff:ffff:ffff:ffff, true",
    "2001:db8::/64, 2001:db8:0:1::, false",
    "2001:db8::/65, 2001:db8::7fff:ffff:ffff:ffff, true",
    "2001:db8::/65, 2001:db8::8000:0:0:0, false",
    "::1, ::1, true",
    "::1/128, ::2, false",
    "::/127, ::1, true"
  })
  void containsTheAddressesThatBeginLikeIt(String network, String address, boolean contained) {
    assertThat(Cidr.parse(network).contains(address(address))).isEqualTo(contained);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/x",
        "10.0.0.0/-1",
        "10.0.0.0/08",
        "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "10/8",
        "10.0.0/8",
        "010.0.0.0/8",
        "0x0a.0.0.0/8",
        "::1%eth0",
        "[::1]/128",
        "git.example",
        "10.0.0.0 /8",
        "1:2:3::4::/64"
      })
  void saysWhatIsNoNetwork(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse(text))
        .withMessage(
            "\"" + text + "\" is not a network such as 10.0.0.0/8, fd00::/8 or 192.0.2.10.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/999", "::/129"})
  void saysHowLongAPrefixMayBe(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse(text))
        .withMessageContaining("0 to 32 (IPv4) or 128 (IPv6)");
  }

  @Test
  void asksWhichNetworkIsMeantWhenBitsAreSetAfterThePrefix() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse("10.1.2.3/8"))
        .withMessage(
            "The network 10.1.2.3/8 has bits set after its prefix; write 10.0.0.0/8 or 10.1.2.3.");
    assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse("1.2.3.4/0"));
    assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse("fd00::1/64"));
    assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse("fd00:0:0:1::/63"));
  }

  @Test
  void enclosesItselfAndItsParts() {
    Cidr loopback = Cidr.parse("127.0.0.0/8");
    assertThat(loopback.encloses(loopback)).isTrue();
    assertThat(loopback.encloses(Cidr.parse("127.0.0.1"))).isTrue();
    assertThat(loopback.encloses(Cidr.parse("126.0.0.0/7"))).isFalse();
    assertThat(loopback.encloses(Cidr.parse("128.0.0.0/8"))).isFalse();
    assertThat(loopback.encloses(Cidr.parse("::127.0.0.1"))).isFalse();
  }

  @Test
  void agreesWithArithmeticOnWholeNumbers() throws UnknownHostException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20260104);
    for (int i = 0; i < 50_000; i++) {
      byte[] octets = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(octets);
      int bits = octets.length * 8;
      int prefix = random.nextInt(bits + 1);
      BigInteger address = new BigInteger(1, octets);
      BigInteger network = address.shiftRight(bits - prefix).shiftLeft(bits - prefix);
      Cidr cidr = new Cidr(IpAddress.of(inet(network, octets.length)), prefix);
      assertThat(cidr.contains(IpAddress.of(inet(address, octets.length)))).isTrue();
      assertThat(Cidr.parse(cidr.toString())).isEqualTo(cidr);
      int flipped = random.nextInt(bits);
      assertThat(cidr.contains(IpAddress.of(inet(address.flipBit(flipped), octets.length))))
          .as("%s with bit %d of %s flipped", cidr, flipped, address)
          .isEqualTo(flipped < bits - prefix);
    }
  }

  private static InetAddress inet(BigInteger value, int length) throws UnknownHostException {
    byte[] octets = new byte[length];
    byte[] digits = value.toByteArray();
    for (int i = 0; i < Math.min(length, digits.length); i++) {
      octets[length - 1 - i] = digits[digits.length - 1 - i];
    }
    return InetAddress.getByAddress(octets);
  }

  private static IpAddress address(String text) {
    return IpAddress.parse(text).orElseThrow();
  }
}
