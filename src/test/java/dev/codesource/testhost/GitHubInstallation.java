package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/**
 * An Enterprise Server's API for an app and its one installation, as its documents have it
 * (https://docs.github.com/rest/apps/apps). Who asks has to prove with each request that he has the
 * app's private key.
 */
public final class GitHubInstallation implements Dialect {

  public static final String APP_ID = "424242";
  public static final String ID = "7654321";
  public static final String BOT = "octobuild[bot]";

  /** Each includes those before it; the first stands for none. */
  private static final List<String> LEVELS = List.of("", "read", "write", "admin");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final KeyPair key = newKey();
  private final List<Made> made = new CopyOnWriteArrayList<>();
  private volatile boolean suspended;
  private volatile String permissions = "{\"contents\":\"write\",\"metadata\":\"read\"}";
  private volatile Duration life = Duration.ofHours(1);

  /** A token of the installation, and what it was asked for with. */
  public record Made(String token, String asked, Instant expiresAt) {

    /** As git sends it. */
    public String login() {
      return "x-access-token:" + token;
    }
  }

  public static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** PKCS #1, as GitHub hands it out and OpenSSL wrote it. */
  public static String pkcs1(KeyPair key) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(key.getPrivate());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** PKCS #8. */
  public static String pkcs8(KeyPair key) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  /** The app's. */
  public String privateKey() {
    return pkcs1(key);
  }

  /** Those that were made, the oldest first. */
  public List<Made> made() {
    return List.copyOf(made);
  }

  public boolean letsIn(String login) {
    return made.stream()
        .anyMatch(one -> one.login().equals(login) && Instant.now().isBefore(one.expiresAt()));
  }

  public void suspended(boolean now) {
    suspended = now;
  }

  /** As JSON has them. */
  public void permissions(String json) {
    permissions = json;
  }

  /** How long tokens last that are made from now on. */
  public void tokensLast(Duration time) {
    life = time;
  }

  @Override
  public Answer answer(Asked asked, Function<String, Optional<Grant>> grants) {
    String path = asked.path().replaceFirst("^.*/api/v3", "");
    if (path.startsWith("/repos/") && letsIn("x-access-token:" + asked.token())) {
      return repository(path.substring("/repos/".length()), asked.header("Host").orElseThrow());
    }
    if (!path.startsWith("/app")) {
      return Dialect.gitHub().answer(asked, grants);
    }
    String complaint = complaint(asked.token());
    if (!complaint.isEmpty()) {
      return Answer.json(401, "{\"message\":\"%s\",\"status\":\"401\"}".formatted(complaint));
    }
    return switch (asked.method() + " " + path) {
      case "GET /app" ->
          Answer.json(
              200,
              "{\"id\":%s,\"slug\":\"octobuild\",\"node_id\":\"A_x\",\"name\":\"Octo Build\"}"
                  .formatted(APP_ID));
      case "GET /app/installations/" + ID ->
          Answer.json(
              200,
              "{\"id\":%s,\"app_slug\":\"octobuild\",\"suspended_at\":%s,\"permissions\":%s}"
                  .formatted(ID, suspended ? "\"2026-01-01T00:00:00Z\"" : "null", permissions));
      case "POST /app/installations/" + ID + "/access_tokens" -> make(asked.body());
      default -> Answer.json(404, "{\"message\":\"Not Found\",\"status\":\"404\"}");
    };
  }

  private static Answer repository(String path, String host) {
    return Answer.json(
        200,
        "{\"id\":1296269,\"full_name\":\"%s\",\"clone_url\":\"http://%s/%s.git\"}"
            .formatted(path, host, path));
  }

  private Answer make(String body) {
    if (suspended) {
      return Answer.json(403, "{\"message\":\"This installation has been suspended\"}");
    }
    if (!grants(body)) {
      return Answer.json(
          422, "{\"message\":\"The permissions requested are not granted to this installation.\"}");
    }
    Instant end = Instant.ofEpochSecond(Instant.now().plus(life).getEpochSecond());
    Made one = new Made("ghs_canary%04d5d1c9a7e42f0".formatted(made.size() + 1), body, end);
    made.add(one);
    return Answer.json(
        201,
        "{\"token\":\"%s\",\"expires_at\":\"%s\",\"permissions\":{\"contents\":\"read\"}}"
            .formatted(one.token(), end));
  }

  /** Whether the installation has all permissions that a request for a token names. */
  private boolean grants(String body) {
    try {
      JsonNode granted = JSON.readTree(permissions);
      return JSON.readTree(body).path("permissions").properties().stream()
          .allMatch(
              wanted ->
                  LEVELS.indexOf(wanted.getValue().asText())
                      <= LEVELS.indexOf(granted.path(wanted.getKey()).asText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with a JWT, in GitHub's words; empty: nothing. */
  private String complaint(String jwt) {
    try {
      String[] parts = jwt.split("\\.", -1);
      if (parts.length != 3 || !isSigned(parts)) {
        return "A JSON web token could not be decoded";
      }
      JsonNode header = JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
      JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
      long now = Instant.now().getEpochSecond();
      if (!header.path("alg").asText().equals("RS256")) {
        return "A JSON web token could not be decoded";
      }
      if (!claims.path("iss").asText().equals(APP_ID)) {
        return "'Issuer' claim ('iss') is not this app";
      }
      if (!claims.path("iat").isIntegralNumber() || claims.path("iat").asLong() > now) {
        return "'Issued at' claim ('iat') must be an Integer in the past";
      }
      long exp = claims.path("exp").asLong();
      return exp <= now || exp > now + 600
          ? "'Expiration time' claim ('exp') is too far in the future"
          : "";
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      return "A JSON web token could not be decoded";
    }
  }

  private boolean isSigned(String[] parts) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(key.getPublic());
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
  }

  /** The keys of a credential Secret for this installation. */
  public Map<String, String> secret(String url, String privateKey) {
    return Map.of("url", url, "app_id", APP_ID, "installation_id", ID, "private_key", privateKey);
  }
}
