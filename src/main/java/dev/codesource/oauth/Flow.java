package dev.codesource.oauth;

import dev.codesource.credential.Token;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An authorization that was begun: what has to be known to finish it, in any replica and once. With
 * another identity it is another flow.
 */
sealed interface Flow {

  String TYPE = "codesource.dev/oauth-flow";

  Identity of();

  Instant expiresAt();

  Map<String, String> values();

  /** What a flow was begun for. */
  record Identity(String bindingUid, String site, String clientId) {
    static Identity of(AuthorizationContext authorization) {
      return new Identity(
          authorization.binding().getMetadata().getUid(),
          authorization.site().toString(),
          authorization.client().id());
    }

    void into(Map<String, String> values) {
      values.put("binding_uid", bindingUid);
      values.put("site", site);
      values.put("client_id", clientId);
    }
  }

  /**
   * In a browser (RFC 6749 section 4.1).
   *
   * @param state its digest
   * @param cookie the digest of what the browser that began holds
   * @param verifier of PKCE, where the platform has it
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
      Map<String, String> values = new TreeMap<>();
      of.into(values);
      values.put("state", state);
      values.put("cookie", cookie);
      verifier.ifPresent(secret -> values.put("verifier", secret.reveal()));
      values.put("redirect_uri", redirectUri.toString());
      values.put("expires_at", expiresAt.toString());
      return values;
    }
  }

  /**
   * By a code on any device (RFC 8628).
   *
   * @param ended why it will not succeed any more
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
      Map<String, String> values = new TreeMap<>();
      of.into(values);
      values.put("device_code", deviceCode.reveal());
      values.put("user_code", userCode);
      values.put("page", page.toString());
      values.put("interval", Long.toString(interval.toSeconds()));
      values.put("expires_at", expiresAt.toString());
      ended.ifPresent(reason -> values.put("ended", reason.name()));
      return values;
    }
  }

  /** Reads a stored flow; empty: it is none. */
  static Optional<Flow> of(Secret secret) {
    Optional<Identity> identity =
        OwnedSecretStore.value(secret, "binding_uid")
            .map(
                uid ->
                    new Identity(
                        uid,
                        OwnedSecretStore.value(secret, "site").orElse(""),
                        OwnedSecretStore.value(secret, "client_id").orElse("")));
    try {
      return identity.flatMap(of -> code(of, secret).or(() -> device(of, secret)));
    } catch (DateTimeException | IllegalArgumentException changedByHand) {
      return Optional.empty();
    }
  }

  private static Optional<Flow> code(Identity of, Secret secret) {
    return OwnedSecretStore.value(secret, "state")
        .map(
            state ->
                new Code(
                    of,
                    state,
                    OwnedSecretStore.value(secret, "cookie").orElse(""),
                    OwnedSecretStore.value(secret, "verifier").map(Token::new),
                    URI.create(OwnedSecretStore.value(secret, "redirect_uri").orElse("")),
                    expiry(secret)));
  }

  private static Optional<Flow> device(Identity of, Secret secret) {
    return OwnedSecretStore.value(secret, "device_code")
        .map(
            code ->
                new Device(
                    of,
                    new Token(code),
                    OwnedSecretStore.value(secret, "user_code").orElse(""),
                    URI.create(OwnedSecretStore.value(secret, "page").orElse("")),
                    Duration.ofSeconds(
                        Long.parseLong(OwnedSecretStore.value(secret, "interval").orElse("5"))),
                    expiry(secret),
                    OwnedSecretStore.value(secret, "ended").map(Reason::valueOf)));
  }

  private static Instant expiry(Secret secret) {
    return OwnedSecretStore.value(secret, "expires_at").map(Instant::parse).orElse(Instant.EPOCH);
  }
}
