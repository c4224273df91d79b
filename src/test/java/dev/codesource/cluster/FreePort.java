package dev.codesource.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for programs that have to be told where to listen. They lie below those that systems give
 * to whoever asks for any (Linux: from 32768 on). So nobody else is given one before the program,
 * which takes seconds to start, listens there.
 */
public final class FreePort {

  private static final int FIRST = 20_000;
  private static final int END = 32_000;
  private static final int ATTEMPTS = 100;

  private static final Set<Integer> FOUND = ConcurrentHashMap.newKeySet();

  private FreePort() {}

  /** A port of loopback at which nothing listens, and that was not found before in this JVM. */
  public static int find() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      // Random, as other JVMs look for ports at the same time.
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      if (FOUND.add(port) && isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no port is free from %d to %d".formatted(FIRST, END));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
