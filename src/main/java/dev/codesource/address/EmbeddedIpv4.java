package dev.codesource.address;

import dev.codesource.address.IpAddress.Family;
import java.util.List;
import java.util.stream.Stream;

/**
 * The IPv4 addresses in IPv6 addresses: for a packet to the IPv6 address, a host, a router or a
 * relay sends one to the IPv4 address.
 */
final class EmbeddedIpv4 {

  private static final Cidr UNSPECIFIED_AND_LOOPBACK = Cidr.parse("::/127");

  /** Where it is the last 32 bits. */
  private static final List<Cidr> AT_THE_END =
      List.of(
          Cidr.parse("::/96"), // IPv4-compatible, RFC 4291 section 2.5.5.1
          Cidr.parse("::ffff:0.0.0.0/96"), // IPv4-mapped, RFC 4291 section 2.5.5.2
          Cidr.parse("::ffff:0:0:0/96"), // IPv4-translated, RFC 2765 section 2.1
          Cidr.parse("64:ff9b::/96")); // NAT64, RFC 6052 section 2.1

  private static final Cidr LOCAL_NAT64 = Cidr.parse("64:ff9b:1::/48");
  private static final Cidr SIX_TO_FOUR = Cidr.parse("2002::/16");
  private static final Cidr TEREDO = Cidr.parse("2001::/32");
  private static final Cidr THIS_NETWORK = Cidr.parse("0.0.0.0/8");

  private EmbeddedIpv4() {}

  static List<IpAddress> in(IpAddress address) {
    if (UNSPECIFIED_AND_LOOPBACK.contains(address)) { // formally IPv4-compatible
      return List.of();
    }
    if (AT_THE_END.stream().anyMatch(network -> network.contains(address))) {
      return List.of(address.ipv4At(12, 13, 14, 15));
    }
    if (LOCAL_NAT64.contains(address)) {
      return localNat64(address);
    }
    if (SIX_TO_FOUR.contains(address)) { // RFC 3056 section 2
      return List.of(address.ipv4At(2, 3, 4, 5));
    }
    if (TEREDO.contains(address)) { // the server, and the client with its bits inverted: RFC 4380 4
      IpAddress client = new IpAddress(Family.IPV4, 0, ~address.low() & 0xFFFF_FFFFL);
      return List.of(address.ipv4At(4, 5, 6, 7), client);
    }
    return List.of();
  }

  /**
   * RFC 8215 lets the network choose the length of the prefix, and so the position of the IPv4
   * address (RFC 6052 section 2.2). So all positions are checked, except for results in 0.0.0.0/8,
   * which are the zeros around an address at another position.
   */
  private static List<IpAddress> localNat64(IpAddress address) {
    IpAddress last = address.ipv4At(12, 13, 14, 15);
    List<IpAddress> found =
        Stream.of(
                address.ipv4At(6, 7, 9, 10),
                address.ipv4At(7, 9, 10, 11),
                address.ipv4At(9, 10, 11, 12),
                last)
            .filter(ipv4 -> !THIS_NETWORK.contains(ipv4))
            .toList();
    return found.isEmpty() ? List.of(last) : found;
  }
}
