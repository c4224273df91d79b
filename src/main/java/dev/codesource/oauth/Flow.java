package dev.codesource.oauth;

import static dev.codesource.credential.owned.SecretFields.required;

import dev.codesource.credential.Token;
import dev.codesource.credential.owned.SecretFields;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The state of an authorization that was begun, which any replica needs to finish it once. A flow
 * with another identity is another flow.
 */
sealed interface Flow {

  String TYPE = "codesource.dev/oauth-flow";

  Identity of();

  Instant expiresAt();

  Map<String, String> values();

  /**
   * What a flow was begun for.
   *
   * @param client where the application is stored, which decides what the host is verified against
   */
  record Identity(String bindingUid, String site, String clientId, String client) {
    static Identity of(AuthorizationContext authorization) {
      return new Identity(
          authorization.binding().getMetadata().getUid(),
          authorization.site().toString(),
          authorization.client().id(),
          authorization.client().source());
    }

    private SecretFields.Writer writer() {
      return new SecretFields.Writer()
          .text("binding_uid", bindingUid)
          .text("site", site)
          .text("client_id", clientId)
          .text("client", client);
    }
  }

  /**
   * In a browser (RFC 6749 section 4.1).
   *
   * @param state its digest
   * @param cookie the digest of the cookie of the browser that began the flow
   * @param verifier of PKCE, where the platform supports it
   */
  record Code(
      Identity of,
      String state,
      String cookie,
      Optional<Token> verifier,
      URI redirectUri,
      Instant expiresAt)
      implements Flow {

    @Override
    public Map<String, String> values() {
      return of.writer()
          .text("state", state)
          .text("cookie", cookie)
          .token("verifier", verifier)
          .text("redirect_uri", redirectUri.toString())
          .time("expires_at", expiresAt)
          .values();
    }
  }

  /**
   * By a code on any device (RFC 8628).
   *
   * @param ended why it can no longer succeed
   */
  record Device(
      Identity of,
      Token deviceCode,
      String userCode,
      URI page,
      Duration interval,
      Instant expiresAt,
      Optional<Reason> ended)
      implements Flow {

    /** In seconds (RFC 8628 section 3.2). */
    static final long LEAST_INTERVAL = 5;

    static final long MOST_INTERVAL = 3600;

    static Device of(Identity identity, DeviceCode code) {
      return new Device(
          identity,
          code.deviceCode(),
          code.userCode(),
          code.page(),
          code.interval(),
          code.expiresAt(),
          Optional.empty());
    }

    Device slower() {
      // RFC 8628 section 3.5.
      return new Device(of, deviceCode, userCode, page, interval.plusSeconds(5), expiresAt, ended);
    }

    Device ended(Reason reason) {
      return new Device(of, deviceCode, userCode, page, interval, expiresAt, Optional.of(reason));
    }

    @Override
    public Map<String, String> values() {
      return of.writer()
          .token("device_code", deviceCode)
          .text("user_code", userCode)
          .text("page", page.toString())
          .text("interval", Long.toString(interval.toSeconds()))
          .time("expires_at", expiresAt)
          .text("ended", ended.map(Reason::name))
          .values();
    }
  }

  /** Reads a stored flow; empty: the Secret contains none. */
  static Optional<Flow> of(Secret secret) {
    return SecretFields.read(secret, Flow::of);
  }

  private static Flow of(SecretFields fields) {
    Identity of =
        new Identity(
            required(fields.text("binding_uid")),
            fields.text("site").orElse(""),
            fields.text("client_id").orElse(""),
            fields.text("client").orElse(""));
    return fields.text("state").isPresent() ? code(of, fields) : device(of, fields);
  }

  private static Flow code(Identity of, SecretFields fields) {
    return new Code(
        of,
        required(fields.text("state")),
        fields.text("cookie").orElse(""),
        fields.token("verifier"),
        URI.create(fields.text("redirect_uri").orElse("")),
        fields.time("expires_at").orElse(Instant.EPOCH));
  }

  private static Flow device(Identity of, SecretFields fields) {
    return new Device(
        of,
        required(fields.token("device_code")),
        fields.text("user_code").orElse(""),
        URI.create(fields.text("page").orElse("")),
        interval(fields.text("interval").orElse("")),
        fields.time("expires_at").orElse(Instant.EPOCH),
        fields.text("ended").map(Reason::valueOf));
  }

  /** Whoever may write the Secret must not be able to have the code host asked in a loop. */
  private static Duration interval(String seconds) {
    return Duration.ofSeconds(
        Math.clamp(Long.parseLong(seconds), Device.LEAST_INTERVAL, Device.MOST_INTERVAL));
  }
}
