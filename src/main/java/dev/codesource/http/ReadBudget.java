package dev.codesource.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * Limits what a host may send on a connection, counted before it is decoded or decrypted. The
 * limits of header and body leave out what is neither, and may come without end: interim answers
 * (RFC 9110 section 15.2), extensions of chunks, frames of HTTP/2 that belong to no answer.
 */
final class ReadBudget extends ChannelInboundHandlerAdapter {

  private static final AttributeKey<ReadBudget> OF_CHANNEL = AttributeKey.valueOf("read-budget");

  /** Before the first request, and besides the body of each: handshake, headers, framing. */
  private static final long BESIDES = 128 << 10;

  /** Chunks and records are small with some hosts; twice the content is more than any needs. */
  private static final int FRAMING = 2;

  /** Of many small answers on one connection what is left does not add up. */
  private static final long MOST = 8 << 20;

  private long left = BESIDES;

  /** A host has sent more than the answers to its requests can have. */
  static final class UsedUpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private UsedUpException() {
      super("The host has sent more than its answers can have.", null, false, false);
    }
  }

  private ReadBudget() {}

  /** Counts what is read on a connection from now on. */
  static void begin(HttpConnection connection) {
    of(connection);
  }

  /**
   * Adds what the answer to a request may have.
   *
   * @param maxBody in bytes
   */
  static void request(HttpConnection connection, int maxBody) {
    of(connection).add(BESIDES + (long) FRAMING * maxBody);
  }

  private static ReadBudget of(HttpConnection connection) {
    Channel channel = ((ConnectionBase) connection).channel();
    ReadBudget created = new ReadBudget();
    @Nullable ReadBudget known = channel.attr(OF_CHANNEL).setIfAbsent(created);
    if (known != null) {
      return known;
    }
    channel.pipeline().addFirst(created);
    return created;
  }

  private synchronized void add(long bytes) {
    left = Math.min(MOST, left + bytes);
  }

  private synchronized boolean take(long bytes) {
    boolean wasLeft = left >= 0;
    left -= bytes;
    return wasLeft && left < 0;
  }

  private synchronized boolean isUsedUp() {
    return left < 0;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    boolean isTheLast = message instanceof ByteBuf bytes && take(bytes.readableBytes());
    if (!isUsedUp()) {
      context.fireChannelRead(message);
      return;
    }
    ReferenceCountUtil.release(message);
    if (isTheLast) {
      context.fireExceptionCaught(new UsedUpException());
      var _ = context.close();
    }
  }
}
