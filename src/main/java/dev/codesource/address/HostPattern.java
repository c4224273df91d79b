package dev.codesource.address;

import dev.codesource.reason.Outcome;

/**
 * Hosts that an administrator names.
 *
 * @param host as in {@link Origin}
 * @param subdomains whether all names below the host are meant, at any depth, and not itself
 */
public record HostPattern(String host, boolean subdomains) {

  private static final String WILDCARD = "*.";

  /**
   * Reads {@code git.example.com}, {@code *.example.com} or an IP address, in any case and also
   * with characters beyond ASCII.
   *
   * @throws IllegalArgumentException with a sentence for the administrator
   */
  public static HostPattern parse(String text) {
    boolean subdomains = text.startsWith(WILDCARD);
    String name = subdomains ? text.substring(WILDCARD.length()) : text;
    boolean bareIpv6 = name.contains(":") && !name.startsWith("[");
    return switch (HostName.read(bareIpv6 ? "[" + name + "]" : name)) {
      case Outcome.Done<String>(var host) when !(subdomains && IpAddress.parse(host).isPresent()) ->
          new HostPattern(host, subdomains);
      case Outcome.Done<String> _, Outcome.Refused<String> _, Outcome.Waiting<String> _ ->
          throw new IllegalArgumentException(
              "\"%s\" is not a host such as git.example.com, *.example.com or 192.0.2.10."
                  .formatted(text));
    };
  }

  boolean matches(String candidate) {
    return subdomains ? candidate.endsWith("." + host) : candidate.equals(host);
  }

  boolean isIpAddress() {
    return IpAddress.parse(host).isPresent();
  }

  @Override
  public String toString() {
    return subdomains ? WILDCARD + host : host;
  }
}
