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
 * <p>Connections with a small request are counted apart, while it is in progress, and after its
 * answer until the next byte comes: hundreds of deliveries wait until they are noted, and take
 * little memory meanwhile. So the connections that a proxy keeps for deliveries stay open.
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

  /**
   * Those that are new, or on which a request has begun and not arrived whole; the one that has
   * waited longest is first.
   */
  private final Set<Channel> waiting = new LinkedHashSet<>();

  /** Those on which a small request is in progress, as far as they are counted apart. */
  private final Set<Channel> small = new HashSet<>();

  /**
   * Those that had a small request and have sent nothing since; counted apart, too. The one that
   * has rested longest is first.
   */
  private final Set<Channel> resting = new LinkedHashSet<>();

  private int open;
  private Optional<Channel> listening = Optional.empty();

  /**
   * A gate for one listening socket.
   *
   * @param most connections, but for those that are counted apart
   * @param mostSmall connections that are counted apart; more of them count as the others
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
        displaced = pollFirst(waiting);
        if (displaced.isEmpty()) {
          return false;
        }
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

  private static Optional<Channel> pollFirst(Set<Channel> connections) {
    Iterator<Channel> oldestFirst = connections.iterator();
    if (!oldestFirst.hasNext()) {
      return Optional.empty();
    }
    Channel first = oldestFirst.next();
    oldestFirst.remove();
    return Optional.of(first);
  }

  private int counted() {
    return open - small.size() - resting.size();
  }

  private void listen() {
    listening.ifPresent(socket -> socket.config().setAutoRead(counted() < most + LEAVING));
  }

  private synchronized void leave(Channel connection) {
    open--;
    waiting.remove(connection);
    small.remove(connection);
    resting.remove(connection);
    listen();
  }

  /** A byte came: a request has begun. */
  void began(Channel connection) {
    Optional<Channel> displaced = Optional.empty();
    synchronized (this) {
      if (resting.remove(connection)) {
        waiting.add(connection);
        displaced = counted() > most ? pollFirst(waiting) : Optional.empty();
        listen();
      }
    }
    displaced.ifPresent(ConnectionGate::end);
  }

  /** A request is in progress from now on. */
  void busy(Channel connection, boolean isSmall) {
    Optional<Channel> displaced = Optional.empty();
    synchronized (this) {
      waiting.remove(connection);
      if (isSmall) {
        displaced =
            small.size() + resting.size() < mostSmall ? Optional.empty() : pollFirst(resting);
        if (small.size() + resting.size() < mostSmall) {
          small.add(connection);
        }
        listen();
      }
    }
    displaced.ifPresent(ConnectionGate::end);
  }

  /**
   * The answers to all requests are given.
   *
   * @param isFollowed whether a part of the next request came already
   * @return whether the connection is counted apart until the next byte comes
   */
  synchronized boolean idle(Channel connection, boolean isFollowed) {
    boolean isApart = small.remove(connection) && !isFollowed;
    if (connection.isOpen()) {
      (isApart ? resting : waiting).add(connection);
    }
    listen();
    return isApart;
  }
}
