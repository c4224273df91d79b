package dev.codesource.http;

import dev.codesource.address.Origin;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import io.netty.handler.proxy.ProxyConnectException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Describes what a proxy did. It is told apart from what the code host did: the host is not left
 * alone because of a proxy, through which others may be reached.
 */
final class ProxyDiagnosis {
  /** RFC 9110 section 15.5.8: only a proxy answers so. */
  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

  /** tinyproxy, for wrong credentials. */
  private static final int UNAUTHORIZED = 401;

  private static final int FORBIDDEN = 403;

  /** As Netty words an answer to CONNECT; only the number is repeated. */
  private static final Pattern STATUS = Pattern.compile("status: ([0-9]{3})\\b");

  private final Proxy proxy;
  private final String endpoint;

  ProxyDiagnosis(Proxy proxy, Origin origin) {
    this.proxy = proxy;
    String host = origin.host().contains(":") ? "[" + origin.host() + "]" : origin.host();
    this.endpoint = host + ":" + origin.port();
  }

  /**
   * Why there is no connection to the host; empty: the host is the reason. What breaks before the
   * tunnel stands is a {@code ProxyConnectException}, whatever the cause.
   */
  <T> Optional<Outcome<T>> of(Throwable failure) {
    Optional<ProxyConnectException> byProxy =
        causes(failure)
            .filter(ProxyConnectException.class::isInstance)
            .map(ProxyConnectException.class::cast)
            .findFirst();
    if (byProxy.isPresent()) {
      return Optional.of(
          status(byProxy.get()).map(this::<T>answered).orElseGet(this::notConnected));
    }
    if (causes(failure).anyMatch(SSLException.class::isInstance)) {
      return Optional.empty();
    }
    if (causes(failure).anyMatch(ProxyDiagnosis::isUnreachable)) {
      return Optional.of(unreachable());
    }
    return causes(failure).anyMatch(TimeoutException.class::isInstance)
        ? Optional.of(notConnected())
        : Optional.empty();
  }

  /** Netty's time-out of a connection is a ConnectException too. */
  private static boolean isUnreachable(Throwable cause) {
    return cause instanceof ConnectException
        || cause instanceof NoRouteToHostException
        || cause instanceof UnknownHostException;
  }

  /**
   * Whether an answer to a request in absolute form is the proxy's own. Some proxies say so (RFC
   * 9209; Squid's header is older), and tinyproxy names itself. An error of the server from others
   * is a page, and lacks the header Via, which a proxy adds to what it forwards (RFC 9110 section
   * 7.6.3). That is not enough for 401 and 403: a host may answer with a page, and a proxy may
   * leave out Via, and then a revoked token would count as proven for ever.
   *
   * @param header the value of a header of the answer
   */
  static boolean isAnswer(int status, boolean isJson, Function<String, Optional<String>> header) {
    return status == PROXY_AUTHENTICATION_REQUIRED
        || (status >= 400 && isSigned(header))
        || (status >= 500 && !isJson && header.apply("Via").isEmpty());
  }

  /** RFC 9110 section 11.7.1: Proxy-Authenticate is between a client and its proxy. */
  private static boolean isSigned(Function<String, Optional<String>> header) {
    return Stream.of("Proxy-Status", "X-Squid-Error", "Proxy-Authenticate")
            .anyMatch(name -> header.apply(name).isPresent())
        || header.apply("Server").filter(name -> name.startsWith("tinyproxy")).isPresent();
  }

  <T> Outcome<T> answered(int status) {
    return waiting(
        switch (status) {
          case PROXY_AUTHENTICATION_REQUIRED, UNAUTHORIZED ->
              "The proxy %s does not accept the operator's credentials (%d)."
                  .formatted(proxy.endpoint(), status);
          case FORBIDDEN ->
              "The proxy %s does not allow connections to %s (403)."
                  .formatted(proxy.endpoint(), endpoint);
          default ->
              "The proxy %s does not connect to %s (%d)."
                  .formatted(proxy.endpoint(), endpoint, status);
        });
  }

  /** It took too long, or ended the connection. */
  <T> Outcome<T> notConnected() {
    return waiting("The proxy %s did not connect to %s.".formatted(proxy.endpoint(), endpoint));
  }

  <T> Outcome<T> unreachable() {
    return waiting("The proxy %s cannot be reached.".formatted(proxy.endpoint()));
  }

  private static <T> Outcome<T> waiting(String what) {
    return Outcome.waiting(Reason.ProxyRefused, what, Optional.empty(), Outcome.Scope.CREDENTIAL);
  }

  private static Optional<Integer> status(ProxyConnectException failure) {
    Matcher status = STATUS.matcher(String.valueOf(failure.getMessage()));
    return status.find() ? Optional.of(Integer.valueOf(status.group(1))) : Optional.empty();
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(
            Optional.of(failure), Optional::isPresent, each -> each.map(Throwable::getCause))
        .flatMap(Optional::stream)
        .limit(20);
  }
}
