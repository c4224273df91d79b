package dev.codesource.http;

import dev.codesource.address.Origin;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Scope;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Describes why a host did not answer. Names the host and port, never the path or query. */
final class Diagnosis {
  private static final int DETAIL_LENGTH = 160;

  private final String endpoint;
  private final Limits limits;

  Diagnosis(Origin origin, Limits limits) {
    String host = origin.host().contains(":") ? "[" + origin.host() + "]" : origin.host();
    this.endpoint = host + ":" + origin.port();
    this.limits = limits;
  }

  <T> Outcome<T> of(Throwable failure) {
    return causesInnermostFirst(failure).stream()
        .map(this::<T>recognise)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(this::broken);
  }

  private <T> Optional<Outcome<T>> recognise(Throwable cause) {
    return switch (cause) {
      case CertificateProblem refused -> Optional.of(certificate(refused.problem()));
      case TooLongFrameException _ -> Optional.of(tooMuchHeader());
      case ReadBudget.UsedUpException _ -> Optional.of(endless());
      case NotSslRecordException _ -> Optional.of(notTls());
      case ConnectTimeoutException _, SslHandshakeTimeoutException _, TimeoutException _ ->
          Optional.of(timedOut());
      case NoRouteToHostException _ -> Optional.of(noRoute());
      case ConnectException refused ->
          Optional.of(says(refused, "unreachable") ? noRoute() : refused());
      case SSLException failed -> Optional.of(tlsFailed(failed));
      default -> Optional.empty();
    };
  }

  /** The wait is for this credential only: other bindings may trust other certificates. */
  private static <T> Outcome<T> certificate(Problem problem) {
    return new Outcome.Waiting<>(problem, Optional.empty(), Scope.CREDENTIAL);
  }

  <T> Outcome<T> timedOut() {
    return Outcome.waiting(
        Reason.ConnectionTimedOut, endpoint + " did not answer completely in time.");
  }

  <T> Outcome<T> broken() {
    return Outcome.waiting(
        Reason.ConnectionFailed,
        "The connection to " + endpoint + " broke before the answer was complete.");
  }

  <T> Outcome<T> tooMuchBody(int maxBody) {
    return Outcome.refused(
        Reason.NotThisPlatform,
        "%s answered with more than %d KiB, which is more than any answer asked for has."
            .formatted(endpoint, maxBody >> 10));
  }

  /** The encoding is not named: the host chose the text, which may contain the credential. */
  <T> Outcome<T> encoded() {
    return Outcome.refused(
        Reason.NotThisPlatform,
        endpoint + " answered with compressed content, which was not requested.");
  }

  <T> Outcome<T> oddStatus(int status) {
    return Outcome.refused(
        Reason.NotThisPlatform, endpoint + " answered with the unknown status " + status + ".");
  }

  private <T> Outcome<T> tooMuchHeader() {
    return Outcome.refused(
        Reason.NotThisPlatform,
        "%s answered with header lines longer than %d KiB."
            .formatted(endpoint, limits.headerBytes() >> 10));
  }

  private <T> Outcome<T> endless() {
    return Outcome.refused(
        Reason.NotThisPlatform,
        endpoint + " sent much more than an answer has, such as interim answers without end.");
  }

  private <T> Outcome<T> refused() {
    return Outcome.waiting(
        Reason.ConnectionRefused, endpoint + " refuses connections: nothing listens there.");
  }

  private <T> Outcome<T> noRoute() {
    return Outcome.waiting(
        Reason.ConnectionTimedOut, "The network knows no way to " + endpoint + ".");
  }

  private <T> Outcome<T> notTls() {
    return Outcome.waiting(
        Reason.ConnectionFailed, endpoint + " does not speak TLS, which https needs.");
  }

  private <T> Outcome<T> tlsFailed(SSLException failure) {
    String detail = Optional.ofNullable(failure.getMessage()).orElse("no detail is known");
    return Outcome.waiting(
        Reason.ConnectionFailed,
        "The TLS connection to %s failed (%s)."
            .formatted(endpoint, Printable.of(detail, DETAIL_LENGTH)));
  }

  private static boolean says(Throwable failure, String word) {
    @Nullable String message = failure.getMessage();
    return message != null && message.toLowerCase(Locale.ROOT).contains(word);
  }

  private static List<Throwable> causesInnermostFirst(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (@Nullable Throwable each = failure;
        each != null && !causes.contains(each);
        each = each.getCause()) {
      causes.addFirst(each);
    }
    return causes;
  }
}
