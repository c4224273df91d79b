package dev.codesource.controller.binding;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.codesource.api.ApiGroup;
import dev.codesource.credential.SecretData;
import dev.codesource.credential.owned.RefsSecret;
import dev.codesource.publish.DesiredSecret;
import dev.codesource.publish.PublishedParts;
import dev.codesource.runtime.ControllerDefaults;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps Secrets small in memory, whatever users put into them. While a Secret is read from the API
 * server, everything is dropped that no part of the operator asks for.
 *
 * <p>This is done by the client's mapper. An item store of an informer is shared by the informers
 * of all watched namespaces, and each list of one namespace removes the Secrets of the others.
 */
@Singleton
final class TrimmedSecrets implements KubernetesClientObjectMapperCustomizer {

  /** The keys of Secrets of the operator's own types, whoever writes them. */
  private static final Set<String> OWN_KEYS =
      Set.of(
          // A credential, and an application.
          "url",
          "token",
          "email",
          "app_id",
          "installation_id",
          "private_key",
          "refresh_token",
          "client_id",
          "client_secret",
          "ca.crt",
          "ca_digest",
          "publish",
          // A grant, a deploy token, an installation token.
          "expires_at",
          "scope",
          "account",
          "authorization",
          "obtained_at",
          "redirect_uri",
          "refreshing_since",
          "refresh_lost_at",
          "ended",
          "client",
          "target",
          "id",
          "username",
          "replaced",
          "claim",
          // A flow.
          "binding_uid",
          "site",
          "state",
          "cookie",
          "verifier",
          "device_code",
          "user_code",
          "page",
          "interval",
          // A webhook.
          "webhook.binding",
          "webhook.platform",
          "webhook.site",
          "webhook.repository",
          "webhook.path",
          "webhook.secret",
          "webhook.other_secret",
          "webhook.changing",
          "webhook.id",
          "webhook.rotated_at");

  private static final Set<String> KEYS =
      Stream.concat(OWN_KEYS.stream(), PublishedParts.DATA.stream())
          .collect(Collectors.toUnmodifiableSet());

  /** In base64: 16 KiB. */
  private static final int LONGEST_VALUE = 21_848;

  private static final String OF_WEBHOOK = "webhook.";

  /**
   * In base64: 1 KiB. Every replica has the Secrets of all webhooks, whose values the operator
   * itself writes.
   */
  private static final int LONGEST_OF_WEBHOOK = 1_368;

  /** The URL of a code host, which may have 2 048 characters. */
  private static final String SITE_OF_WEBHOOK = "webhook.site";

  private static final int LONGEST_SITE = 2_732;

  /** A list of deploy tokens, which the operator bounds by their number, and certificates. */
  private static final Set<String> LONGER_KEYS = Set.of("replaced", "ca.crt");

  /** In base64: 64 KiB, as many as certificates may have. */
  private static final int LONGEST_LIST = 4 * LONGEST_VALUE;

  /**
   * In base64, all values of one Secret together: certificates, and some others of the longest.
   * Whatever is longer in total is kept as digests.
   */
  private static final int LONGEST_SECRET = 144 << 10;

  /** In base64, of a Secret that no informer has: as long as the API server stores it. */
  private static final int LONGEST_REFS = 1_400_000;

  /**
   * The keys with a site in their name: the operator writes one, and others may add some. If its
   * own is not among them, the Secret counts as drifted, and an apply that changes nothing is sent.
   */
  private static final int MOST_OF_SITES = 4;

  private static final int LONGEST_ANNOTATION = 1024;

  /** Of an object; a type, and a name in a reference, may be longer. */
  private static final int LONGEST_NAME = 253;

  private static final int MOST_OWNERS = 8;

  /** A published Secret has less than 30 fields. */
  private static final int USUAL_FIELDS = 30;

  private static final int MOST_FIELDS = 200;

  /** {@code metadata}, {@code ownerReferences}, one of them, its fields. */
  private static final int DEEPEST_FIELD = 10;

  @JsonDeserialize(converter = Trim.class)
  @SuppressWarnings("UnusedMethod") // Jackson reads its annotation
  private interface OfWhatIsRead {
    @JsonDeserialize(using = KnownKeys.class)
    void setData(Map<String, String> data);
  }

  @Override
  public void customize(ObjectMapper mapper) {
    mapper.addMixIn(Secret.class, OfWhatIsRead.class);
  }

  /** Values of unknown keys are skipped, and not even made a string. */
  static final class KnownKeys extends JsonDeserializer<Map<String, String>> {
    @Override
    public Map<String, String> deserialize(JsonParser json, DeserializationContext context)
        throws IOException {
      Map<String, String> data = new HashMap<>();
      int left = LONGEST_SECRET;
      int ofSites = 0;
      if (!json.hasToken(JsonToken.START_OBJECT)) {
        json.skipChildren();
        return data;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String key = json.currentName();
        JsonToken token = json.nextToken();
        if (token == JsonToken.VALUE_STRING
            && RefsSecret.KEYS.contains(key)
            && json.getTextLength() <= LONGEST_REFS) {
          data.put(key, json.getText());
        } else if (token == JsonToken.VALUE_STRING
            && (KEYS.contains(key)
                || (PublishedParts.namesTheSite(key) && ofSites++ < MOST_OF_SITES))) {
          String value = json.getText();
          boolean fits = value.length() <= longest(key) && value.length() <= left;
          String kept = fits ? value : SecretData.digest(value);
          left -= Math.min(left, kept.length());
          data.put(key, kept);
        } else {
          json.skipChildren();
        }
      }
      return data;
    }

