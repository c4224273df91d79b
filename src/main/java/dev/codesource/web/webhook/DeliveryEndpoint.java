package dev.codesource.web.webhook;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.SignedBody;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.http.limit.FairBulkhead;
import dev.codesource.http.limit.FairBulkhead.Permit;
import dev.codesource.web.webhook.DeliveryMetrics.Result;
import dev.codesource.webhook.DeliveryNotes;
import dev.codesource.webhook.KnownWebhooks;
import dev.codesource.webhook.KnownWebhooks.Known;
import dev.codesource.webhook.StoredWebhook;
import dev.codesource.webhook.WebhookAddress;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Receives deliveries. Anybody may send one: until its proof is checked, it causes no request to
 * the API server and is kept nowhere. The body is read piece by piece and never parsed, because a
 * delivery says only that a repository should be looked at.
 *
 * <p>A wrong proof, a missing one and an unknown path get the same answer after the same steps: the
 * whole body is read, and signed with a key. So nobody learns which paths there are. The path is a
 * secret: it is in no log, metric or exception.
 *
 * <p>It answers 202 when the API server has noted the delivery, and 503 if it does not.
 */
@Singleton
public final class DeliveryEndpoint implements Handler<HttpServerRequest> {

  /** GitHub and GitLab send 25 MiB at most. */
  static final long LONGEST_BODY = 26L << 20;

  /** Code hosts and proxies send less than 40. A header takes up to 100 bytes besides its text. */
  private static final int MOST_HEADERS = 64;

  /** Deliveries that wait for their note. Half of them may be of one namespace. */
  public static final int MOST_WAITING = 400;

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.webhook");

  private static final int ACCEPTED = 202;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int TOO_LARGE = 413;
  private static final int TOO_MANY_HEADERS = 431;
  private static final int UNAVAILABLE = 503;

  private final KnownWebhooks webhooks;
  private final CodeHosts codeHosts;
  private final DeliveryNotes notes;
  private final DeliveryMetrics metrics;
  private final FairBulkhead waiting;

  /** Stands for the webhook that an unknown path does not have. */
  private final StoredWebhook unknownWebhook;

  /** Known to nobody. */
  private final byte[] key = new byte[32];

  private final byte[] signature = new byte[32];

  @Inject
  DeliveryEndpoint(
      KnownWebhooks webhooks, CodeHosts codeHosts, DeliveryNotes notes, MeterRegistry registry) {
    this(webhooks, codeHosts, notes, registry, MOST_WAITING);
  }

  DeliveryEndpoint(
      KnownWebhooks webhooks,
      CodeHosts codeHosts,
      DeliveryNotes notes,
      MeterRegistry registry,
      int mostWaiting) {
    this.waiting = new FairBulkhead(mostWaiting);
    this.webhooks = webhooks;
    this.codeHosts = codeHosts;
    this.notes = notes;
    this.metrics = new DeliveryMetrics(registry);
    SecureRandom random = new SecureRandom();
    random.nextBytes(key);
    random.nextBytes(signature);
    this.unknownWebhook =
        new StoredWebhook(
            "",
            EnumSet.allOf(Platform.class).iterator().next(), // as good as any other
            "",
            "",
            "",
            WebhookSecret.random(random),
            Optional.empty(),
            Optional.empty(),
            Instant.EPOCH);
  }

  /**
   * Whether a request can wait for its note without taking much memory.
   *
   * @param uri as the request line has it
   * @param headers one that was sent several times counts as often
   */
  public static boolean isSmall(String uri, Iterable<?> headers) {
    return uri.startsWith(WebhookAddress.PREFIX) && areFew(headers);
  }

  /**
   * Whether the head of a request takes little memory.
   *
   * @param headers one that was sent several times counts as often
   */
  public static boolean areFew(Iterable<?> headers) {
    int count = 0;
    for (Object _ : headers) {
      count++;
      if (count > MOST_HEADERS) {
        return false;
      }
    }
    return true;
  }

  /** Answers every request below {@link WebhookAddress#PREFIX}. */
  @Override
  public void handle(HttpServerRequest request) {
    try {
      received(request);
    } catch (RuntimeException e) {
      // Whoever catches it next would log the path.
      LOG.errorf("a delivery could not be received: %s", e.getClass().getName());
      refuse(request, UNAVAILABLE);
    }
  }

