package dev.codesource.testhost;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * An HTTP/1.1 server on 127.0.0.1 that sends answers byte for byte, one a connection. A library's
 * server, such as that of {@link LoopbackCodeHost}, would add a Date or mend a header, and recorded
 * answers are to arrive as recorded.
 */
public final class LoopbackHost implements AutoCloseable {
  private final RawServer server;
  private final List<Asked> seen = new CopyOnWriteArrayList<>();

  public LoopbackHost(Function<Asked, CannedAnswer> answers) {
    server =
        RawServer.start(
            connection -> {
              Asked request = connection.readWholeRequest();
              seen.add(request);
              connection.write(bytes(answers.apply(request)));
            });
  }

  /** The site under a path: empty, or beginning with a slash. */
  public SiteUrl site(String path) {
    return new SiteUrl(new Origin(Origin.Scheme.HTTP, "127.0.0.1", server.port()), path);
  }

  public List<Asked> seen() {
    return List.copyOf(seen);
  }

  private static byte[] bytes(CannedAnswer answer) {
    boolean hasBody = answer.status() != 204 && answer.status() != 304;
    StringBuilder text =
        new StringBuilder("HTTP/1.1 ").append(answer.status()).append(" Answer\r\n");
    answer
        .headers()
        .forEach(h -> text.append(h.getKey()).append(": ").append(h.getValue()).append("\r\n"));
    if (hasBody) {
      text.append("Content-Length: ").append(answer.body().getBytes(UTF_8).length).append("\r\n");
    }
    text.append("Connection: close\r\n\r\n");
    if (hasBody) {
      text.append(answer.body());
    }
    return text.toString().getBytes(UTF_8);
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
