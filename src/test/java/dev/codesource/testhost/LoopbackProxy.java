package dev.codesource.testhost;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * A company's HTTP proxy: tunnels (RFC 9110 section 9.3.6) and requests in absolute form (RFC 9112
 * section 3.2.2). Every name stands for 127.0.0.1, so that only who asks the proxy reaches it.
 */
public final class LoopbackProxy implements AutoCloseable {

  private final ServerSocket listening;
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile String refusal = "";
  private volatile String login = "";

  private LoopbackProxy(ServerSocket listening) {
    this.listening = listening;
  }

  public static LoopbackProxy start() {
    try {
      LoopbackProxy proxy =
          new LoopbackProxy(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
      run(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Answers every request with a status line, such as {@code 403 Filtered}, as tinyproxy does. */
  public LoopbackProxy refusing(String status) {
    refusal = status;
    return this;
  }

  /** Wants Basic credentials, such as {@code user:password}. */
  public LoopbackProxy wanting(String credentials) {
    login = credentials;
    return this;
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** As the chart's values name it. */
  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** The heads of the requests to the proxy; it does not see those in a tunnel. */
  public List<String> heads() {
    return List.copyOf(heads);
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        sockets.add(client);
        run(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      heads.add(head);
      String[] line = head.lines().findFirst().orElseThrow().split(" ");
      if (!login.isEmpty()
          && !head.matches("(?is).*\r\nproxy-authorization: (?-i)" + wanted() + "\r\n.*")) {
        answer(client, "407 Proxy Authentication Required");
      } else if (!refusal.isEmpty()) {
        answer(client, refusal);
      } else if (line[0].equals("CONNECT")) {
        int port = Integer.parseInt(line[1].substring(line[1].lastIndexOf(':') + 1));
        try (Socket host = connect(port)) {
          client.getOutputStream().write("HTTP/1.1 200 Established\r\n\r\n".getBytes(ISO_8859_1));
          Thread back = run(() -> forward(host, client));
          forward(client, host);
          back.join();
        }
      } else {
        URI target = URI.create(line[1]);
        try (Socket host = connect(target.getPort())) {
          String path = target.getRawPath();
          host.getOutputStream()
              .write(head.replaceFirst(" \\S+ ", " " + path + " ").getBytes(ISO_8859_1));
          Thread back = run(() -> forward(host, client));
          forward(client, host);
          back.join();
        }
      }
    } catch (IOException e) {
      // One side is closed, and so is the other then.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Socket connect(int port) throws IOException {
    Socket host = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    sockets.add(host);
    return host;
  }

  private static void answer(Socket client, String status) throws IOException {
    client
        .getOutputStream()
        .write(
            ("HTTP/1.1 "
                    + status
                    + "\r\nServer: tinyproxy/1.11.2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(ISO_8859_1));
  }

  private String wanted() {
    return Pattern.quote("Basic " + Base64.getEncoder().encodeToString(login.getBytes(ISO_8859_1)));
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int read = in.read();
      if (read < 0) {
        throw new IOException("closed");
      }
      head.append((char) read);
    }
    return head.toString();
  }

  private static void forward(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      OutputStream out = to.getOutputStream();
      InputStream in = from.getInputStream();
      for (int read; (read = in.read(buffer)) >= 0; ) {
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // Closed by the other direction.
    }
  }

  private static Thread run(Runnable work) {
    return Thread.ofPlatform().daemon().name("loopback-proxy").start(work);
  }
}
