package dev.codesource.app;

import dev.codesource.web.console.Visits;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.util.Objects;
import java.util.function.Function;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Tells people who send the console more than a request may have, with a page. Quarkus would end
 * their connection with an empty answer. What was sent is read and dropped before the answer: a
 * client that is still sending does not read one, and takes the end of the connection for a
 * failure.
 */
@Singleton
final class LargeForms {

  /** In bytes. More is not even read. */
  private static final long MOST_READ = 1L << 20;

  private final boolean isConsole;
  private final long most;
  private final Function<String, Response> page;

  @Inject
  LargeForms(
      Settings settings,
      @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize most) {
    this(settings.role() == Settings.Role.CONSOLE, most.asLongValue(), Visits::tooLarge);
  }

  /**
   * Of forms.
   *
   * @param most bytes that a request may have
   * @param page the answer, by the path of the request
   */
  LargeForms(boolean isConsole, long most, Function<String, Response> page) {
    this.isConsole = isConsole;
    this.most = most;
    this.page = page;
  }

  /** Before the route that refuses large bodies. */
  void mount(@Observes Router router) {
    if (isConsole) {
      router.route().order(Integer.MIN_VALUE).handler(this::handle);
    }
  }

  private void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    long length = length(request);
    if (length <= most) {
      context.next();
    } else if (length <= MOST_READ) {
      request.handler(dropped -> {}).endHandler(read -> answer(request)).resume();
    } else {
      request.response().putHeader(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      answer(request);
    }
  }

  /** As the client says; 0: it does not. A body without a length is counted when it is read. */
  private static long length(HttpServerRequest request) {
    try {
      String length = request.getHeader(HttpHeaderNames.CONTENT_LENGTH);
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException notOne) {
      return 0;
    }
  }

  private void answer(HttpServerRequest request) {
    Response answer = page.apply(Objects.requireNonNullElse(request.path(), "/"));
    HttpServerResponse response = request.response().setStatusCode(answer.getStatus());
    answer.getStringHeaders().forEach(response::putHeader);
    var _ = response.end(String.valueOf(answer.getEntity()));
  }
}
