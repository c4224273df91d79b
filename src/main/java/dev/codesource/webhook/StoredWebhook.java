package dev.codesource.webhook;

import static dev.codesource.credential.owned.SecretFields.required;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.Platform;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.credential.owned.SecretFields;
import io.fabric8.kubernetes.api.model.Secret;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A webhook as its Secret has it. The Secret is stored before the code host is asked for the
 * webhook, so that no webhook is left there that nobody knows.
 *
 * @param binding the name of the binding whose credential keeps it
 * @param site the URL of the code host
 * @param repository the code host's own identifier
 * @param path the last part of the address that deliveries are sent to; nobody can guess it: 32
 *     random bytes in Base64 for URLs
 * @param secret what deliveries are signed with
 * @param other what they may be signed with as well: while the secret is changed, the one that
 *     follows, and then the one before
 * @param hook the code host's identifier of the webhook; empty: it is not known to be made
 * @param rotatedAt since when deliveries are signed with the secret
 * @param isChanging whether the other secret is the one that follows: the code host may sign with
 *     either
 */
public record StoredWebhook(
    String binding,
    Platform platform,
    String site,
    String repository,
    String path,
    WebhookSecret secret,
    Optional<WebhookSecret> other,
    Optional<String> hook,
    Instant rotatedAt,
    boolean isChanging) {

  /** The type of the Secret. */
  public static final String TYPE = ApiGroup.NAME + "/webhook";

  private static final String BINDING = "webhook.binding";
  private static final String PLATFORM = "webhook.platform";
  private static final String SITE = "webhook.site";
  private static final String REPOSITORY = "webhook.repository";
  private static final String PATH = "webhook.path";
  private static final String SECRET = "webhook.secret";
  private static final String OTHER = "webhook.other_secret";
  private static final String HOOK = "webhook.id";
  private static final String ROTATED_AT = "webhook.rotated_at";
  private static final String CHANGING = "webhook.changing";

  private static final int PATH_BYTES = 32;
  private static final Pattern PATH_FORM = Pattern.compile("[A-Za-z0-9_-]{43}");

  /** A webhook whose secret is not being changed. */
  public StoredWebhook(
      String binding,
      Platform platform,
      String site,
      String repository,
      String path,
      WebhookSecret secret,
      Optional<WebhookSecret> other,
      Optional<String> hook,
      Instant rotatedAt) {
    this(binding, platform, site, repository, path, secret, other, hook, rotatedAt, false);
  }

  /** A path that nobody has. */
  static String randomPath(SecureRandom random) {
    byte[] bytes = new byte[PATH_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Reads a Secret that the operator wrote; empty: it did not, or somebody changed it since. */
  public static Optional<StoredWebhook> in(Secret secret) {
    return SecretFields.read(
        secret,
        fields ->
            new StoredWebhook(
                required(fields.text(BINDING)),
                required(fields.text(PLATFORM).flatMap(Platform::named)),
                required(fields.text(SITE)),
                required(fields.text(REPOSITORY)),
                required(fields.text(PATH)),
                new WebhookSecret(required(fields.text(SECRET))),
                fields.text(OTHER).map(WebhookSecret::new),
                fields.text(HOOK),
                required(fields.time(ROTATED_AT)),
                fields.text(OTHER).isPresent() && fields.text(CHANGING).isPresent()));
  }

  /** The keys and values to store. */
  public Map<String, String> values() {
    return new SecretFields.Writer()
        .text(BINDING, binding)
        .text(PLATFORM, platform.name())
        .text(SITE, site)
        .text(REPOSITORY, repository)
        .text(PATH, path)
        .text(SECRET, secret.text())
        .text(OTHER, other.map(WebhookSecret::text))
        .text(HOOK, hook)
        .time(ROTATED_AT, rotatedAt)
        .text(CHANGING, isChanging ? Optional.of("true") : Optional.empty())
        .values();
  }

  /** Whether the path is one that the operator made; whoever may write the Secret may change it. */
  boolean hasUsualPath() {
    return PATH_FORM.matcher(path).matches();
  }

  /** What the code host is to sign with. */
  WebhookSecret wantedSecret() {
    return isChanging ? other.orElse(secret) : secret;
  }

  /** As it is at the code host. */
  StoredWebhook madeAs(String id) {
    return with(secret, other, Optional.of(id), rotatedAt, isChanging);
  }

  /** Before the code host is asked to sign with the next secret. */
  StoredWebhook changingTo(WebhookSecret next) {
    return with(secret, Optional.of(next), hook, rotatedAt, true);
  }

  /** After the code host was asked: it signs with the next secret, if there is one. */
  StoredWebhook changed(Instant now) {
    return isChanging ? with(wantedSecret(), Optional.of(secret), hook, now, false) : this;
  }

  /** The secret before is not good any more. */
  StoredWebhook withoutOther() {
    return with(secret, Optional.empty(), hook, rotatedAt, false);
  }

  private StoredWebhook with(
      WebhookSecret now,
      Optional<WebhookSecret> besides,
      Optional<String> id,
      Instant since,
      boolean changing) {
    return new StoredWebhook(
        binding, platform, site, repository, path, now, besides, id, since, changing);
  }

  /** Without the path, which lets in who knows it. */
  @Override
  public String toString() {
    return "webhook of %s for %s".formatted(binding, repository);
  }
}
