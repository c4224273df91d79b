package dev.codesource.gitserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Serves the repositories of a folder through {@code git http-backend}
 * (https://git-scm.com/docs/git-http-backend), to whoever logs on with basic authentication.
 */
public final class GitHttpBackend implements HttpHandler {

  private final Path repositories;
  private final String prefix;
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private volatile Predicate<String> logins;
  private volatile boolean isOld;

  /**
   * @param prefix of the paths, such as {@code /git}
   * @param logins of the form {@code user:password} that are let in
   */
  public GitHttpBackend(Path repositories, String prefix, Predicate<String> logins) {
    this.repositories = repositories;
    this.prefix = prefix;
    this.logins = logins;
  }

  /**
   * @param prefix of the paths, such as {@code /git}
   * @param login {@code user:password}, the only one that is let in
   */
  public GitHttpBackend(Path repositories, String prefix, String login) {
    this(repositories, prefix, login::equals);
  }

  /** From now on this one alone is let in. */
  public void letIn(String other) {
    logins = other::equals;
  }

  /** From now on as a git before 2.18, which knows no protocol 2. */
  public GitHttpBackend speakingProtocol0() {
    isOld = true;
    return this;
  }

  /** The logins that were tried, each as {@code user:password}. */
  public List<String> seen() {
    return seen;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      String tried = authorization == null ? "" : decode(authorization);
      if (!tried.isEmpty()) {
        seen.add(tried);
      }
      if (!logins.test(tried)) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      answer(exchange, run(exchange));
    }
  }

  /** The scheme is written in any case (RFC 9110 section 11.1); BuildKit writes it small. */
  private static String decode(String authorization) {
    return authorization.regionMatches(true, 0, "Basic ", 0, "Basic ".length())
        ? new String(
            Base64.getDecoder().decode(authorization.substring("Basic ".length())),
            StandardCharsets.UTF_8)
        : authorization;
  }

  private byte[] run(HttpExchange exchange) throws IOException {
    ProcessBuilder backend =
        new ProcessBuilder("git", "http-backend").redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> environment = backend.environment();
    environment.put("GIT_PROJECT_ROOT", repositories.toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("GIT_CONFIG_COUNT", "1");
    environment.put("GIT_CONFIG_KEY_0", "safe.directory");
    environment.put("GIT_CONFIG_VALUE_0", "*");
    environment.put("PATH_INFO", exchange.getRequestURI().getPath().substring(prefix.length()));
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    header(exchange, "Content-Type", "CONTENT_TYPE", environment);
    header(exchange, "Content-Encoding", "HTTP_CONTENT_ENCODING", environment);
    if (!isOld) {
      header(exchange, "Git-Protocol", "GIT_PROTOCOL", environment);
    }
    String query = exchange.getRequestURI().getRawQuery();
    environment.put("QUERY_STRING", query == null ? "" : query);
    Process process = backend.start();
    try (var in = process.getOutputStream()) {
      exchange.getRequestBody().transferTo(in);
    }
    return process.getInputStream().readAllBytes();
  }

  private static void header(
      HttpExchange exchange, String name, String variable, Map<String, String> environment) {
    String value = exchange.getRequestHeaders().getFirst(name);
    if (value != null) {
      environment.put(variable, value);
    }
  }

  /** CGI: headers, an empty line, the body (RFC 3875 section 6). */
  private static void answer(HttpExchange exchange, byte[] output) throws IOException {
    InputStream in = new ByteArrayInputStream(output);
    int status = 200;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon);
      String value = line.substring(colon + 1).strip();
      if (name.equals("Status")) {
        status = Integer.parseInt(value.substring(0, 3));
      } else {
        exchange.getResponseHeaders().set(name, value);
      }
    }
    exchange.sendResponseHeaders(status, 0);
    in.transferTo(exchange.getResponseBody());
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }
}
