package dev.codesource.testhost;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * An HTTP/1.1 server on 127.0.0.1 that sends answers byte for byte, one a connection. A library's
 * server would add a Date or mend a header, and recorded answers are to arrive as recorded.
 */
public final class LoopbackHost implements AutoCloseable {
  private final ServerSocket listener;
  private final Thread accepting;
  private final Function<SeenRequest, CannedAnswer> answers;
  private final List<SeenRequest> seen = new CopyOnWriteArrayList<>();

  public LoopbackHost(Function<SeenRequest, CannedAnswer> answers) {
    this.answers = answers;
    try {
      listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    accepting = Thread.ofVirtual().name("loopback-host").start(this::accept);
  }

  /** The site under a path: empty, or beginning with a slash. */
  public SiteUrl site(String path) {
    return new SiteUrl(new Origin(Origin.Scheme.HTTP, "127.0.0.1", listener.getLocalPort()), path);
  }

  public List<SeenRequest> seen() {
    return List.copyOf(seen);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      SeenRequest request = read(new BufferedInputStream(socket.getInputStream()));
      seen.add(request);
      write(socket.getOutputStream(), answers.apply(request));
    } catch (IOException | RuntimeException broken) {
      // The client sees a closed connection and the test what it makes of that.
    }
  }

  private static SeenRequest read(InputStream in) throws IOException {
    String[] first = line(in).split(" ", 3);
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      int colon = header.indexOf(':');
      headers
          .computeIfAbsent(
              header.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(header.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", List.of("0")).getFirst());
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new SeenRequest(first[0], first[1], headers, body);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new IOException("the connection was closed within a request");
      }
      if (octet != '\r') {
        line.write(octet);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  private static void write(OutputStream out, CannedAnswer answer) throws IOException {
    boolean hasBody = answer.status() != 204 && answer.status() != 304;
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    StringBuilder head =
        new StringBuilder("HTTP/1.1 ").append(answer.status()).append(" Answer\r\n");
    answer
        .headers()
        .forEach(h -> head.append(h.getKey()).append(": ").append(h.getValue()).append("\r\n"));
    if (hasBody) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("Connection: close\r\n\r\n");
    out.write(head.toString().getBytes(StandardCharsets.UTF_8));
    if (hasBody) {
      out.write(body);
    }
    out.flush();
  }

  @Override
  public void close() {
    try {
      listener.close();
      // Until then the port may still take connections.
      accepting.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
