package dev.codesource.address;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A network for special purposes, which usually has no code hosts: the operator connects to it only
 * if the administrator allows it. From the IANA IPv4 and IPv6 Special-Purpose Address Registries
 * and the documentation of cloud providers. Not included, since self-managed code hosts use them:
 * RFC 1918, shared (RFC 6598) and unique local (RFC 4193) addresses.
 */
record SpecialNetwork(Cidr range, String title) {

  /** Cloud metadata is first: it is part of larger networks, in this list or private ones. */
  private static final List<SpecialNetwork> ALL =
      Stream.of(
              named(
                  "cloud metadata",
                  "169.254.169.254/32", // AWS, Azure, Google, Oracle and others
                  "168.63.129.16/32", // Azure's wire server
                  "100.100.100.200/32", // Alibaba
                  "192.0.0.192/32", // Oracle, Classic
                  "fd00:ec2::/32", // AWS: metadata, pod identity, DNS, time
                  "fd20:ce::254/128", // Google
                  "fd00:c1::a9fe:a9fe/128", // Oracle
                  "fd00:100::100:200/128", // Alibaba
                  "fd00:42::42/128", // Scaleway
                  "fd00:a9fe:a9fe::1/128"), // Akamai
              named("unspecified", "0.0.0.0/8", "::/128"),
              named("loopback", "127.0.0.0/8", "::1/128"),
              named("link-local", "169.254.0.0/16", "fe80::/10"),
              named("site-local", "fec0::/10"), // deprecated by RFC 3879, and still routed
              named("multicast", "224.0.0.0/4", "ff00::/8"),
              named("broadcast", "255.255.255.255/32"),
              // RFC 1112 section 4, RFC 6890, RFC 6666, RFC 9780, RFC 9602
              named(
                  "reserved",
                  "240.0.0.0/4",
                  "192.0.0.0/24",
                  "100::/64",
                  "100:0:0:1::/64",
                  "5f00::/16"),
              // RFC 5737, RFC 3849, RFC 9637
              named(
                  "documentation",
                  "192.0.2.0/24",
                  "198.51.100.0/24",
                  "203.0.113.0/24",
                  "2001:db8::/32",
                  "3fff::/20"))
          .flatMap(List::stream)
          .toList();

  /**
   * The network because of which an address is refused.
   *
   * @param allowed the networks that the administrator allows. A special network is allowed only by
   *     itself or by a part of it, so that 0.0.0.0/0, meant as "any host", does not allow loopback
   *     and metadata.
   */
  static Optional<SpecialNetwork> refusing(IpAddress address, List<Cidr> allowed) {
    return ALL.stream()
        .filter(special -> special.range.contains(address))
        .filter(special -> allowed.stream().noneMatch(a -> special.admits(a, address)))
        .findFirst();
  }

  private boolean admits(Cidr allowed, IpAddress address) {
    return range.encloses(allowed) && allowed.contains(address);
  }

  private static List<SpecialNetwork> named(String title, String... ranges) {
    return Stream.of(ranges).map(range -> new SpecialNetwork(Cidr.parse(range), title)).toList();
  }

  @Override
  public String toString() {
    return "%s (%s)".formatted(range, title);
  }
}
