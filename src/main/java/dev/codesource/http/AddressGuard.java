package dev.codesource.http;

import dev.codesource.reason.Outcome;
import java.net.InetAddress;

/** Decides which network addresses may be connected to. */
@FunctionalInterface
public interface AddressGuard {

  /**
   * Called once for every address that a name resolves to, before each request.
   *
   * @param host the name as it stands in the URL, or a literal address without brackets
   * @param address one that the name resolves to
   * @return the address to connect to, or why there must be no connection
   */
  Outcome<InetAddress> check(String host, InetAddress address);
}
