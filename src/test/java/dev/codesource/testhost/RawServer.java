package dev.codesource.testhost;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A server that says on each connection what a test wants it to say, byte for byte. */
public final class RawServer implements AutoCloseable {
  private final ServerSocket listening;
  private final Thread accepting;
  private final Conversation conversation;
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger hungUp = new AtomicInteger();

  /** What happens on one connection; it is closed when this returns. */
  @FunctionalInterface
  public interface Conversation {
    void with(Connection connection) throws IOException, InterruptedException;
  }

  private RawServer(ServerSocket listening, Conversation conversation) {
    this.listening = listening;
    this.conversation = conversation;
    this.accepting = Thread.ofPlatform().daemon().name("raw-server").start(this::accept);
  }

  public static RawServer start(Conversation conversation) {
    return start("127.0.0.1", 0, conversation);
  }

  public static RawServer start(String address, int port, Conversation conversation) {
    return start(ServerSocketFactory.getDefault(), address, port, conversation);
  }

  public static RawServer start(ServerIdentity identity, Conversation conversation) {
    return start(identity.sslContext().getServerSocketFactory(), "127.0.0.1", 0, conversation);
  }

  public static RawServer start(
      ServerSocketFactory sockets, String address, int port, Conversation conversation) {
    try {
      return new RawServer(
          sockets.createServerSocket(port, 50, InetAddress.getByName(address)), conversation);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Answers every request of a connection with the same JSON, and keeps the connection. */
  public static Conversation answering(String json) {
    return connection -> {
      while (connection.readRequest()) {
        connection.write(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + json.length()
                + "\r\n\r\n"
                + json);
      }
    };
  }

  /** Reads the request and then says nothing, until the other side hangs up. */
  public static Conversation silent() {
    return connection -> {
      if (connection.readRequest()) {
        connection.awaitHangUp();
      }
    };
  }

  public int port() {
    return listening.getLocalPort();
  }

  public int accepted() {
    return connections.size();
  }

  /** How many connections the other side has ended. */
  public int hungUp() {
    return hungUp.get();
  }

  /** The heads of the requests read so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Ends the connections that there are, not the server. */
  public void dropConnections() {
    for (Socket each : connections) {
      try {
        each.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    try {
      // Until then the port may still take connections.
      accepting.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    dropConnections();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        connections.add(socket);
        // Of the system: one that writes for ever would keep a virtual thread's carrier from
        // others.
        Thread.ofPlatform().daemon().name("raw-connection").start(() -> converse(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      conversation.with(new Connection(socket.getInputStream(), socket.getOutputStream()));
    } catch (IOException e) {
      hungUp.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One connection, seen from the server. */
  public final class Connection {
    private final InputStream in;
    private final OutputStream out;

    private Connection(InputStream in, OutputStream out) {
      this.in = in;
      this.out = out;
    }

    /** Reads the head of a request; false when there is none any more. */
    public boolean readRequest() throws IOException {
      return readHead().isPresent();
    }

    private Optional<String> readHead() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int read = in.read();
        if (read < 0) {
          hungUp.incrementAndGet();
          return Optional.empty();
        }
        head.append((char) read);
      }
      requests.add(head.toString());
      return Optional.of(head.toString());
    }

    /** Reads a request with its body, if it says how long that is. */
    public Asked readWholeRequest() throws IOException {
      List<String> lines =
          readHead()
              .orElseThrow(() -> new IOException("the connection was closed without a request"))
              .lines()
              .takeWhile(line -> !line.isEmpty())
              .toList();
      Map<String, List<String>> headers = new LinkedHashMap<>();
      for (String header : lines.subList(1, lines.size())) {
        int colon = header.indexOf(':');
        headers
            .computeIfAbsent(
                header.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
            .add(header.substring(colon + 1).strip());
      }
      String[] first = lines.getFirst().split(" ", 3);
      int length =
          Integer.parseInt(headers.getOrDefault("content-length", List.of("0")).getFirst());
      return new Asked(
          first[0], first[1], headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    public String readBody(int length) throws IOException {
      return new String(in.readNBytes(length), ISO_8859_1);
    }

    public void write(String text) throws IOException {
      write(text.getBytes(ISO_8859_1));
    }

    public void write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    public void awaitHangUp() throws IOException {
      while (in.read() >= 0) {
        // what else is said does not matter
      }
      hungUp.incrementAndGet();
    }
  }
}
