package dev.codesource.app;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Limits the connections of one port. When there are as many as there may be, a newcomer is let in,
 * and the connection that has waited longest for a whole request is closed. So a stranger who holds
 * connections keeps nobody out: neither a visitor, nor the kubelet, which would restart the
 * operator. A newcomer is refused only while requests are in progress on all connections.
 *
 * <p>Connections on which a small request is in progress are counted apart: thousands of deliveries
 * wait until they are noted, and take little memory meanwhile.
 */
final class ConnectionGate extends ChannelInboundHandlerAdapter {

  /**
   * Beyond the limit: connections whose end has begun, on another thread. Until some of these have
   * ended, newcomers wait in the system's queue.
   */
  private static final int LEAVING = 8;

  private final int most;
  private final int mostSmall;
  private final Duration patience;

  /** Those on which no request is in progress; the one that has waited longest is first. */
  private final Set<Channel> waiting = new LinkedHashSet<>();

  /** Those on which a small request is in progress, as far as they are counted apart. */
  private final Set<Channel> small = new HashSet<>();

  private int open;
  private Optional<Channel> listening = Optional.empty();

  /**
   * A gate for one listening socket.
   *
   * @param most connections, but for those with small requests in progress
   * @param mostSmall connections with small requests in progress; more of them count as the others
   * @param patience for a whole request to arrive
   */
  ConnectionGate(int most, int mostSmall, Duration patience) {
    this.most = most;
    this.mostSmall = mostSmall;
    this.patience = patience;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel connection = (Channel) accepted;
    if (!enter(context.channel(), connection)) {
      connection.unsafe().closeForcibly();
      return;
    }
    connection.closeFuture().addListener(_ -> leave(connection));
    connection.pipeline().addFirst(new WatchedConnection(this, patience));
    context.fireChannelRead(connection);
  }

  private boolean enter(Channel socket, Channel connection) {
    Optional<Channel> displaced = Optional.empty();
    synchronized (this) {
      listening = Optional.of(socket);
      if (counted() >= most) {
        displaced = longestWaiting();
        if (displaced.isEmpty()) {
          return false;
        }
        waiting.remove(displaced.get());
      }
      open++;
      waiting.add(connection);
      listen();
    }
    displaced.ifPresent(ConnectionGate::end);
    return true;
  }

  static void end(Channel connection) {
    var _ = connection.close();
  }

  private Optional<Channel> longestWaiting() {
    Iterator<Channel> oldestFirst = waiting.iterator();
    return oldestFirst.hasNext() ? Optional.of(oldestFirst.next()) : Optional.empty();
  }

  private int counted() {
    return open - small.size();
  }

  private void listen() {
    listening.ifPresent(socket -> socket.config().setAutoRead(counted() < most + LEAVING));
  }

  private synchronized void leave(Channel connection) {
    open--;
    waiting.remove(connection);
    small.remove(connection);
    listen();
  }

  /** A request is in progress from now on. */
  synchronized void busy(Channel connection, boolean isSmall) {
    waiting.remove(connection);
    if (isSmall && small.size() < mostSmall) {
      small.add(connection);
      listen();
    }
  }

  /** The answers to all requests are given. */
  synchronized void idle(Channel connection) {
    small.remove(connection);
    if (connection.isOpen()) {
      waiting.add(connection);
    }
    listen();
  }

  /**
   * Whether a connection that is counted apart should end with its answer: it would be one too many
   * when it waits for the next request.
   */
  synchronized boolean isCrowded(Channel connection) {
    return small.contains(connection) && counted() >= most;
  }
}
