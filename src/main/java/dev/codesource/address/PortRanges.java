package dev.codesource.address;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A set of ports.
 *
 * @param ranges in ascending order, none touching another
 */
public record PortRanges(List<Range> ranges) {

  /**
   * Ports from the first to the last, both included; 1 to 65535, since port 0 cannot be connected
   * to.
   */
  public record Range(int first, int last) {

    public Range {
      if (first < 1 || last > 65535 || first > last) {
        throw new IllegalArgumentException("Ports are from 1 to 65535, the lower one first.");
      }
    }

    @Override
    public String toString() {
      return first == last ? Integer.toString(first) : first + " to " + last;
    }
  }

  public PortRanges {
    ranges = merged(ranges);
  }

  /**
   * Reads a setting such as {@code 80,21,1025-65535}; an empty one allows no port.
   *
   * @throws IllegalArgumentException with a sentence for the administrator
   */
  public static PortRanges parse(String text) {
    if (text.isBlank()) {
      return new PortRanges(List.of());
    }
    return new PortRanges(
        Stream.of(text.split(",", -1)).map(String::strip).map(PortRanges::range).toList());
  }

  public boolean contains(int port) {
    return ranges.stream().anyMatch(range -> range.first <= port && port <= range.last);
  }

  /** As in a sentence: {@code 80, 443 or 1025 to 65535}. */
  @Override
  public String toString() {
    String text = ranges.stream().map(Range::toString).collect(Collectors.joining(", "));
    int lastComma = text.lastIndexOf(", ");
    return lastComma < 0
        ? text
        : text.substring(0, lastComma) + " or " + text.substring(lastComma + 2);
  }

  private static Range range(String text) {
    if (text.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
      String[] ends = text.split("-", -1);
      int first = Integer.parseInt(ends[0]);
      int last = Integer.parseInt(ends[ends.length - 1]);
      if (first >= 1 && last <= 65535 && first <= last) {
        return new Range(first, last);
      }
    }
    throw new IllegalArgumentException(
        "\"%s\" is neither a port from 1 to 65535 nor a range of them such as 1025-65535."
            .formatted(text));
  }

  private static List<Range> merged(List<Range> ranges) {
    List<Range> merged = new ArrayList<>();
    for (Range next : ranges.stream().sorted(Comparator.comparingInt(Range::first)).toList()) {
      if (!merged.isEmpty() && next.first <= merged.getLast().last + 1) {
        Range last = merged.removeLast();
        merged.add(new Range(last.first, Math.max(last.last, next.last)));
      } else {
        merged.add(next);
      }
    }
    return List.copyOf(merged);
  }
}
