package dev.codesource.operator;

import dev.codesource.cluster.Cluster;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.CertificateAuthority.Validity;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.RawServer;
import dev.codesource.testhost.ServerIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** Where a scenario plays: a team's namespace, and code hosts that end with it. */
final class Surroundings implements AutoCloseable {

  /** Stands for loopback. */
  static final String NAME = "gitlab.corp.example";

  /** Stands for an address that the operator refuses. */
  static final String INSIDE = "metadata.corp.example";

  static final String TOKEN = "glpat-0123456789abcdefghij";
  static final String SECRET = "gitlab-token";

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final Team team;
  private final Set<Integer> usedPorts;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private Surroundings(Team team, Set<Integer> usedPorts) {
    this.team = team;
    this.usedPorts = usedPorts;
  }

  /**
   * @param usedPorts which are not used again, and to which others are added: the operator
   *     remembers for a while what it found at a port
   */
  static Surroundings in(Cluster cluster, Set<Integer> usedPorts) {
    return new Surroundings(Team.in(cluster), usedPorts);
  }

  /**
   * What the operator is started with: impatient, with any https port (a test cannot listen at
   * 443), and with names of its own, so that no test depends on what some DNS server says.
   */
  static Map<String, String> settings() {
    Path hosts =
        Path.of("target", "operator-hosts-" + ProcessHandle.current().pid()).toAbsolutePath();
    try {
      Files.writeString(
          hosts, "127.0.0.1 localhost\n127.0.0.1 %s\n169.254.169.254 %s\n".formatted(NAME, INSIDE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of(
        "CODESOURCE_ADDRESS_HTTPS_PORTS", "443,1025-65535",
        "CODESOURCE_ADDRESS_DENIED_HOSTS", "*.evil.example",
        "CODESOURCE_HOST_CONNECT_TIMEOUT", "4s",
        "CODESOURCE_HOST_TIMEOUT", "5s",
        // Of InetAddress: names are looked up in this file alone.
        "JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts);
  }

  Team team() {
    return team;
  }

  /** Alice's token for a site. */
  Surroundings token(String url) {
    team.token(SECRET, url, TOKEN);
    return this;
  }

  /** Alice's binding of a GitLab. */
  static String gitLab(String url) {
    return spec("GitLab", url, "alice");
  }

  static String spec(String platform, String url, String username) {
    return "platform: %s, url: '%s', username: %s, tokenSecretRef: {name: %s}"
        .formatted(platform, url, username, SECRET);
  }

  /** A GitLab where Alice's token is good, and a Secret with it. */
  LoopbackCodeHost gitLab(Grant grant) {
    return host(Dialect.gitLab(), grant);
  }

  LoopbackCodeHost host(Dialect dialect, Grant grant) {
    LoopbackCodeHost host =
        fresh(() -> LoopbackCodeHost.http(dialect), LoopbackCodeHost::port).grant(TOKEN, grant);
    token(host.url());
    return host;
  }

  /** A host that answers whatever is asked with the same. */
  LoopbackCodeHost answering(Answer answer) {
    LoopbackCodeHost host =
        fresh(() -> LoopbackCodeHost.http((asked, grants) -> answer), LoopbackCodeHost::port);
    token(host.url());
    return host;
  }

  /** A GitLab with a certificate, under {@link #NAME}. */
  String https(ServerIdentity identity) {
    LoopbackCodeHost host =
        fresh(
                () -> LoopbackCodeHost.https(Dialect.gitLab(), identity.sslContext()),
                LoopbackCodeHost::port)
            .grant(TOKEN, Grant.of("alice", "api"));
    String url = host.url(NAME);
    token(url);
    return url;
  }

  /** A server that does what is asked on each connection; its log-on URL. */
  String raw(RawServer.Conversation conversation) {
    String url =
        "http://127.0.0.1:" + fresh(() -> RawServer.start(conversation), RawServer::port).port();
    token(url);
    return url;
  }

  /** A port at which nothing listens, and nothing else can; its log-on URL. */
  String nothing() {
    String url =
        "http://127.0.0.1:" + fresh(Surroundings::bound, Socket::getLocalPort).getLocalPort();
    token(url);
    return url;
  }

  private static Socket bound() {
    try {
      Socket socket = new Socket();
      socket.bind(new InetSocketAddress(LOOPBACK, 0));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port that takes no more connections, as one behind a firewall that drops; its log-on URL. */
  String full() {
    try {
      ServerSocket listening = fresh(Surroundings::listening, ServerSocket::getLocalPort);
      boolean isFull = false;
      while (!isFull) {
        isFull = !connect(closing(new Socket()), listening.getLocalPort());
      }
      String url = "http://127.0.0.1:" + listening.getLocalPort();
      token(url);
      return url;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerSocket listening() {
    try {
      return new ServerSocket(0, 1, LOOPBACK);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean connect(Socket socket, int port) throws IOException {
    try {
      socket.connect(new InetSocketAddress(LOOPBACK, port), 200);
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    }
  }

  /** A certificate for {@link #NAME}, of a company's own authority. */
  static ServerIdentity of(CertificateAuthority authority) {
    return authority.issue(List.of(NAME), Validity.now());
  }

  /** At a port that was not used before; one that was is held meanwhile, and so not given again. */
  private <T extends AutoCloseable> T fresh(Supplier<T> opening, ToIntFunction<T> port) {
    T opened = closing(opening.get());
    while (!usedPorts.add(port.applyAsInt(opened))) {
      opened = closing(opening.get());
    }
    return opened;
  }

  private <T extends AutoCloseable> T closing(T opened) {
    open.push(opened);
    return opened;
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
