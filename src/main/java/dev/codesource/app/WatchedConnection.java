package dev.codesource.app;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.codesource.web.webhook.DeliveryEndpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * Tells the gate whether a request is in progress on a connection, and closes the connection when a
 * request has not arrived whole in time, however it trickles. A request is in progress from its
 * last byte until the answer is written; the idle time-out of Quarkus bounds that.
 *
 * <p>Only HTTP/1.1 is spoken: one connection of HTTP/2 would carry many unfinished requests.
 */
final class WatchedConnection extends ChannelInboundHandlerAdapter {

  /** By its first four bytes a connection of HTTP/2 is known: "PRI " (RFC 9113 section 3.4). */
  private static final int PREFACE = 4;

  private final ConnectionGate gate;
  private final Duration patience;
  private final Requests requests = new Requests();
  private Optional<Future<?>> deadline = Optional.empty();
  private int seen;
  private boolean watched;

  WatchedConnection(ConnectionGate gate, Duration patience) {
    this.gate = gate;
    this.patience = patience;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    await(context);
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    deadline.ifPresent(each -> each.cancel(false));
    context.fireChannelInactive();
  }

  private void await(ChannelHandlerContext context) {
    deadline =
        Optional.of(
            context
                .channel()
                .eventLoop()
                .schedule(
                    () -> ConnectionGate.end(context.channel()),
                    patience.toMillis(),
                    MILLISECONDS));
  }

  /**
   * Vert.x decides by the first bytes which protocol it reads, so these are passed on one by one
   * until it has.
   */
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (watched || !(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    while (!watch(context) && seen < PREFACE && bytes.isReadable()) {
      seen++;
      context.fireChannelRead(bytes.readRetainedSlice(1));
    }
    if (watched && bytes.isReadable()) {
      context.fireChannelRead(bytes);
      return;
    }
    bytes.release();
    if (!watched && seen == PREFACE) {
      ConnectionGate.end(context.channel());
    }
  }

  private boolean watch(ChannelHandlerContext context) {
    Optional.ofNullable(context.pipeline().context(HttpResponseEncoder.class))
        .filter(_ -> !watched)
        .ifPresent(
            encoder -> {
              watched = true;
              context.pipeline().addAfter(encoder.name(), "requests", requests);
            });
    return watched;
  }

  /** Sees requests when they are decoded, and answers before they are encoded. */
  private final class Requests extends ChannelDuplexHandler {
    private long received;
    private long answered;
    private boolean busy;
    private boolean isSmall;
    private boolean isLast;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest request) {
        if (busy && isSmall) {
          // Code hosts wait for the answer; heads that pile up would not be small.
          ConnectionGate.end(context.channel());
        }
        request.headers().remove(HttpHeaderNames.UPGRADE);
        isSmall = DeliveryEndpoint.isSmall(request.uri(), request.headers());
      }
      if (message instanceof LastHttpContent) {
        received++;
        look(context);
      }
      context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof HttpResponse response && !isInterim(message)) {
        isLast = gate.isCrowded(context.channel());
        if (isLast) {
          response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
      }
      if (message instanceof LastHttpContent && !isInterim(message)) {
        answered++;
        if (isLast) {
          var _ = context.write(message, promise.unvoid().addListener(ChannelFutureListener.CLOSE));
          return;
        }
        look(context);
      }
      var _ = context.write(message, promise);
    }

    private boolean isInterim(Object message) {
      return message instanceof HttpResponse response
          && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    private void look(ChannelHandlerContext context) {
      boolean isBusy = received > answered;
      if (isBusy == busy) {
        return;
      }
      busy = isBusy;
      deadline.ifPresent(each -> each.cancel(false));
      if (busy) {
        gate.busy(context.channel(), isSmall);
      } else {
        gate.idle(context.channel());
        await(context);
      }
    }
  }
}
