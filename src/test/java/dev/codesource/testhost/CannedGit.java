package dev.codesource.testhost;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The part of git's smart HTTP protocol that tells branches and tags, version 2, for repositories
 * without any object: a push to one of thousands costs nothing. Tests with a real git show what
 * this one only plays.
 */
public final class CannedGit implements HttpHandler {

  private final Map<String, String> refs = new ConcurrentHashMap<>();

  /**
   * What a repository has from now on.
   *
   * @param path such as {@code group/shop}
   * @param commits by the full names of branches and tags
   */
  public void put(String path, Map<String, String> commits) {
    StringBuilder lines = new StringBuilder();
    commits.forEach((name, commit) -> lines.append(line(commit + " " + name + "\n")));
    refs.put("/" + path + ".git", lines.append("0000").toString());
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    exchange.getRequestBody().readAllBytes();
    if (path.endsWith("/info/refs")) {
      answer(
          exchange,
          "advertisement",
          line("# service=git-upload-pack\n")
              + "0000"
              + line("version 2\n")
              + line("ls-refs=unborn\n")
              + line("object-format=sha1\n")
              + "0000");
    } else {
      answer(
          exchange,
          "result",
          refs.getOrDefault(path.replaceFirst("/git-upload-pack$", ""), "0000"));
    }
  }

  private static void answer(HttpExchange exchange, String kind, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-" + kind);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String line(String text) {
    return "%04x%s".formatted(text.getBytes(UTF_8).length + 4, text);
  }
}
