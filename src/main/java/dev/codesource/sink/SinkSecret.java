package dev.codesource.sink;

import dev.codesource.digest.Sha256;
import dev.codesource.http.TrustAnchors;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The Secret of a sink, mounted as a folder. It is read for each request, so that a changed key
 * needs no restart.
 */
final class SinkSecret {

  private static final String SIGNING_KEY = "signing_key";
  private static final String CLIENT_ID = "client_id";
  private static final String CLIENT_SECRET = "client_secret";
  private static final String CA = "ca.crt";

  private static final long LONGEST = 64 << 10;

  private final Sink sink;

  SinkSecret(Sink sink) {
    this.sink = sink;
  }

  /** An OAuth client, which never prints its secret. */
  static final class Client {
    private final String id;
    private final String secret;

    private Client(String id, String secret) {
      this.id = id;
      this.secret = secret;
    }

    String id() {
      return id;
    }

    String secret() {
      return secret;
    }

    boolean isSameAs(Client other) {
      return id.equals(other.id)
          && MessageDigest.isEqual(
              secret.getBytes(StandardCharsets.UTF_8),
              other.secret.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
      return id;
    }
  }

  /**
   * The keys that requests are signed with; empty: the Secret has none, and requests are not
   * signed; or {@code SinkUnauthorized}.
   */
  Outcome<Optional<SigningKeys>> signingKeys() {
    return value(SIGNING_KEY)
        .then(
            text ->
                text.isEmpty()
                    ? Outcome.done(Optional.empty())
                    : SigningKeys.of(text.get())
                        .map(keys -> Outcome.done(Optional.of(keys)))
                        .orElseGet(
                            () ->
                                unusable(
                                    "The key signing_key in the Secret of the sink %s is not whsec_ and 24 to 64 bytes in Base64.")));
  }

  /** The OAuth client; or {@code SinkUnauthorized}. */
  Outcome<Client> client() {
    return value(CLIENT_ID)
        .then(
            id ->
                value(CLIENT_SECRET)
                    .then(
                        secret ->
                            id.isPresent() && secret.isPresent()
                                ? Outcome.done(new Client(id.get(), secret.get()))
                                : unusable(
                                    "The Secret of the sink %s lacks client_id or client_secret.")));
  }

  /**
   * The certificates that are trusted for the sink instead of the public ones; empty: the Secret
   * has none; or {@code SinkUnauthorized}.
   */
  Outcome<Optional<TrustAnchors>> anchors() {
    return value(CA)
        .then(
            pem ->
                pem.isEmpty()
                    ? Outcome.done(Optional.empty())
                    : TrustAnchors.parse(Sha256.hex(pem.get()), "key ca.crt", pem.get())
                            instanceof Outcome.Done<TrustAnchors>(var anchors)
                        ? Outcome.done(Optional.of(anchors))
                        : unusable(
                            "The key ca.crt in the Secret of the sink %s has no certificates that can be used."));
  }

  private Outcome<Optional<String>> value(String key) {
    Optional<Path> file = sink.secret().map(folder -> folder.resolve(key));
    try {
      if (file.filter(Files::isRegularFile).isEmpty()) {
        return Outcome.done(Optional.empty());
      }
      if (Files.size(file.get()) > LONGEST) {
        return unusable("A key in the Secret of the sink %s is longer than 64 KiB.");
      }
      return Outcome.done(
          Optional.of(Files.readString(file.get()).strip()).filter(text -> !text.isEmpty()));
    } catch (IOException e) {
      return unusable("The Secret of the sink %s cannot be read.");
    }
  }

  private <T> Outcome<T> unusable(String what) {
    return Outcome.waiting(Reason.SinkUnauthorized, what.formatted(sink.name()));
  }
}
