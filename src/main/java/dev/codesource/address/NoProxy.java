package dev.codesource.address;

import dev.codesource.reason.Outcome;
import java.util.List;

/**
 * The hosts that are reached without a proxy, as most programs read the variable {@code NO_PROXY}.
 * Loopback is always reached without one.
 */
public record NoProxy(List<Entry> entries) {

  public static final NoProxy NONE = new NoProxy(List.of());

  private static final Cidr LOOPBACK_4 = Cidr.parse("127.0.0.0/8");
  private static final Cidr LOOPBACK_6 = Cidr.parse("::1");
  private static final String PORT = "(?s).*:[0-9]{1,5}";

  /** A part of the setting. */
  sealed interface Entry {
    boolean matches(Origin origin);
  }

  /** {@code *}: no proxy at all. */
  private record Everything() implements Entry {
    @Override
    public boolean matches(Origin origin) {
      return true;
    }
  }

  /** A host that is written as an address; the addresses of names are not looked up for this. */
  private record Network(Cidr network) implements Entry {
    @Override
    public boolean matches(Origin origin) {
      return IpAddress.parse(origin.host()).filter(network::contains).isPresent();
    }
  }

  /**
   * A host, and the names below it.
   *
   * @param itself whether the host itself is meant, too
   * @param port 0: every port
   */
  private record Host(String name, boolean itself, int port) implements Entry {
    @Override
    public boolean matches(Origin origin) {
      return (port == 0 || port == origin.port())
          && ((itself && origin.host().equals(name)) || origin.host().endsWith("." + name));
    }
  }

  public NoProxy {
    entries = List.copyOf(entries);
  }

  /**
   * Reads the administrator's setting: {@code *}, networks and addresses, {@code example.com} for a
   * host and the names below it, {@code .example.com} or {@code *.example.com} for the names below
   * it; a host may have a port: {@code example.com:8080}.
   *
   * @throws IllegalArgumentException with a sentence for the administrator
   */
  public static NoProxy parse(List<String> texts) {
    return new NoProxy(texts.stream().map(String::strip).map(NoProxy::entry).toList());
  }

  /** Whether requests to the origin bypass the proxy. */
  public boolean covers(Origin origin) {
    return isLoopback(origin.host()) || entries.stream().anyMatch(each -> each.matches(origin));
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || IpAddress.parse(host)
            .filter(address -> LOOPBACK_4.contains(address) || LOOPBACK_6.contains(address))
            .isPresent();
  }

  private static Entry entry(String text) {
    if (text.equals("*")) {
      return new Everything();
    }
    if (text.contains("/") || IpAddress.parse(text).isPresent()) {
      return new Network(Cidr.parse(text));
    }
    int port = 0;
    String host = text;
    if (text.matches(PORT)) {
      int colon = text.lastIndexOf(':');
      port = Integer.parseInt(text.substring(colon + 1));
      host = text.substring(0, colon);
    }
    boolean below = host.startsWith(".") || host.startsWith("*.");
    String name = below ? host.substring(host.indexOf('.') + 1) : host;
    if (port <= 65535
        && HostName.read(name) instanceof Outcome.Done<String>(var read)
        && !(below && IpAddress.parse(read).isPresent())) {
      return new Host(read, !below, port);
    }
    throw new IllegalArgumentException(
        "\"%s\" is not a host without proxy such as git.example.com, .example.com, example.com:8080 or 10.0.0.0/8."
            .formatted(text));
  }
}
