package dev.codesource.operator;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A request as it is written, headers that clients set themselves included. */
final class RawHttp {

  private RawHttp() {}

  static String send(URI host, String request) throws IOException {
    try (Socket socket = new Socket(host.getHost(), host.getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
