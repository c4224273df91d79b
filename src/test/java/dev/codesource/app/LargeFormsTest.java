package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LargeFormsTest {

  private static final int MOST = 64 << 10;

  private final Vertx vertx = Vertx.vertx();
  private HttpServer server;

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Socket connect(boolean isConsole) throws IOException {
    Router router = Router.router(vertx);
    new LargeForms(
            isConsole,
            MOST,
            path ->
                Response.status(413)
                    .type(MediaType.TEXT_HTML_TYPE)
                    .header("X-Frame-Options", "DENY")
                    .entity("too large: " + path)
                    .build())
        .mount(router);
    router.route().handler(context -> context.response().end("passed on"));
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(router)
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.actualPort());
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Sends a request as a client does that reads no answer before it has sent everything. */
  private static String answer(Socket socket, String path, int length) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(
        "POST %s HTTP/1.1\r\nHost: c\r\nContent-Length: %d\r\n\r\n"
            .formatted(path, length)
            .getBytes(StandardCharsets.US_ASCII));
    out.write("a".repeat(length).getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return read(socket);
  }

  private static String read(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    InputStream in = socket.getInputStream();
    Pattern whole = Pattern.compile("(?s).*(passed on|too large: /[a-z/]+!?)");
    for (int read; !whole.matcher(answer).matches() && (read = in.read()) >= 0; ) {
      answer.append((char) read);
      if (in.available() > 0) {
        byte[] more = in.readNBytes(in.available());
        answer.append(new String(more, StandardCharsets.UTF_8));
      }
    }
    return answer.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {MOST + 1, 300_000, 1 << 20})
  void aLargeFormIsReadAndAnsweredWithAPageAndTheConnectionIsKept(int length) throws IOException {
    try (Socket socket = connect(true)) {
      String answer = answer(socket, "/ns/team/bind", length);

      assertThat(answer)
          .startsWith("HTTP/1.1 413 ")
          .endsWith("too large: /ns/team/bind")
          .containsIgnoringCase("X-Frame-Options: DENY")
          .doesNotContainIgnoringCase("Connection: close");
      assertThat(answer(socket, "/next", 1)).endsWith("passed on");
    }
  }

  @Test
  void aClientThatIsStillSendingIsNotAnsweredYet() throws IOException {
    try (Socket socket = connect(true)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /login HTTP/1.1\r\nHost: c\r\nContent-Length: 300000\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      out.write("a".repeat(200_000).getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(500);
      assertThatThrownBy(() -> read(socket)).isInstanceOf(SocketTimeoutException.class);
      socket.setSoTimeout(30_000);
      out.write("a".repeat(100_000).getBytes(StandardCharsets.US_ASCII));

      assertThat(read(socket)).startsWith("HTTP/1.1 413 ").endsWith("too large: /login");
    }
  }

  @Test
  void whatIsMuchTooLargeIsNotReadAndTheAnswerSaysThatTheConnectionEnds() throws IOException {
    try (Socket socket = connect(true)) {
      socket
          .getOutputStream()
          .write(
              "POST /login HTTP/1.1\r\nHost: c\r\nContent-Length: 2000000000\r\n\r\naaa"
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(read(socket))
          .startsWith("HTTP/1.1 413 ")
          .containsIgnoringCase("Connection: close")
          .endsWith("too large: /login");
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aFormOfUsualSizeIsPassedOn() throws IOException {
    try (Socket socket = connect(true)) {
      assertThat(answer(socket, "/login", MOST)).endsWith("passed on");
    }
  }

  @Test
  void theOperatorsOwnPagesHaveTheirOwnLimits() throws IOException {
    try (Socket socket = connect(false)) {
      assertThat(answer(socket, "/login", MOST + 1)).endsWith("passed on");
    }
  }
}
