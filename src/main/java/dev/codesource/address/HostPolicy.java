package dev.codesource.address;

import static dev.codesource.reason.Reason.HostNotAllowed;

import dev.codesource.reason.Outcome;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which hosts the operator connects to. A denial takes precedence over what is allowed.
 *
 * @param allowedHosts the only hosts allowed; empty: every host
 * @param deniedHosts names to which the operator never connects. Addresses belong into {@code
 *     deniedNetworks}: a name that resolves to the address would be allowed here.
 * @param allowedNetworks parts of {@link SpecialNetwork}s to which connections are allowed
 * @param deniedNetworks addresses to which the operator never connects
 */
public record HostPolicy(
    List<HostPattern> allowedHosts,
    List<HostPattern> deniedHosts,
    List<Cidr> allowedNetworks,
    List<Cidr> deniedNetworks) {

  /** Every host, and every address outside the {@link SpecialNetwork}s. */
  public static final HostPolicy DEFAULT =
      new HostPolicy(List.of(), List.of(), List.of(), List.of());

  /** Of Google Cloud and of Amazon EC2. */
  private static final Set<String> METADATA_NAMES =
      Set.of(
          "metadata",
          "metadata.google.internal",
          "metadata.goog",
          "instance-data",
          "instance-data.ec2.internal");

  public HostPolicy {
    allowedHosts = List.copyOf(allowedHosts);
    deniedHosts = List.copyOf(deniedHosts);
    allowedNetworks = List.copyOf(allowedNetworks);
    deniedNetworks = List.copyOf(deniedNetworks);
    deniedHosts.forEach(HostPolicy::refuseAddress);
    allowedNetworks.forEach(HostPolicy::refuseMapped);
    deniedNetworks.forEach(HostPolicy::refuseMapped);
  }

  /**
   * Reads the administrator's settings.
   *
   * @throws IllegalArgumentException with a sentence for the administrator
   */
  public static HostPolicy parse(
      List<String> allowedHosts,
      List<String> deniedHosts,
      List<String> allowedNetworks,
      List<String> deniedNetworks) {
    return new HostPolicy(
        allowedHosts.stream().map(HostPattern::parse).toList(),
        deniedHosts.stream().map(HostPattern::parse).toList(),
        allowedNetworks.stream().map(Cidr::parse).toList(),
        deniedNetworks.stream().map(Cidr::parse).toList());
  }

  /** Checks what is known before a look-up: the host name, or a literal address. */
  public Outcome<SiteUrl> check(SiteUrl site) {
    String host = site.origin().host();
    Optional<String> objection =
        objectionToName(host)
            .or(
                () ->
                    IpAddress.parse(host).flatMap(address -> objection(address, "is an address")));
    return verdict(host, objection, site);
  }

  /**
   * Checks a host whose addresses a proxy looks up: its name, or a literal address. Of names whose
   * addresses cannot be known here, those of cloud metadata are refused.
   */
  public Outcome<String> checkUnresolved(String host) {
    Optional<String> objection =
        objectionToName(host)
            .or(() -> IpAddress.parse(host).flatMap(ip -> objection(ip, "is an address")))
            .or(
                () ->
                    METADATA_NAMES.contains(host)
                        ? Optional.of("is a name of cloud metadata")
                        : Optional.empty());
    return verdict(host, objection, host);
  }

  /**
   * Checks an address that a name resolves to.
   *
   * @return the same address; the message of a refusal does not name it, since the order of a
   *     name's addresses changes
   */
  public Outcome<InetAddress> check(String host, InetAddress address) {
    return verdict(host, objection(IpAddress.of(address), "resolves to an address"), address);
  }

  private Optional<String> objectionToName(String host) {
    return deniedHosts.stream()
        .filter(pattern -> pattern.matches(host))
        .findFirst()
        .map("is denied by the administrator (%s)"::formatted)
        .or(
            () ->
                allowedHosts.isEmpty() || allowedHosts.stream().anyMatch(p -> p.matches(host))
                    ? Optional.empty()
                    : Optional.of("is not one of the hosts that the administrator allows"));
  }

  /** An address is refused if any address that is embedded in it is refused. */
  private Optional<String> objection(IpAddress address, String subject) {
    return objectionToNetwork(address)
        .map(network -> "%s in %s".formatted(subject, network))
        .or(
            () ->
                EmbeddedIpv4.in(address).stream()
                    .flatMap(ipv4 -> objectionToNetwork(ipv4).stream())
                    .findFirst()
                    .map(n -> "%s that stands for an IPv4 address in %s".formatted(subject, n)));
  }

  private Optional<String> objectionToNetwork(IpAddress address) {
    Optional<String> denied =
        deniedNetworks.stream()
            .filter(network -> network.contains(address))
            .findFirst()
            .map("%s, which the administrator denies"::formatted);
    return denied.or(
        () ->
            SpecialNetwork.refusing(address, allowedNetworks)
                .map(
                    "%s, which is refused unless the administrator allows that network or a part of it"
                        ::formatted));
  }

  private static void refuseAddress(HostPattern host) {
    if (host.isIpAddress()) {
      throw new IllegalArgumentException(
          "The denied host %s is an IP address; deny it as a network, so that names that stand for it are denied too."
              .formatted(host));
    }
  }

  /** Such a network would never match: the JDK returns these addresses as IPv4. */
  private static void refuseMapped(Cidr network) {
    if (network.network().isMapped()) {
      throw new IllegalArgumentException(
          "The network %s is an IPv4 network in IPv6 notation; write it as an IPv4 network."
              .formatted(network));
    }
  }

  private static <T> Outcome<T> verdict(String host, Optional<String> objection, T checked) {
    return objection
        .map(text -> Outcome.<T>refused(HostNotAllowed, "The host %s %s.".formatted(host, text)))
        .orElseGet(() -> Outcome.done(checked));
  }
}
