package dev.codesource.codehost;

import dev.codesource.api.Platform;
import dev.codesource.credential.Token;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The code hosts, one for each {@link Platform}. */
public final class CodeHosts {
  private final Map<Platform, CodeHost> hosts = new EnumMap<>(Platform.class);

  /**
   * @throws IllegalArgumentException when a platform has no code host, or more than one
   */
  public CodeHosts(List<CodeHost> hosts) {
    EnumSet<Platform> lacking = EnumSet.allOf(Platform.class);
    for (CodeHost host : hosts) {
      if (!lacking.remove(host.platform())) {
        throw new IllegalArgumentException(host.platform() + " has more than one code host");
      }
      this.hosts.put(host.platform(), host);
    }
    if (!lacking.isEmpty()) {
      throw new IllegalArgumentException("no code host for " + lacking);
    }
  }

  /** The platform whose tokens begin as this one does; empty: it tells nothing. */
  public Optional<Platform> madeBy(Token token) {
    return hosts.values().stream()
        .filter(host -> host.tokenPrefixes().stream().anyMatch(token.reveal()::startsWith))
        .map(CodeHost::platform)
        .findFirst();
  }

  public CodeHost of(Platform platform) {
    CodeHost host = hosts.get(platform);
    if (host == null) {
      throw new IllegalStateException("no code host for " + platform);
    }
    return host;
  }
}
