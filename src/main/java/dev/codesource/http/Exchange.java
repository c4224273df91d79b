package dev.codesource.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.codesource.address.Origin;
import dev.codesource.address.Origin.Scheme;
import dev.codesource.http.HostClient.BodyReader;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.reason.Outcome;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** One request and its answer. Tries the addresses of the host until one accepts a connection. */
final class Exchange {
  /** RFC 9113 section 7: the stream is no longer needed. */
  private static final long CANCEL = 0x08;

  private final HttpClient client;
  private final HostRequest request;
  private final Optional<BodyReader> reader;
  private final Origin origin;
  private final String userAgent;
  private final Limits limits;
  private final Deadline deadline;
  private final Predicate<HttpConnection> isFirstUse;
  private final Diagnosis diagnosis;
  private final Optional<Proxy> proxy;
  private final Optional<ProxyDiagnosis> proxyDiagnosis;

  /**
   * A request that is yet to be sent.
   *
   * @param proxy through which it is sent; empty: none
   * @param reader of the body of a success; empty: the answer has the body
   * @param isFirstUse whether a connection has not been used before; the call itself marks it as
   *     used
   */
  Exchange(
      HttpClient client,
      Optional<Proxy> proxy,
      HostRequest request,
      Optional<BodyReader> reader,
      String userAgent,
      Limits limits,
      Deadline deadline,
      Predicate<HttpConnection> isFirstUse) {
    this.client = client;
    this.request = request;
    this.reader = reader;
    this.origin = request.origin();
    this.userAgent = userAgent;
    this.limits = limits;
    this.deadline = deadline;
    this.isFirstUse = isFirstUse;
    this.diagnosis = new Diagnosis(origin, limits);
    this.proxy = proxy;
    this.proxyDiagnosis = proxy.map(each -> new ProxyDiagnosis(each, origin));
  }

  /** The result of one attempt. */
  private sealed interface Attempt {
    /** There is nothing more to try. */
    record Ended(Outcome<HostResponse> outcome) implements Attempt {}

    /** No connection: another address may accept one. */
    record NotConnected(Outcome<HostResponse> outcome) implements Attempt {}

    /** The host had closed a kept connection, without having seen the request (RFC 9112, 9.3.1). */
    record KeptConnectionClosed() implements Attempt {}
  }

  /**
   * Sends the request.
   *
   * @param addresses of the host, or of the proxy
   */
  Outcome<HostResponse> by(List<InetAddress> addresses) {
    Outcome<HostResponse> found = lateConnection();
    for (InetAddress address : addresses) {
      switch (by(address)) {
        case Attempt.Ended(var outcome) -> {
          return outcome;
        }
        case Attempt.NotConnected(var outcome) -> found = outcome;
        case Attempt.KeptConnectionClosed() -> found = diagnosis.broken();
      }
    }
    return found;
  }

  private Attempt by(InetAddress address) {
    Attempt attempt = attempt(address);
    while (attempt instanceof Attempt.KeptConnectionClosed && !deadline.hasPassed()) {
      attempt = attempt(address);
    }
    return attempt;
  }

