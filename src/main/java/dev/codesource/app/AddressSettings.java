package dev.codesource.app;

import static dev.codesource.app.SettingException.reading;

import dev.codesource.address.HostPolicy;
import dev.codesource.address.PortPolicy;
import dev.codesource.address.PortRanges;
import java.util.List;
import java.util.Optional;

/** Reads the rules of addresses, and names the list that is wrong. */
record AddressSettings(Settings.Address settings) {

  /**
   * @throws SettingException if a host or network is none
   */
  HostPolicy hosts() {
    List<String> allowedHosts = list(settings.allowedHosts());
    List<String> deniedHosts = list(settings.deniedHosts());
    List<String> allowedCidrs = list(settings.allowedCidrs());
    List<String> deniedCidrs = list(settings.deniedCidrs());
    List<String> none = List.of();
    reading("address.allowed-hosts", () -> HostPolicy.parse(allowedHosts, none, none, none));
    reading("address.denied-hosts", () -> HostPolicy.parse(none, deniedHosts, none, none));
    reading("address.allowed-cidrs", () -> HostPolicy.parse(none, none, allowedCidrs, none));
    reading("address.denied-cidrs", () -> HostPolicy.parse(none, none, none, deniedCidrs));
    return HostPolicy.parse(allowedHosts, deniedHosts, allowedCidrs, deniedCidrs);
  }

  /**
   * @throws SettingException if a port is none
   */
  PortPolicy ports() {
    return new PortPolicy(
        ports("address.http-ports", settings.httpPorts()),
        ports("address.https-ports", settings.httpsPorts()));
  }

  private static PortRanges ports(String property, Optional<String> value) {
    return reading(property, () -> PortRanges.parse(value.orElse("")));
  }

  private static List<String> list(Optional<List<String>> value) {
    return value.orElse(List.of());
  }
}
