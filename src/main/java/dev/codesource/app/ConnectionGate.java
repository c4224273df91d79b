package dev.codesource.app;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Limits the connections of one port. When there are as many as there may be, a newcomer is let in,
 * and the connection that has waited longest for a whole request is closed. So a stranger who holds
 * connections keeps nobody out: neither a visitor, nor the kubelet, which would restart the
 * operator. A newcomer is refused only while requests are in progress on all connections.
 */
final class ConnectionGate extends ChannelInboundHandlerAdapter {

  /**
   * Beyond the limit: connections whose end has begun, on another thread. Until some of these have
   * ended, newcomers wait in the system's queue.
   */
  private static final int LEAVING = 8;

  private final int most;
  private final Duration patience;

  /** Those on which no request is in progress; the one that has waited longest is first. */
  private final Set<Channel> waiting = new LinkedHashSet<>();

  private int open;

  /**
   * A gate for one listening socket.
   *
   * @param most connections
   * @param patience for a whole request to arrive
   */
  ConnectionGate(int most, Duration patience) {
    this.most = most;
    this.patience = patience;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel connection = (Channel) accepted;
    if (!enter(context.channel(), connection)) {
      connection.unsafe().closeForcibly();
      return;
    }
    connection.closeFuture().addListener(_ -> leave(context.channel(), connection));
    connection.pipeline().addFirst(new WatchedConnection(this, patience));
    context.fireChannelRead(connection);
  }

  private boolean enter(Channel listening, Channel connection) {
    Optional<Channel> displaced = Optional.empty();
    synchronized (this) {
      if (open >= most) {
        displaced = longestWaiting();
        if (displaced.isEmpty()) {
          return false;
        }
        waiting.remove(displaced.get());
      }
      open++;
      waiting.add(connection);
      listening.config().setAutoRead(open < most + LEAVING);
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

  private synchronized void leave(Channel listening, Channel connection) {
    open--;
    listening.config().setAutoRead(open < most + LEAVING);
    waiting.remove(connection);
  }

  /** A request is in progress from now on. */
  synchronized void busy(Channel connection) {
    waiting.remove(connection);
  }

  /** The answers to all requests are given. */
  synchronized void idle(Channel connection) {
    if (connection.isOpen()) {
      waiting.add(connection);
    }
  }
}
