package dev.codesource.app;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.codesource.web.webhook.DeliveryEndpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
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

  /**
   * For the next request of a connection that is counted apart: longer than proxies keep such
   * connections (nginx: 60 s), so that none is closed while it sends a delivery.
   */
  private static final Duration REST = Duration.ofSeconds(75);

  private final ConnectionGate gate;
  private final Duration patience;
  private final Requests requests = new Requests();
  private Optional<Future<?>> deadline = Optional.empty();
  private int seen;
  private boolean watched;
  private boolean resting;

  WatchedConnection(ConnectionGate gate, Duration patience) {
    this.gate = gate;
    this.patience = patience;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    await(context, patience);
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    deadline.ifPresent(each -> each.cancel(false));
    context.fireChannelInactive();
  }

  private void await(ChannelHandlerContext context, Duration time) {
    deadline.ifPresent(each -> each.cancel(false));
    deadline =
        Optional.of(
            context
                .channel()
                .eventLoop()
                .schedule(
                    () -> ConnectionGate.end(context.channel()), time.toMillis(), MILLISECONDS));
  }

  /** It is not counted apart any more, if it was. */
  private void heard(ChannelHandlerContext context) {
    if (resting) {
      resting = false;
      gate.began(context.channel());
      await(context, patience);
    }
  }

  /**
   * Vert.x decides by the first bytes which protocol it reads, so these are passed on one by one
   * until it has.
   */
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    heard(context);
    if (!(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    if (watched) {
      passOn(context, bytes);
      return;
    }
    while (!watch(context) && seen < PREFACE && bytes.isReadable()) {
      seen++;
      context.fireChannelRead(bytes.readRetainedSlice(1));
    }
    if (watched && bytes.isReadable()) {
      passOn(context, bytes);
      return;
    }
    bytes.release();
    if (!watched && seen == PREFACE) {
      ConnectionGate.end(context.channel());
    }
  }

  /**
   * The last byte goes alone: a request that is whole before it is followed by a part of the next
   * one, which takes memory while the first one is answered.
   */
  private void passOn(ChannelHandlerContext context, ByteBuf bytes) {
    if (bytes.readableBytes() > 1) {
      context.fireChannelRead(bytes.readRetainedSlice(bytes.readableBytes() - 1));
      heard(context);
    }
    requests.isFollowed |= requests.busy;
    context.fireChannelRead(bytes);
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

    /** Whether bytes of the next request came before the answer to the last one. */
    private boolean isFollowed;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest request) {
        if (busy && isSmall) {
          // Code hosts wait for the answer; heads that pile up would not be small.
          ConnectionGate.end(context.channel());
        }
        request.headers().remove(HttpHeaderNames.UPGRADE);
        isSmall =
            DeliveryEndpoint.isSmall(request.uri(), request.headers())
                || (isLiveUpdate(request.uri()) && DeliveryEndpoint.areFew(request.headers()));
      }
      if (message instanceof LastHttpContent) {
        received++;
        look(context);
      }
      context.fireChannelRead(message);
    }

    /** An open page of the console waits for changes: for minutes, and takes little memory. */
    private boolean isLiveUpdate(String uri) {
      int query = uri.indexOf('?');
      return uri.startsWith("/ns/")
          && (query < 0 ? uri : uri.substring(0, query)).endsWith("/changes");
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof LastHttpContent && !isInterim(message)) {
        answered++;
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
      if (busy) {
        deadline.ifPresent(each -> each.cancel(false));
        gate.busy(context.channel(), isSmall);
      } else {
        resting = gate.idle(context.channel(), isFollowed);
        isFollowed = false;
        await(context, resting ? REST : patience);
      }
    }
  }
}
