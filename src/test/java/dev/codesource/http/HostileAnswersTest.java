package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.answer;
import static dev.codesource.http.ClientUnderTest.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.RawServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a host sends is the host's business: it is told in the status, and not in the log. */
@Timeout(60)
class HostileAnswersTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED =
      OK + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

  private final ClientUnderTest client = new ClientUnderTest();
  private final List<String> logged = Collections.synchronizedList(new ArrayList<>());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
            logged.add(entry.getLoggerName() + ": " + entry.getMessage() + " " + entry.getThrown());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    Logger.getLogger("").addHandler(handler);
  }

  @AfterEach
  void close() {
    client.close();
    Logger.getLogger("").removeHandler(handler);
  }

  static Stream<String> answers() {
    return Stream.of(
        "SSH-2.0-OpenSSH_9.9\r\n",
        "\u0000\u0001\u0002\u0003\r\n\r\n",
        "HTTP/9.9 abc\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 " + "O".repeat(20_000) + "\r\n\r\n",
        OK + "X-Long: " + "a".repeat(20_000) + "\r\n\r\n",
        OK + ("X-Many: " + "a".repeat(100) + "\r\n").repeat(200) + "\r\n",
        OK + "No colon\r\n\r\n",
        OK + "Content-Length: minus\r\n\r\n{}",
        OK + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        OK + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nzz",
        CHUNKED + "zz\r\n{}",
        CHUNKED + "2\r\n{}\r\nzz\r\n",
        CHUNKED + "2\r\n{}zz\r\n0\r\n\r\n",
        CHUNKED + "-1\r\n{}\r\n",
        CHUNKED + "0\r\nX-Trailer: " + "a".repeat(20_000) + "\r\n\r\n",
        OK + "Content-Length: 2\r\n\r\n{}garbage\r\n\r\n",
        OK + "Content-Length: 2\r\n\r\n{}" + OK + "Content-Length: 2\r\n\r\n{}",
        OK + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabcgarbage",
        "HTTP/1.1 101 Switching Protocols\r\n"
            + "Upgrade: websocket\r\n"
            + "Connection: upgrade\r\n\r\n"
            + "\u0081\u0001",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nzz\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://\r\nContent-Length: zz\r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("answers")
  void leaveNothingInTheLog(String answer) throws Exception {
    try (var server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write(answer);
            })) {
      Outcome<HostResponse> outcome = client.get("http://host.test:" + server.port());

      assertThat(outcome).isNotNull();
      client.close(); // whatever is still to be said of the connection is said before that
      assertThat(logged).isEmpty();
    }
  }

  static Stream<Arguments> endless() {
    return Stream.of(
        Arguments.of("HTTP/1.1 103 Early Hints\r\n\r\n", ""),
        Arguments.of("HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n", ""),
        Arguments.of("1;" + "a".repeat(2_000) + "\r\n{\r\n", CHUNKED));
  }

  /** Neither header nor body: it is counted all the same. */
  @ParameterizedTest
  @MethodSource("endless")
  void whatHasNoEndIsEnded(String repeated, String first) throws Exception {
    try (var server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write(first);
              for (int i = 0; i < 1_000_000; i++) {
                connection.write(repeated);
              }
            })) {
      String what =
          refused(client.get("http://host.test:" + server.port()), Reason.NotThisPlatform).what();

      assertThat(what)
          .isEqualTo(
              "host.test:%d sent much more than an answer has, such as interim answers without end."
                  .formatted(server.port()));
      await().until(() -> server.hungUp() == 1);
      client.close();
      assertThat(logged).isEmpty();
    }
  }

  /** A connection lives for many answers, whose sum is not limited. */
  @Test
  void whatManyAnswersTakeTogetherIsNotLimited() throws Exception {
    String large = "\"" + "x".repeat(60_000) + "\"";
    try (var server = RawServer.start(RawServer.answering(large))) {
      for (int i = 0; i < 200; i++) {
        answer(client.get("http://host.test:" + server.port()));
      }
      assertThat(server.accepted()).as("connections").isLessThan(10);
    }
  }
}
