package dev.codesource.web.console;

import dev.codesource.web.SentCookies;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Keeps the session of a visitor who has pasted a token, in the browser and nowhere else. */
public final class SessionCookie implements Login {

  private final SealedCookies cookies;
  private final InstantSource clock;

  /**
   * Cookies of replicas that share a key.
   *
   * @param secret at least 32 characters that nobody can guess
   * @throws IllegalArgumentException if it is shorter
   */
  public SessionCookie(String secret, InstantSource clock) {
    this.cookies = new SealedCookies("session", secret);
    this.clock = clock;
  }

  /** The values of the Set-Cookie headers that begin a session. */
  List<String> begin(Visitor visitor) {
    return cookies.keep(bytes(visitor), Duration.between(clock.instant(), visitor.until()));
  }

  @Override
  public List<String> end() {
    return cookies.forget();
  }

  @Override
  public Optional<Visitor> visitor(HttpHeaders headers) {
    return read(SentCookies.of(headers));
  }

  /** The visitor of a request; empty: there is no session, or it is over, or was not made here. */
  Optional<Visitor> read(SentCookies sent) {
    return cookies
        .read(sent)
        .flatMap(SessionCookie::visitor)
        .filter(visitor -> clock.instant().isBefore(visitor.until()));
  }

  private static byte[] bytes(Visitor visitor) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(out)) {
      data.writeLong(visitor.until().getEpochSecond());
      data.writeUTF(visitor.username());
      data.writeUTF(visitor.token().value());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static Optional<Visitor> visitor(byte[] bytes) {
    try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Instant until = Instant.ofEpochSecond(data.readLong());
      String username = data.readUTF();
      return Optional.of(new Visitor(new BearerToken(data.readUTF()), username, until));
    } catch (IllegalArgumentException | IOException ofAnotherVersion) {
      return Optional.empty();
    }
  }
}
