package dev.codesource.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands before a server as a load balancer does. It can forget its connections as one does: they
 * stay open, what is sent on them is dropped, and nobody is told.
 */
public final class SilentProxy implements AutoCloseable {

  private final InetSocketAddress server;
  private final ServerSocket listening;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();

  private SilentProxy(InetSocketAddress server, ServerSocket listening) {
    this.server = server;
    this.listening = listening;
  }

  public static SilentProxy before(String host, int port) {
    try {
      SilentProxy proxy =
          new SilentProxy(
              new InetSocketAddress(host, port),
              new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
      Thread.ofPlatform().daemon().name("silent-proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** Forgets the connections that there are; later ones work. Returns how many these are. */
  public int forget() {
    connections.forEach(connection -> connection.forgotten = true);
    return connections.size();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Connection connection : connections) {
      connection.client.close();
      connection.server.close();
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket onward = new Socket();
        onward.connect(server);
        Connection connection = new Connection(client, onward);
        connections.add(connection);
        start(() -> connection.forward(client, onward));
        start(() -> connection.forward(onward, client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private static void start(Runnable forwarding) {
    Thread.ofPlatform().daemon().name("silent-proxy-connection").start(forwarding);
  }

  private static final class Connection {
    private final Socket client;
    private final Socket server;
    private volatile boolean forgotten;

    Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void forward(Socket from, Socket to) {
      byte[] buffer = new byte[8192];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int read; (read = in.read(buffer)) >= 0; ) {
          if (!forgotten) {
            out.write(buffer, 0, read);
            out.flush();
          }
        }
        if (!forgotten) {
          to.close();
        }
      } catch (IOException e) {
        // One side is closed. The other one is not told of a forgotten connection.
      }
    }
  }
}
