package dev.codesource.http;

import dev.codesource.reason.Outcome;
import java.net.InetAddress;

/** Decides which network addresses may be connected to. */
@FunctionalInterface
public interface AddressGuard {

  /**
   * Asked once for every address that a name stands for, before each request.
   *
   * @param host the name as it stands in the URL, or a literal address without brackets
   * @param address what the name stands for
   * @return the address to connect to, or why it is none
   */
  Outcome<InetAddress> check(String host, InetAddress address);
}
