package dev.codesource.address;

import dev.codesource.address.IpAddress.Family;

/**
 * A network (RFC 4632, RFC 4291 section 2.3).
 *
 * @param network its first address
 * @param prefixLength how many bits all its addresses share
 */
public record Cidr(IpAddress network, int prefixLength) {

  public Cidr {
    if (prefixLength < 0 || prefixLength > network.family().bits()) {
      throw new IllegalArgumentException(
          "The prefix length of a network is from 0 to 32 (IPv4) or 128 (IPv6).");
    }
    IpAddress first = first(network, prefixLength);
    if (!first.equals(network)) { // which of the two is meant?
      throw new IllegalArgumentException(
          "The network %s/%d has bits set after its prefix; write %s/%d or %s."
              .formatted(network, prefixLength, first, prefixLength, network));
    }
  }

  /**
   * Reads a setting such as {@code 10.0.0.0/8}, {@code fd00::/8}, or a single address.
   *
   * @throws IllegalArgumentException with a sentence for the administrator
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    IpAddress network = IpAddress.parse(address).orElseThrow(() -> unreadable(text));
    if (slash < 0) {
      return new Cidr(network, network.family().bits());
    }
    String length = text.substring(slash + 1);
    if (!length.matches("0|[1-9][0-9]{0,2}")) {
      throw unreadable(text);
    }
    return new Cidr(network, Integer.parseInt(length));
  }

  /** Whether the address is of the same family and begins with the same bits. */
  public boolean contains(IpAddress address) {
    return address.family() == network.family() && first(address, prefixLength).equals(network);
  }

  /** Whether the other network is this one or a part of it. */
  boolean encloses(Cidr other) {
    return other.prefixLength >= prefixLength && contains(other.network);
  }

  @Override
  public String toString() {
    return network + "/" + prefixLength;
  }

  private static IpAddress first(IpAddress address, int prefixLength) {
    if (address.family() == Family.IPV4) {
      return new IpAddress(Family.IPV4, 0, address.low() & mask(prefixLength + 32) & 0xFFFF_FFFFL);
    }
    return new IpAddress(
        Family.IPV6,
        address.high() & mask(Math.min(prefixLength, Long.SIZE)),
        address.low() & mask(Math.max(prefixLength - Long.SIZE, 0)));
  }

  /**
   * The given number of one bits, from the left of 64 bits. Java would shift by 0 instead of 64.
   */
  private static long mask(int ones) {
    return ones == 0 ? 0 : -1L << (Long.SIZE - ones);
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException(
        "\"%s\" is not a network such as 10.0.0.0/8, fd00::/8 or 192.0.2.10.".formatted(text));
  }
}