  private Attempt attempt(InetAddress address) {
    Duration wait = deadline.remaining(limits.connect());
    if (wait.toMillis() == 0) {
      return new Attempt.NotConnected(lateConnection());
    }
    Future<HttpClientRequest> connecting = client.request(options(address, wait));
    boolean connected = false;
    try {
      HttpClientRequest sending =
          deadline.await(connecting.toCompletionStage().toCompletableFuture());
      connected = true;
      return exchange(sending);
    } catch (ExecutionException e) {
      return notConnected(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      return new Attempt.NotConnected(lateConnection());
    } finally {
      if (!connected) {
        connecting.onSuccess(late -> late.exceptionHandler(_ -> {}).reset());
      }
    }
  }

  private Attempt notConnected(Throwable failure) {
    return new Attempt.NotConnected(
        proxyDiagnosis
            .flatMap(found -> found.<HostResponse>of(failure))
            .orElseGet(() -> diagnosis.of(failure)));
  }

  private Outcome<HostResponse> lateConnection() {
    return proxyDiagnosis
        .map(ProxyDiagnosis::<HostResponse>notConnected)
        .orElseGet(diagnosis::timedOut);
  }

  private Attempt exchange(HttpClientRequest sending) {
    boolean kept = !isFirstUse.test(sending.connection());
    AtomicBoolean answering = new AtomicBoolean();
    sending.exceptionHandler(_ -> {}); // else Vert.x logs what the future below reports too
    boolean late = true;
    try {
      ReadBudget.request(sending.connection(), request.maxBody());
      sending.authority(authority());
      // Before the request is sent: an answer without a handler is lost.
      Future<Outcome<HostResponse>> answer =
          sending
              .response()
              .compose(
                  response -> {
                    answering.set(true);
                    return receive(response);
                  });
      send(sending);
      Outcome<HostResponse> outcome =
          deadline.await(answer.toCompletionStage().toCompletableFuture());
      late = false;
      return new Attempt.Ended(outcome);
    } catch (ExecutionException e) {
      late = false;
      Throwable failure = e.getCause() == null ? e : e.getCause();
      return kept && !answering.get() && mayBeRepeated(failure)
          ? new Attempt.KeptConnectionClosed()
          : new Attempt.Ended(diagnosis.of(failure));
    } catch (TimeoutException e) {
      return new Attempt.Ended(diagnosis.timedOut());
    } finally {
      if (late) {
        giveUp(sending);
      }
    }
  }

  /** Only a request that changes nothing, and only if the connection was closed. */
  private boolean mayBeRepeated(Throwable failure) {
    return switch (failure) {
      case Http2Exception _, HttpClosedException _, IOException _ -> request.method() == Method.GET;
      default -> false;
    };
  }

  /** The connection is not used again: after one late answer the next is likely to be late too. */
  private void giveUp(HttpClientRequest sending) {
    sending.reset(CANCEL); // ends an HTTP/1.1 connection
    if (sending.version() == HttpVersion.HTTP_2) {
      sending.connection().shutdown(limits.total().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private RequestOptions options(InetAddress address, Duration wait) {
    URI uri = request.uri();
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    RequestOptions options =
        new RequestOptions()
            .setHost(origin.host())
            .setPort(origin.port())
            .setSsl(origin.scheme() == Scheme.HTTPS)
            .setMethod(HttpMethod.valueOf(request.method().name()))
            .setURI(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
            .setFollowRedirects(false)
            .setConnectTimeout(wait.toMillis())
            .putHeader("User-Agent", userAgent)
            .putHeader("Accept", "application/json")
            // Without it any coding is acceptable (RFC 9110 section 12.5.3).
            .putHeader("Accept-Encoding", "identity");
    request.headers().forEach(options::putHeader);
    proxy.ifPresentOrElse(
        each -> sendThrough(each, address, options),
        () ->
            options.setServer(
                SocketAddress.inetSocketAddress(origin.port(), address.getHostAddress())));
    return options;
  }

  private void sendThrough(Proxy through, InetAddress address, RequestOptions options) {
    ProxyOptions to =
        new ProxyOptions()
            .setType(ProxyType.HTTP)
            .setHost(address.getHostAddress())
            .setPort(through.port())
            .setConnectTimeout(Duration.ofMillis(options.getConnectTimeout()));
    through
        .login()
        .ifPresent(login -> to.setUsername(login.username()).setPassword(login.password()));
    options.setProxyOptions(to);
    if (origin.scheme() == Scheme.HTTP) { // RFC 9112 section 3.2.2
      options.setURI(origin + options.getURI());
    }
  }

  private HostAndPort authority() {
    String host = origin.host().contains(":") ? "[" + origin.host() + "]" : origin.host();
    return HostAndPort.create(host, origin.port());
  }

  private void send(HttpClientRequest sending) {
    request
        .body()
        .ifPresentOrElse(
            body -> sending.putHeader("Content-Type", body.contentType()).end(body.text()),
            sending::end);
  }

  private Future<Outcome<HostResponse>> receive(HttpClientResponse response) {
    int status = response.statusCode();
    if (proxyDiagnosis.isPresent() && origin.scheme() == Scheme.HTTP && isOfProxy(response)) {
      return without(response, proxyDiagnosis.get().answered(status));
    }
    if (Redirection.is(status)) {
      return without(
          response,
          Redirection.refused(request.uri(), Optional.ofNullable(response.getHeader("Location"))));
    }
    if (status < 200 || status > 599) {
      return without(response, diagnosis.oddStatus(status));
    }
    String encoding =
        Optional.ofNullable(response.getHeader("Content-Encoding")).orElse("identity");
    if (!encoding.equalsIgnoreCase("identity")) {
      return without(response, diagnosis.encoded());
    }
    return reader.isPresent() && status < 300 ? inPieces(response, reader.get()) : whole(response);
  }

  private static boolean isOfProxy(HttpClientResponse response) {
    boolean isJson = new HostResponse(response.statusCode(), headers(response), "").isJson();
    return ProxyDiagnosis.isAnswer(
        response.statusCode(), isJson, name -> Optional.ofNullable(response.getHeader(name)));
  }

  private Future<Outcome<HostResponse>> without(
      HttpClientResponse response, Outcome<HostResponse> outcome) {
    response.exceptionHandler(_ -> {}); // else Vert.x logs the reset as an error, with its stack
    response.request().reset(CANCEL);
    return Future.succeededFuture(outcome);
  }

  private Future<Outcome<HostResponse>> whole(HttpClientResponse response) {
    int maxBody = reader.isPresent() ? HostRequest.SMALL_BODY : request.maxBody();
    Buffer body = Buffer.buffer();
    return body(
        response,
        maxBody,
        chunk -> {
          body.appendBuffer(chunk);
          return true;
        },
        () -> body.toString(UTF_8));
  }

  private Future<Outcome<HostResponse>> inPieces(HttpClientResponse response, BodyReader pieces) {
    return body(response, request.maxBody(), chunk -> pieces.read(chunk.getBytes()), () -> "");
  }

  /**
   * @param part takes a part of the body, and says whether the rest is wanted
   */
  private Future<Outcome<HostResponse>> body(
      HttpClientResponse response, int maxBody, Predicate<Buffer> part, Supplier<String> whole) {
    Promise<Outcome<HostResponse>> promise = Promise.promise();
    AtomicInteger length = new AtomicInteger();
    response.exceptionHandler(promise::tryFail);
    response.handler(
        chunk -> {
          if (promise.future().isComplete()) {
            return;
          }
          if (length.addAndGet(chunk.length()) > maxBody) {
            promise.tryComplete(diagnosis.tooMuchBody(maxBody));
            response.request().reset(CANCEL);
          } else if (!part.test(chunk)) {
            promise.tryComplete(answer(response, whole.get()));
            response.request().reset(CANCEL);
          }
        });
    response.endHandler(_ -> promise.tryComplete(answer(response, whole.get())));
    return promise.future();
  }

  private static Outcome<HostResponse> answer(HttpClientResponse response, String body) {
    return Outcome.done(new HostResponse(response.statusCode(), headers(response), body));
  }

  private static Map<String, List<String>> headers(HttpClientResponse response) {
    Map<String, List<String>> headers = new TreeMap<>();
    response
        .headers()
        .forEach(
            (name, value) ->
                headers
                    .computeIfAbsent(name.toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                    .add(value));
    return headers;
  }
}
