package dev.codesource.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS as it is offered to code hosts. Keys are agreed on elliptic curves only: a host would choose
 * a Diffie-Hellman group of 8192 bits, which costs a second of a processor for each connection. The
 * work of a handshake is done on worker threads, since it would delay all hosts of the event loop,
 * and in the order of {@link Handshakes}.
 */
final class HostTls extends JdkSSLEngineOptions {

  /** Those of the JDK that are elliptic curves of a usual size. */
  private static final String[] GROUPS = {"x25519", "secp256r1", "secp384r1", "secp521r1"};

  /** TLS 1.3; with TLS 1.2 ephemeral keys on elliptic curves; and RFC 5746's signal. */
  private static final Predicate<String> ACCEPTED =
      Pattern.compile("TLS_AES_.*|TLS_CHACHA20_.*|TLS_ECDHE_.*|.*_SCSV").asMatchPredicate();

  private final Handshakes handshakes;

  HostTls(Handshakes handshakes) {
    this.handshakes = handshakes;
    setUseWorkerThread(true);
  }

  private HostTls(HostTls other) {
    super(other);
    this.handshakes = other.handshakes;
  }

  @Override
  public HostTls copy() {
    return new HostTls(this);
  }

  @Override
  public SslContextFactory sslContextFactory() {
    return new Factory(super.sslContextFactory(), handshakes);
  }

  private record Factory(SslContextFactory jdk, Handshakes handshakes)
      implements SslContextFactory {

    @Override
    public SslContextFactory useAlpn(boolean useAlpn) {
      jdk.useAlpn(useAlpn);
      return this;
    }

    @Override
    public SslContextFactory clientAuth(ClientAuth clientAuth) {
      jdk.clientAuth(clientAuth);
      return this;
    }

    @Override
    public SslContextFactory forClient(boolean forClient) {
      jdk.forClient(forClient);
      return this;
    }

    @Override
    public SslContextFactory keyMananagerFactory(KeyManagerFactory keys) {
      jdk.keyMananagerFactory(keys);
      return this;
    }

    @Override
    public SslContextFactory trustManagerFactory(TrustManagerFactory trust) {
      jdk.trustManagerFactory(trust);
      return this;
    }

    @Override
    public SslContextFactory enabledCipherSuites(Set<String> suites) {
      jdk.enabledCipherSuites(suites);
      return this;
    }

    @Override
    public SslContextFactory applicationProtocols(List<String> protocols) {
      jdk.applicationProtocols(protocols);
      return this;
    }

    @Override
    public SslContextFactory serverName(String name) {
      jdk.serverName(name);
      return this;
    }

    @Override
    public SslContext create() throws SSLException {
      return new EllipticCurves(jdk.create(), handshakes);
    }
  }

  private static final class EllipticCurves extends DelegatingSslContext {
    private final Handshakes handshakes;

    EllipticCurves(SslContext jdk, Handshakes handshakes) {
      super(jdk);
      this.handshakes = handshakes;
    }

    @Override
    protected void initEngine(SSLEngine engine) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setNamedGroups(GROUPS);
      parameters.setCipherSuites(
          Arrays.stream(parameters.getCipherSuites()).filter(ACCEPTED).toArray(String[]::new));
      engine.setSSLParameters(parameters);
    }

    @Override
    protected SslHandler newHandler(
        ByteBufAllocator memory, String host, int port, boolean startTls, Executor threads) {
      return super.newHandler(memory, host, port, startTls, handshakes.inTurn(host, port, threads));
    }
  }
}
