package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.address;
import static dev.codesource.http.ClientUnderTest.answer;
import static dev.codesource.http.ClientUnderTest.refused;
import static dev.codesource.http.ClientUnderTest.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.codesource.reason.Reason;
import dev.codesource.testhost.RawServer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AddressPinningTest {
  private final AtomicReference<List<InetAddress>> dns = new AtomicReference<>(List.of());
  private final AtomicInteger lookups = new AtomicInteger();
  private final ClientUnderTest client =
      new ClientUnderTest(
          _ -> {
            lookups.incrementAndGet();
            return dns.get();
          },
          ClientUnderTest.PATIENT);

  @AfterEach
  void close() {
    client.close();
  }

  private void dnsSays(String... addresses) {
    dns.set(List.of(addresses).stream().map(ClientUnderTest::address).toList());
  }

  @Test
  void theAddressThatWasCheckedIsConnectedToWhateverDnsSaysNext() throws Exception {
    try (var good = RawServer.start("127.0.0.1", 0, RawServer.answering("{}"));
        var trap = RawServer.start("127.0.0.2", good.port(), RawServer.answering("{}"));
        var rebound =
            new ClientUnderTest(
                _ -> {
                  InetAddress now = dns.get().getFirst();
                  dnsSays("127.0.0.2");
                  return List.of(now);
                },
                ClientUnderTest.PATIENT)) {
      rebound.forbid("127.0.0.2");
      dnsSays("127.0.0.1");

      answer(rebound.get("http://rebinding.test:" + good.port()));

      assertThat(good.accepted()).isEqualTo(1);
      assertThat(trap.accepted()).isZero();
    }
  }

  @Test
  void oneLookUpServesOneRequest() throws Exception {
    try (var server = RawServer.start(RawServer.answering("{}"))) {
      dnsSays("127.0.0.1");
      answer(client.get("http://host.test:" + server.port()));
      answer(client.get("http://host.test:" + server.port()));
      assertThat(lookups).hasValue(2);
    }
  }

  @Test
  void aForbiddenAddressIsPassedOver() throws Exception {
    try (var good = RawServer.start("127.0.0.1", 0, RawServer.answering("{}"));
        var trap = RawServer.start("127.0.0.2", good.port(), RawServer.answering("{}"))) {
      client.forbid("127.0.0.2");
      dnsSays("127.0.0.2", "127.0.0.1");

      answer(client.get("http://host.test:" + good.port()));

      assertThat(trap.accepted()).isZero();
    }
  }

  @Test
  void nothingIsSentWhenEveryAddressIsForbidden() throws Exception {
    try (var trap = RawServer.start("127.0.0.2", 0, RawServer.answering("{}"))) {
      client.forbid("127.0.0.2");
      client.forbid("127.0.0.3");
      dnsSays("127.0.0.2", "127.0.0.3");

      assertThat(
              refused(client.get("http://host.test:" + trap.port()), Reason.HostNotAllowed).what())
          .contains("127.0.0.2");
      assertThat(trap.accepted()).isZero();
    }
  }

  @Test
  void aKeptConnectionToAnAddressThatDnsNoLongerGivesIsNotUsed() throws Exception {
    Map<String, String> secret = Map.of("Authorization", "Bearer t0ken");
    try (var before = RawServer.start("127.0.0.1", 0, RawServer.answering("{\"at\":1}"));
        var after =
            RawServer.start("127.0.0.2", before.port(), RawServer.answering("{\"at\":2}"))) {
      String url = "http://host.test:" + before.port();
      dnsSays("127.0.0.1");
      answer(client.get(url));

      dnsSays("127.0.0.2");
      assertThat(answer(client.get(url, secret, Optional.empty())).body()).isEqualTo("{\"at\":2}");
      assertThat(before.requests()).noneMatch(request -> request.contains("t0ken"));
      assertThat(after.requests()).hasSize(1).allMatch(request -> request.contains("t0ken"));

      client.forbid("127.0.0.2");
      refused(client.get(url, secret, Optional.empty()), Reason.HostNotAllowed);
      assertThat(after.requests()).hasSize(1);
    }
  }

  @Test
  void theNextAddressIsTriedWhenOneRefuses() throws Exception {
    try (var good = RawServer.start("127.0.0.3", 0, RawServer.answering("{}"))) {
      dnsSays("127.0.0.1", "127.0.0.2", "127.0.0.3");
      answer(client.get("http://host.test:" + good.port()));
    }
  }

  @Test
  void noMoreThanThreeAddressesAreTried() throws Exception {
    try (var fourth = RawServer.start("127.0.0.4", 0, RawServer.answering("{}"))) {
      dnsSays("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4");
      waiting(client.get("http://host.test:" + fourth.port()), Reason.ConnectionRefused);
      assertThat(fourth.accepted()).isZero();
    }
  }

  @Test
  void anAddressThatAnswersBadlyIsNotFollowedByAnother() throws Exception {
    try (var broken =
            RawServer.start(
                "127.0.0.1", 0, connection -> assertThat(connection.readRequest()).isTrue());
        var second = RawServer.start("127.0.0.2", broken.port(), RawServer.answering("{}"))) {
      dnsSays("127.0.0.1", "127.0.0.2");
      waiting(client.get("http://host.test:" + broken.port()), Reason.ConnectionFailed);
      assertThat(second.accepted()).isZero();
    }
  }

  @Test
  void severalAddressesTakeNoLongerThanOne() throws Exception {
    try (var first = RawServer.start("127.0.0.1", 0, RawServer.silent());
        var second = RawServer.start("127.0.0.2", first.port(), RawServer.silent());
        var hasty = new ClientUnderTest(_ -> dns.get(), ClientUnderTest.HASTY)) {
      dnsSays("127.0.0.1", "127.0.0.2");
      Instant start = Instant.now();
      // https: the handshake is what is not answered, so the next address is tried
      waiting(hasty.get("https://host.test:" + first.port()), Reason.ConnectionTimedOut);
      assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
      await().untilAsserted(() -> assertThat(second.accepted()).isEqualTo(1));
    }
  }

  @Test
  void ipv6() throws Exception {
    try (var server = RawServer.start("::1", 0, RawServer.answering("{}"))) {
      dns.set(List.of(address("::1")));
      answer(client.get("http://[::1]:" + server.port() + "/"));
      assertThat(server.requests().getFirst()).containsIgnoringCase("host: [::1]:" + server.port());
    }
  }
}
