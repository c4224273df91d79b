package dev.codesource.address;

import static dev.codesource.reason.Reason.PortNotAllowed;

import dev.codesource.address.Origin.Scheme;
import dev.codesource.reason.Outcome;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which ports the operator connects to. */
public record PortPolicy(PortRanges http, PortRanges https) {

  /**
   * The ports that the registry service of these bindings allows (Alibaba Cloud Container Registry,
   * "Bind a source code hosting platform").
   */
  public static final PortPolicy DEFAULT =
      parse("80,21,443,70,210,280,488,591,777,1025-65535", "443");

  /**
   * Reads the administrator's settings, as {@link PortRanges#parse} does.
   *
   * @throws IllegalArgumentException with a sentence for the administrator
   */
  public static PortPolicy parse(String http, String https) {
    return new PortPolicy(PortRanges.parse(http), PortRanges.parse(https));
  }

  public Outcome<SiteUrl> check(SiteUrl site) {
    Origin origin = site.origin();
    return allowed(origin.scheme()).contains(origin.port())
        ? Outcome.done(site)
        : Outcome.refused(
            PortNotAllowed,
            "Port %d is not allowed for %s: %s."
                .formatted(origin.port(), origin.scheme(), describe()));
  }

  private PortRanges allowed(Scheme scheme) {
    return switch (scheme) {
      case HTTP -> http;
      case HTTPS -> https;
    };
  }

  private String describe() {
    return Stream.of(Scheme.values())
        .map(
            scheme ->
                allowed(scheme).ranges().isEmpty()
                    ? scheme + " may not be used"
                    : "%s may use port %s".formatted(scheme, allowed(scheme)))
        .collect(Collectors.joining(", and "));
  }
}
