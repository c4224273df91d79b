package dev.codesource.app;

import dev.codesource.web.webhook.DeliveryEndpoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.VertxServiceProvider;
import java.time.Duration;

/**
 * Puts a {@link ConnectionGate} before each port that the operator listens on: that of the pages,
 * and that of metrics and health. Strangers reach both, and Quarkus has a limit of connections for
 * the first one only, at which it refuses newcomers, so that a stranger who holds connections keeps
 * everybody out.
 *
 * <p>Quarkus reads the name of this class from {@code META-INF/services} when it is built.
 */
public final class BoundedServers implements VertxServiceProvider {

  /**
   * At one port. An unfinished head of 8 KiB takes up to 200 kB of heap, so that two ports take
   * less than a quarter of 100 MiB.
   */
  private static final int MOST = 48;

  /** Besides: deliveries that wait until they are noted, with some 25 kB each; or open pages. */
  static final int MOST_SMALL = DeliveryEndpoint.MOST_WAITING;

  /** For a whole request to arrive, its body included. Those who visit the pages need less. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final int most;
  private final int mostSmall;
  private final Duration patience;

  /** As in the operator; called by Quarkus. */
  public BoundedServers() {
    this(MOST, MOST_SMALL, PATIENCE);
  }

  BoundedServers(int most, int mostSmall, Duration patience) {
    this.most = most;
    this.mostSmall = mostSmall;
    this.patience = patience;
  }

  @Override
  public void init(VertxBuilder builder) {
    builder.findTransport(new Bounded(most, mostSmall, patience));
  }

  private static final class Bounded extends JDKTransport {
    private final int most;
    private final int mostSmall;
    private final Duration patience;

    Bounded(int most, int mostSmall, Duration patience) {
      this.most = most;
      this.mostSmall = mostSmall;
      this.patience = patience;
    }

    @Override
    public void configure(
        NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
      super.configure(options, domainSocket, bootstrap);
      if (!options.isSsl()) { // the operator has no TLS of its own
        bootstrap
            // Accepts one connection at a time: the gate decides after each.
            .option(ChannelOption.RCVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator())
            .handler(new ConnectionGate(most, mostSmall, patience));
      }
    }
  }
}
