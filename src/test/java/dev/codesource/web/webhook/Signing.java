package dev.codesource.web.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.codesource.api.Platform;
import dev.codesource.codehost.WebhookSecret;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs deliveries as the platforms do, by the JDK alone. */
public final class Signing {

  private Signing() {}

  /** The headers that prove a body. */
  public static Map<String, String> headers(Platform platform, WebhookSecret secret, byte[] body) {
    byte[] key = secret.text().getBytes(UTF_8);
    String hex = HexFormat.of().formatHex(hmac(key, body));
    return switch (platform) {
      case GitHub -> Map.of("X-Hub-Signature-256", "sha256=" + hex);
      case Bitbucket -> Map.of("X-Hub-Signature", "sha256=" + hex);
      case Gitea -> Map.of("X-Gitea-Signature", hex);
      case Gitee -> gitee(secret.text());
      case GitLab -> gitLab(secret, body);
    };
  }

  private static Map<String, String> gitee(String secret) {
    String time = Long.toString(Instant.now().toEpochMilli());
    byte[] signature = hmac(secret.getBytes(UTF_8), (time + "\n" + secret).getBytes(UTF_8));
    return Map.of(
        "X-Gitee-Timestamp", time, "X-Gitee-Token", Base64.getEncoder().encodeToString(signature));
  }

  private static Map<String, String> gitLab(WebhookSecret secret, byte[] body) {
    String time = Long.toString(Instant.now().getEpochSecond());
    byte[] signature = hmac(secret.bytes(), ("id." + time + ".").getBytes(UTF_8), body);
    return Map.of(
        "webhook-id",
        "id",
        "webhook-timestamp",
        time,
        "webhook-signature",
        "v1," + Base64.getEncoder().encodeToString(signature));
  }

  private static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
