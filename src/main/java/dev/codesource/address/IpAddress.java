package dev.codesource.address;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IP address, kept as written: unlike {@link InetAddress}, which turns an IPv4-mapped IPv6
 * address into an IPv4 one.
 *
 * @param high the first 64 bits of an IPv6 address; 0 for IPv4
 * @param low the last 64 bits of an IPv6 address, or the 32 bits of an IPv4 one
 */
public record IpAddress(Family family, long high, long low) {

  /** The two versions of IP. */
  public enum Family {
    IPV4(32),
    IPV6(128);

    private final int bits;

    Family(int bits) {
      this.bits = bits;
    }

    int bits() {
      return bits;
    }
  }

  private static final int GROUPS = 8;
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");

  /** Reads four decimal numbers (no leading zeros), or RFC 4291 section 2.2; nothing else. */
  public static Optional<IpAddress> parse(String text) {
    if (IPV4.matcher(text).matches()) {
      return Optional.of(ipv4(text));
    }
    int gap = text.indexOf("::");
    Optional<List<Integer>> groups =
        gap < 0 ? groups(text, true) : withGap(text.substring(0, gap), text.substring(gap + 2));
    return groups.filter(found -> found.size() == GROUPS).map(IpAddress::ofGroups);
  }

  public static IpAddress of(InetAddress address) {
    ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
    return octets.capacity() == Integer.BYTES
        ? new IpAddress(Family.IPV4, 0, Integer.toUnsignedLong(octets.getInt()))
        : new IpAddress(Family.IPV6, octets.getLong(), octets.getLong());
  }

  /** The form of RFC 5952; for IPv4-mapped addresses the mixed one of its section 5. */
  @Override
  public String toString() {
    if (family == Family.IPV4) {
      return "%d.%d.%d.%d".formatted(octet(12), octet(13), octet(14), octet(15));
    }
    if (isMapped()) {
      return "::ffff:" + ipv4At(12, 13, 14, 15);
    }
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < GROUPS; i++) {
      groups.add(Integer.toHexString(group(i)));
    }
    int start = 0;
    int length = 1; // a single zero is not shortened (section 4.2.2)
    for (int i = 0; i < GROUPS; i++) {
      int zeros = zerosFrom(i);
      if (zeros > length) { // the first of equally long runs (section 4.2.3)
        start = i;
        length = zeros;
      }
    }
    return length == 1
        ? String.join(":", groups)
        : String.join(":", groups.subList(0, start))
            + "::"
            + String.join(":", groups.subList(start + length, GROUPS));
  }

  /** Whether this is an IPv4 address in IPv6 notation (RFC 4291 section 2.5.5.2). */
  boolean isMapped() {
    return family == Family.IPV6 && high == 0 && low >>> 32 == 0xFFFF;
  }

  private int zerosFrom(int first) {
    int i = first;
    while (i < GROUPS && group(i) == 0) {
      i++;
    }
    return i - first;
  }

  private int group(int i) {
    return octet(2 * i) << 8 | octet(2 * i + 1);
  }

  /** One of the 16 octets; those of an IPv4 address are the last four. */
  private int octet(int i) {
    return (int) ((i < 8 ? high : low) >>> (56 - 8 * (i % 8))) & 0xFF;
  }

  /** The IPv4 address that consists of four of the 16 octets. */
  IpAddress ipv4At(int first, int second, int third, int fourth) {
    long bits = (long) octet(first) << 24 | octet(second) << 16 | octet(third) << 8 | octet(fourth);
    return new IpAddress(Family.IPV4, 0, bits);
  }

  private static IpAddress ipv4(String text) {
    long bits = 0;
    for (String octet : text.split("\\.", -1)) {
      bits = bits << 8 | Integer.parseInt(octet);
    }
    return new IpAddress(Family.IPV4, 0, bits);
  }

  private static IpAddress ofGroups(List<Integer> groups) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < GROUPS / 2; i++) {
      high = high << 16 | groups.get(i);
      low = low << 16 | groups.get(i + GROUPS / 2);
    }
    return new IpAddress(Family.IPV6, high, low);
  }

  private static Optional<List<Integer>> withGap(String before, String after) {
    return groups(before, false)
        .flatMap(
            head ->
                groups(after, true)
                    .filter(tail -> head.size() + tail.size() < GROUPS)
                    .map(
                        tail -> {
                          List<Integer> all = new ArrayList<>(head);
                          while (all.size() + tail.size() < GROUPS) {
                            all.add(0);
                          }
                          all.addAll(tail);
                          return all;
                        }));
  }

  /**
   * @param last whether the address ends here, where IPv4 notation is allowed (RFC 4291 section
   *     2.2.3)
   */
  private static Optional<List<Integer>> groups(String text, boolean last) {
    List<Integer> groups = new ArrayList<>();
    List<String> parts = text.isEmpty() ? List.of() : List.of(text.split(":", -1));
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      if (GROUP.matcher(part).matches()) {
        groups.add(Integer.parseInt(part, 16));
      } else if (last && i == parts.size() - 1 && IPV4.matcher(part).matches()) {
        long bits = ipv4(part).low();
        groups.add((int) (bits >>> 16));
        groups.add((int) (bits & 0xFFFF));
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(groups);
  }
}