    private static int longest(String key) {
      if (key.startsWith(OF_WEBHOOK)) {
        return key.equals(SITE_OF_WEBHOOK) ? LONGEST_SITE : LONGEST_OF_WEBHOOK;
      }
      return LONGER_KEYS.contains(key) ? LONGEST_LIST : LONGEST_VALUE;
    }
  }

  /** Drops what depends on several fields. */
  static final class Trim extends StdConverter<Secret, Secret> {

    /** Those of published Secrets, which differ by what they are for, and by little else. */
    private static final Shared<ManagedFieldsEntry> FIELDS = new Shared<>();

    private static final Shared<Map<String, String>> LABELS = new Shared<>();

    @Override
    public Secret convert(Secret secret) {
      ObjectMeta metadata = secret.getMetadata();
      String type = Objects.requireNonNullElse(secret.getType(), "");
      boolean published =
          metadata != null
              && metadata.getLabels() != null
              && metadata.getLabels().containsKey(DesiredSecret.PUBLISHED_FOR);
      if (!published && !type.startsWith(ApiGroup.NAME + "/")) {
        secret.setData(null);
      }
      if (!type.equals(RefsSecret.TYPE) && secret.getData() != null) {
        secret.getData().keySet().removeAll(RefsSecret.KEYS);
      }
      secret.setType(cut(secret.getType()));
      if (metadata != null) {
        metadata.setManagedFields(published ? applied(metadata.getManagedFields()) : List.of());
        metadata.setAnnotations(only(PublishedParts.ANNOTATIONS, metadata.getAnnotations()));
        metadata.setLabels(LABELS.of(only(PublishedParts.LABELS, metadata.getLabels())));
        metadata.setOwnerReferences(bindings(metadata.getOwnerReferences()));
        metadata.setFinalizers(List.of());
        metadata.setSelfLink(null);
        metadata.setGenerateName(null);
      }
      return secret;
    }

    private static Map<String, String> only(
        Set<String> names, @Nullable Map<String, String> present) {
      if (present == null || present.isEmpty()) {
        return Map.of();
      }
      Map<String, String> kept = new HashMap<>();
      for (String name : names) {
        String value = present.get(name);
        if (value != null && value.length() <= LONGEST_ANNOTATION) {
          kept.put(name, value);
        }
      }
      return kept;
    }

    /** What tells which fields the operator has applied; with too many fields it tells nothing. */
    private static List<ManagedFieldsEntry> applied(@Nullable List<ManagedFieldsEntry> entries) {
      return entries == null
          ? List.of()
          : entries.stream()
              .filter(entry -> ControllerDefaults.FIELD_MANAGER.equals(entry.getManager()))
              .filter(entry -> "Apply".equals(entry.getOperation()))
              .limit(1)
              .filter(
                  entry ->
                      entry.getFieldsV1() != null
                          && fields(entry.getFieldsV1().getAdditionalProperties(), 0)
                              <= MOST_FIELDS)
              .map(
                  entry ->
                      new ManagedFieldsEntryBuilder()
                          .withManager(entry.getManager())
                          .withOperation(entry.getOperation())
                          .withFieldsV1(entry.getFieldsV1())
                          .build())
              .map(Trim::shared)
              .toList();
    }

    /** One with more fields than the operator applies is somebody else's, and not kept for long. */
    private static ManagedFieldsEntry shared(ManagedFieldsEntry entry) {
      return fields(entry.getFieldsV1().getAdditionalProperties(), 0) <= USUAL_FIELDS
          ? FIELDS.of(entry)
          : entry;
    }

    /** The number of fields, which ends shortly above the most, and early where they are deep. */
    private static int fields(@Nullable Object value, int depth) {
      if (!(value instanceof Map<?, ?> map)) {
        return 0;
      }
      if (depth == DEEPEST_FIELD) {
        return MOST_FIELDS + 1;
      }
      int fields = map.size();
      for (Object each : map.values()) {
        if (fields > MOST_FIELDS) {
          return fields;
        }
        fields += fields(each, depth + 1);
      }
      return fields;
    }

    private static List<OwnerReference> bindings(@Nullable List<OwnerReference> owners) {
      return owners == null
          ? List.of()
          : owners.stream()
              .filter(owner -> Boolean.TRUE.equals(owner.getController()))
              .limit(MOST_OWNERS)
              .map(Trim::cut)
              .toList();
    }

    /** The API server does not limit their length; a cut one is no binding's. */
    private static OwnerReference cut(OwnerReference owner) {
      owner.setApiVersion(cut(owner.getApiVersion()));
      owner.setKind(cut(owner.getKind()));
      owner.setName(cut(owner.getName()));
      owner.setUid(cut(owner.getUid()));
      return owner;
    }

    private static @Nullable String cut(@Nullable String text) {
      return text == null || text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME);
    }
  }

  /**
   * Has equal values be one in memory. What is read is changed by nobody. Users can make more
   * values than are kept; all others stay what they are.
   */
  static final class Shared<T> {
    private static final int MOST = 256;

    private final Map<T, T> known = new ConcurrentHashMap<>();

    T of(T value) {
      T same = known.get(value);
      if (same != null) {
        return same;
      }
      return known.size() < MOST
          ? Objects.requireNonNullElse(known.putIfAbsent(value, value), value)
          : value;
    }
  }
}