  private void received(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.POST)) {
      request.response().putHeader(HttpHeaders.ALLOW, HttpMethod.POST.name());
      refuse(request, METHOD_NOT_ALLOWED);
    } else if (!areFew(request.headers())) {
      refuse(request, TOO_MANY_HEADERS);
    } else if (announcedLength(request) > LONGEST_BODY) {
      refuse(request, TOO_LARGE);
    } else if (!webhooks.isComplete()) {
      refuse(request, UNAVAILABLE);
    } else {
      new Delivery(request).read();
    }
  }

  /** 0: it does not say, or not in a form that the server would read. */
  private static long announcedLength(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Answers before the request is read, which ends the connection. */
  private void refuse(HttpServerRequest request, int status) {
    if (!request.response().ended()) {
      metrics.refused(status == UNAVAILABLE ? Result.UNAVAILABLE : Result.MALFORMED);
      request.resume();
      request
          .response()
          .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
          .setStatusCode(status)
          .end()
          .onComplete(_ -> request.connection().close());
    }
  }

  /** Never the path as a decoder would read it: paths that the operator makes need no encoding. */
  private static String path(HttpServerRequest request) {
    String path = Optional.ofNullable(request.path()).orElse("");
    return path.startsWith(WebhookAddress.PREFIX)
        ? path.substring(WebhookAddress.PREFIX.length())
        : "";
  }

  /** One delivery, in the thread of its connection. */
  private final class Delivery {
    private final long began = System.nanoTime();
    private final HttpServerRequest request;
    private final Optional<Known> webhook;
    private final List<DeliveryCheck> checks;
    private final Context context = Objects.requireNonNull(Vertx.currentContext());
    private long length;
    private boolean isEnded;

    Delivery(HttpServerRequest request) {
      this.request = request;
      this.webhook = webhooks.byPath(path(request));
      this.checks = checks(webhook.map(Known::webhook).orElse(unknownWebhook));
    }

    private List<DeliveryCheck> checks(StoredWebhook expected) {
      DeliveryCheck.Factory factory = codeHosts.of(expected.platform()).deliveries();
      Function<String, Optional<String>> headers = this::header;
      List<DeliveryCheck> begun =
          Stream.concat(Stream.of(expected.secret()), expected.other().stream())
              .flatMap(secret -> factory.begin(headers, secret).stream())
              .toList();
      return begun.isEmpty()
          ? List.of(SignedBody.begin(key, new byte[0], List.of(signature)).orElseThrow())
          : begun;
    }

    private Optional<String> header(String name) {
      List<String> values = request.headers().getAll(name);
      return values.isEmpty() ? Optional.empty() : Optional.of(String.join(",", values));
    }

    void read() {
      request.exceptionHandler(_ -> broken());
      request.handler(this::take);
      request.endHandler(_ -> decide());
      if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
        request.response().writeContinue();
      }
      request.resume();
    }

    private void broken() {
      if (!isEnded) {
        isEnded = true;
        metrics.refused(Result.BROKEN);
      }
    }

    private void take(Buffer piece) {
      length += piece.length();
      if (isEnded) {
        return;
      }
      if (length > LONGEST_BODY) {
        isEnded = true;
        refuse(request, TOO_LARGE);
      } else {
        byte[] bytes = piece.getBytes();
        checks.forEach(check -> check.update(bytes));
      }
    }

    private void decide() {
      if (isEnded) {
        return;
      }
      isEnded = true;
      boolean isGenuine = false;
      for (DeliveryCheck check : checks) {
        isGenuine |= check.isGenuine();
      }
      if (isGenuine && webhook.isPresent()) {
        accept(webhook.get());
      } else {
        metrics.counted(
            webhook.map(Known::webhook).map(StoredWebhook::platform),
            webhook.isPresent() ? Result.UNPROVEN : Result.UNKNOWN);
        answer(NOT_FOUND);
      }
    }

    private void accept(Known known) {
      Optional<Permit> permit = waiting.tryAcquire(known.namespace());
      if (permit.isEmpty()) {
        end(known, Result.BUSY, UNAVAILABLE);
        return;
      }
      CompletableFuture<Boolean> note;
      try {
        note = notes.note(known.uid());
      } catch (RuntimeException e) {
        permit.get().close();
        throw e;
      }
      var _ =
          note.handle((noted, failure) -> failure == null && noted)
              .thenAccept(
                  noted -> {
                    permit.get().close();
                    context.runOnContext(
                        _ -> {
                          if (noted) {
                            end(known, Result.ACCEPTED, ACCEPTED);
                          } else {
                            end(known, Result.NOT_NOTED, UNAVAILABLE);
                          }
                        });
                  });
    }

    private void end(Known known, Result result, int status) {
      metrics.counted(Optional.of(known.webhook().platform()), result);
      metrics.took(System.nanoTime() - began);
      answer(status);
    }

    private void answer(int status) {
      if (!request.response().ended() && !request.response().closed()) {
        var _ = request.response().setStatusCode(status).end();
      }
    }
  }
}
