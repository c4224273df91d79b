package dev.codesource.cli.doctor;

import dev.codesource.http.HostClient;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostResponse;
import dev.codesource.http.TrustAnchors;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/** Sends requests without their headers, so without a credential; and notes the host's clock. */
final class Anonymous implements HostClient {

  private final HostClient client;
  private Optional<Instant> time = Optional.empty();

  Anonymous(HostClient client) {
    this.client = client;
  }

  @Override
  public Session open(String tenant, Optional<TrustAnchors> anchors) {
    Session session = client.open(tenant, anchors);
    return request -> session.send(without(request)).map(this::noted);
  }

  private static HostRequest without(HostRequest request) {
    return new HostRequest(
        request.method(), request.uri(), Map.of(), request.body(), request.maxBody());
  }

  private HostResponse noted(HostResponse response) {
    time = response.header("Date").flatMap(Anonymous::read);
    return response;
  }

  /** RFC 9110 section 5.6.7. */
  private static Optional<Instant> read(String date) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from));
    } catch (DateTimeException notOne) {
      return Optional.empty();
    }
  }

  /** The clock of the host at its last answer; empty: it did not tell it. */
  Optional<Instant> time() {
    return time;
  }
}
