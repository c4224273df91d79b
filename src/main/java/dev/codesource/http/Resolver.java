package dev.codesource.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks names up. May block; the client limits how long it waits. */
@FunctionalInterface
public interface Resolver {

  /** The addresses that a name resolves to, the preferred one first. */
  List<InetAddress> resolve(String name) throws UnknownHostException;

  /** Whether an answer may be used for some seconds. */
  default boolean mayBeKept() {
    return false;
  }

  /** The system's own: hosts file and DNS, without search domains. */
  static Resolver system() {
    return new SystemResolver();
  }
}
