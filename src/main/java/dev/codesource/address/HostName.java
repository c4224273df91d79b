package dev.codesource.address;

import static dev.codesource.reason.Reason.InvalidURL;

import dev.codesource.reason.Outcome;
import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The host in a URL: a DNS name, an IPv4 address, or an IPv6 address in brackets. */
final class HostName {

  /** RFC 1035 section 2.3.4, less the length byte and the root. */
  private static final int MAX_LENGTH = 253;

  private static final Pattern LABEL =
      Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"); // RFC 1123 section 2.1

  private static final Pattern BRACKETED = Pattern.compile("\\[(.*)]");

  /** Other characters that IDNA treats as a dot (RFC 3490 section 3.1). */
  private static final Pattern OTHER_DOTS = Pattern.compile("[\u3002\uFF0E\uFF61]");

  /**
   * The characters for which IDNA2003 and UTS #46 differ, apart from changes in newer versions of
   * Unicode: the sharp s and the final sigma (UTS #46 section 7; the joiners of that table cannot
   * be seen and are refused before), the fillers of Hangul and Khmer, and a mark without a letter
   * before it.
   */
  private static final Pattern READ_DIFFERENTLY =
      Pattern.compile("[\u00DF\u03C2\u115F\u1160\u17B4\u17B5]|^\\p{M}");

  private HostName() {}

  /** The host as {@link Origin} has it. */
  static Outcome<String> read(String text) {
    Matcher bracketed = BRACKETED.matcher(text);
    if (bracketed.matches()) {
      return ipv6(bracketed.group(1));
    }
    if (text.contains("%")) {
      return Outcome.refused(InvalidURL, "The host has a percent sign in it.");
    }
    String name = OTHER_DOTS.matcher(text).replaceAll(".");
    if (name.endsWith(".")) { // the root, which certificates and Host headers do not contain
      name = name.substring(0, name.length() - 1);
    }
    if (name.isEmpty()) {
      return Outcome.refused(InvalidURL, "The URL has no host.");
    }
    Outcome<String> mapped = Outcome.done("");
    for (String label : name.split("\\.", -1)) {
      mapped = mapped.then(before -> toAscii(label).map(ascii -> before + "." + ascii));
    }
    boolean plain = isAscii(text);
    return mapped.then(found -> checked(found.substring(1), plain));
  }

  private static Outcome<String> ipv6(String text) {
    if (text.contains("%")) {
      return Outcome.refused(
          InvalidURL,
          "The IPv6 address has a zone (the part from %), which means something on one machine only.");
    }
    return IpAddress.parse(text)
        .filter(address -> address.family() == IpAddress.Family.IPV6)
        .map(address -> Outcome.done(address.toString()))
        .orElseGet(
            () ->
                Outcome.refused(
                    InvalidURL,
                    "The square brackets of the URL do not enclose exactly an IPv6 address."));
  }

  /**
   * The JDK maps by IDNA2003 and Unicode 3.2; browsers and today's registries use UTS #46 and
   * IDNA2008. A name is refused if the two could result in different hosts; the user, who knows
   * which one is meant, then writes its ASCII form.
   */
  private static Outcome<String> toAscii(String label) {
    if (isAscii(label)) {
      return Outcome.done(label.toLowerCase(Locale.ROOT));
    }
    String ascii;
    try {
      ascii = IDN.toASCII(label, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) { // its text repeats the host
      return Outcome.refused(
          InvalidURL,
          "The host has a character that a host name cannot have; if there is an ASCII form of it (xn--…), write that.");
    }
    String today = mappedToday(label);
    return IDN.toUnicode(ascii).equals(today) && !READ_DIFFERENTLY.matcher(today).find()
        ? Outcome.done(ascii)
        : Outcome.refused(
            InvalidURL,
            "The host has a character that programs translate differently; write its ASCII form (xn--…).");
  }

  private static String mappedToday(String label) {
    String lowerCase =
        Normalizer.normalize(label, Normalizer.Form.NFKC)
            .codePoints()
            .map(Character::toLowerCase) // a whole string's Σ would depend on where it stands
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return Normalizer.normalize(lowerCase, Normalizer.Form.NFKC);
  }

  private static Outcome<String> checked(String name, boolean plain) {
    String[] labels = name.split("\\.", -1);
    for (String label : labels) {
      if (!LABEL.matcher(label).matches()) {
        return Outcome.refused(
            InvalidURL,
            "The host is not a name of letters, digits and inner hyphens, in parts of 1 to 63 characters between dots.");
      }
    }
    if (name.length() > MAX_LENGTH) {
      return Outcome.refused(
          InvalidURL, "The host is longer than %d characters.".formatted(MAX_LENGTH));
    }
    return endsLikeNumber(labels) ? ipv4(name, plain) : Outcome.done(name);
  }

  /**
   * RFC 3986 treats such a name as a name, the WHATWG standard ("ends in a number") as an IPv4
   * address in hexadecimal, octal or short form, and {@code java.net.URI} as neither.
   */
  private static boolean endsLikeNumber(String[] labels) {
    char first = labels[labels.length - 1].charAt(0);
    return first >= '0' && first <= '9';
  }

  private static Outcome<String> ipv4(String name, boolean plain) {
    return plain && IpAddress.parse(name).isPresent()
        ? Outcome.done(name)
        : Outcome.refused(
            InvalidURL,
            "The host ends like a number, but is not an IPv4 address of four decimal numbers, such as 192.0.2.10.");
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
