package dev.codesource.http;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Code hosts without sockets, for tests of what is asked when, and of what becomes of the answers.
 * A request that no test expects is an error.
 */
public final class ScriptedHostClient implements HostClient {

  /** What answers a request. */
  @FunctionalInterface
  public interface Script {
    Outcome<HostResponse> answer(HostRequest request);
  }

  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<HostRequest> requests = new CopyOnWriteArrayList<>();
  private volatile Script otherwise =
      request -> {
        throw new IllegalStateException("nobody expects " + request);
      };

  /**
   * Answers one kind of request from now on.
   *
   * @param line method and path, such as {@code POST /oauth/token}
   */
  public void on(String line, Script script) {
    scripts.put(line, script);
  }

  public void on(String line, Outcome<HostResponse> answer) {
    on(line, _ -> answer);
  }

  /** Answers all other requests as a platform does, whatever token they carry. */
  public void otherwise(Dialect dialect, Grant grant) {
    otherwise =
        request -> {
          Answer answer = dialect.answer(asked(request), _ -> Optional.of(grant));
          return Outcome.done(response(answer));
        };
  }

  public void otherwise(Outcome<HostResponse> answer) {
    otherwise = _ -> answer;
  }

  public static Outcome<HostResponse> json(int status, String body) {
    return Outcome.done(response(Answer.json(status, body)));
  }

  /** No answer came; of some reasons it is known that the host has not acted on the request. */
  public static Outcome<HostResponse> unanswered(Reason reason) {
    return Outcome.waiting(reason, reason.meaning());
  }

  /** Method and path of each request, in order. */
  public List<String> asked() {
    return requests.stream().map(ScriptedHostClient::line).toList();
  }

  /** The requests of one kind, in order. */
  public List<HostRequest> requests(String line) {
    return requests.stream().filter(request -> line(request).equals(line)).toList();
  }

  @Override
  public Session open(String tenant, Optional<TrustAnchors> anchors) {
    return request -> {
      requests.add(request);
      return scripts.getOrDefault(line(request), otherwise).answer(request);
    };
  }

  private static String line(HostRequest request) {
    return request.method() + " " + request.uri().getRawPath();
  }

  private static Asked asked(HostRequest request) {
    Map<String, List<String>> headers = new HashMap<>();
    request
        .headers()
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), List.of(value)));
    String query = request.uri().getRawQuery();
    return new Asked(
        request.method().name(),
        request.uri().getRawPath() + (query == null ? "" : "?" + query),
        headers,
        request.body().map(HostRequest.Body::text).orElse(""));
  }

  private static HostResponse response(Answer answer) {
    Map<String, List<String>> headers = new HashMap<>();
    answer
        .headers()
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), List.of(value)));
    return new HostResponse(answer.status(), headers, answer.body());
  }
}
