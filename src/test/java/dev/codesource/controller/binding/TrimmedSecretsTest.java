package dev.codesource.controller.binding;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.credential.CaConsent;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.OAuthClientSecret;
import dev.codesource.credential.SecretData;
import dev.codesource.publish.PublishedParts;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.webhook.InMemoryWebhooks;
import dev.codesource.webhook.StoredWebhook;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrimmedSecretsTest {

  private static final SiteUrl SITE =
      new SiteUrl(new Origin(Origin.Scheme.HTTPS, "git.example.com", 443), "");

  private static final String PUBLISHED = "\"codesource.dev/published-for\":\"Tekton\"";

  private final ObjectMapper mapper =
      new JsonMapper(
          // As in the operator, whose table of names would refuse thousands of odd ones.
          JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build());
  private final KubernetesSerialization serialization = new KubernetesSerialization(mapper, true);

  TrimmedSecretsTest() {
    new TrimmedSecrets().customize(mapper);
  }

  private static String secret(String type, String labels, String metadata, String data) {
    return """
    {"kind":"Secret","apiVersion":"v1",
     "metadata":{"name":"s","namespace":"team","uid":"u","resourceVersion":"7",
       "labels":{%s}%s},
     "data":{%s},"type":"%s"}"""
        .formatted(labels, metadata, data, type);
  }

  private Secret read(String json) {
    return serialization.unmarshal(json, Secret.class);
  }

  private static String token(String value) {
    return secret(
        "codesource.dev/token",
        "",
        "",
        "\"url\":\"aHR0cHM6Ly9naXQuZXhhbXBsZS5jb20=\",\"token\":\"%s\"".formatted(value));
  }

  @Test
  void aTokenThatIsTooLongCostsLittleAndIsMalformed() {
    Secret secret = read(token("QUFB".repeat(350_000)));

    assertThat(secret.getData().get("token")).hasSizeLessThan(100);
    assertThat(CredentialSecret.read(secret, SITE))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.problem().reason()).isEqualTo(Reason.CredentialMalformed);
              assertThat(refused.problem().what()).contains("longer than 4096 characters");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CredentialSecret.URL_KEY,
        CredentialSecret.EMAIL_KEY,
        CredentialSecret.APP_ID_KEY,
        CredentialSecret.INSTALLATION_ID_KEY,
        CredentialSecret.PRIVATE_KEY_KEY,
        CredentialSecret.PUBLISH_KEY,
        CredentialSecret.REFRESH_TOKEN_KEY,
        OAuthClientSecret.ID_KEY,
        OAuthClientSecret.SECRET_KEY,
        CaConsent.CERTIFICATES_KEY,
        CaConsent.DIGEST_KEY
      })
  void eachKeyOfASecretThatAPersonWritesIsKept(String key) {
    Secret secret = read(secret("codesource.dev/token", "", "", "\"%s\":\"YQ==\"".formatted(key)));

    assertThat(secret.getData()).containsEntry(key, "YQ==");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expires_at",
        "scope",
        "client",
        "authorization",
        "account",
        "obtained_at",
        "redirect_uri",
        "refreshing_since",
        "refresh_lost_at",
        "ended"
      })
  void eachKeyOfAGrantIsKept(String key) {
    Secret secret = read(secret("codesource.dev/token", "", "", "\"%s\":\"YQ==\"".formatted(key)));

    assertThat(secret.getData()).containsEntry(key, "YQ==");
  }

  /** No informer has such a Secret; others must not have its long values. */
  @Test
  void branchesAndTagsAreKeptInTheirOwnTypeOnly() {
    String data = "\"refs.branches\":\"%s\"".formatted("QUFB".repeat(300_000));

    assertThat(read(secret("codesource.dev/refs", "", "", data)).getData().get("refs.branches"))
        .hasSize(1_200_000);
    assertThat(read(secret("codesource.dev/token", "", "", data)).getData()).isEmpty();
    assertThat(read(secret("Opaque", PUBLISHED, "", data)).getData()).isEmpty();
  }

  @Test
  void certificatesMayBeLong() {
    String pem = "QUFB".repeat(20_000);
    Secret secret =
        read(secret("codesource.dev/token", "", "", "\"ca.crt\":\"%s\"".formatted(pem)));

    assertThat(secret.getData()).containsEntry("ca.crt", pem);
  }

  @Test
  void aTokenIsReadAsItIs() {
    Secret secret = read(token("Z2xwYXQtMQ=="));

    assertThat(SecretData.text(secret, "token")).contains("glpat-1");
    assertThat(secret.getMetadata().getUid()).isEqualTo("u");
    assertThat(secret.getMetadata().getResourceVersion()).isEqualTo("7");
  }

  @Test
  void nothingThatUsersAddIsKept() throws JsonProcessingException {
    String thousands =
        IntStream.range(0, 5000)
            .mapToObj(i -> "\"key-%d\":\"eA==\"".formatted(i))
            .collect(Collectors.joining(","));
    String owners =
        IntStream.range(0, 2000)
            .mapToObj(
                i ->
                    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"p\",\"uid\":\"%d\"}"
                        .formatted(i))
            .collect(Collectors.joining(","));
    String metadata =
        """
        ,"annotations":{%s,"kubectl.kubernetes.io/last-applied-configuration":"{}"},
        "finalizers":["a.example.com/b"],"ownerReferences":[%s],
        "managedFields":[{"manager":"code-source-operator","operation":"Apply","apiVersion":"v1",
          "fieldsType":"FieldsV1","fieldsV1":{"f:data":{%s}}}]"""
            .formatted(thousands, owners, thousands.replace("\"eA==\"", "{}"));

    for (String labels : List.of(thousands, thousands + "," + PUBLISHED)) {
      Secret secret = read(secret("codesource.dev/token", labels, metadata, thousands));
      assertThat(mapper.writeValueAsString(secret)).hasSizeLessThan(500);
    }
  }

  @Test
  void theDataOfOtherSecretsIsDropped() {
    assertThat(read(secret("Opaque", "", "", "\"token\":\"eA==\"")).getData()).isNullOrEmpty();
  }

  @Test
  void aPublishedSecretKeepsWhatIsCompared() {
    String metadata =
        """
        ,"annotations":{"tekton.dev/git-0":"https://git.example.com","note":"mine"},
        "ownerReferences":[{"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceBinding",
          "name":"b","uid":"1","controller":true}],
        "managedFields":[
          {"manager":"kubectl","operation":"Update","fieldsV1":{"f:data":{"f:x":{}}}},
          {"manager":"code-source-operator","operation":"Apply","fieldsV1":{"f:data":{"f:username":{}}}}]""";
    Secret secret =
        read(
            secret(
                "kubernetes.io/basic-auth",
                PUBLISHED,
                metadata,
                "\"username\":\"YWxpY2U=\",\"other\":\"eA==\""));

    ObjectMeta kept = secret.getMetadata();
    assertThat(secret.getData()).isEqualTo(Map.of("username", "YWxpY2U="));
    assertThat(kept.getAnnotations())
        .isEqualTo(Map.of("tekton.dev/git-0", "https://git.example.com"));
    assertThat(kept.getLabels()).isEqualTo(Map.of("codesource.dev/published-for", "Tekton"));
    assertThat(kept.getOwnerReferences()).hasSize(1);
    assertThat(kept.getManagedFields())
        .extracting(ManagedFieldsEntry::getManager)
        .containsExactly("code-source-operator");
  }

  private Secret published(String name, String field) {
    return read(
        secret(
                "Opaque",
                PUBLISHED,
                """
                ,"managedFields":[{"manager":"code-source-operator","operation":"Apply","apiVersion":"v1",
                  "time":"2026-11-30T10:00:0%dZ","fieldsType":"FieldsV1",
                  "fieldsV1":{"f:data":{"f:%s":{}},"f:metadata":{"f:labels":{"f:x":{}}}}}]"""
                    .formatted(name.length(), field),
                "")
            .replace("\"name\":\"s\"", "\"name\":\"%s\"".formatted(name)));
  }

  /** With thousands of published Secrets that is most of their memory. */
  @Test
  void publishedSecretsShareWhatIsTheSameInAll() {
    ObjectMeta one = published("a", "token").getMetadata();
    ObjectMeta another = published("bc", "token").getMetadata();

    assertThat(one.getManagedFields().getFirst())
        .isSameAs(another.getManagedFields().getFirst())
        .isNotEqualTo(published("a", "other").getMetadata().getManagedFields().getFirst());
    assertThat(one.getLabels()).isSameAs(another.getLabels());
  }

  @Test
  void sharedValuesAreBounded() {
    TrimmedSecrets.Shared<String> shared = new TrimmedSecrets.Shared<>();
    String first = shared.of(new String("value 0"));
    IntStream.range(1, 1_000).forEach(number -> shared.of("value " + number));

    assertThat(shared.of(new String("value 0"))).isSameAs(first);
    String late = new String("value 999");
    assertThat(shared.of(late)).isSameAs(late);
  }

  @Test
  void aLongValueIsKnownByItsDigest() {
    String bundle = "QUFB".repeat(30_000);
    Secret secret = read(secret("Opaque", PUBLISHED, "", "\"ca.crt\":\"%s\"".formatted(bundle)));

    String kept = secret.getData().get("ca.crt");
    assertThat(kept).hasSizeLessThan(100);
    assertThat(SecretData.isSame(kept, bundle)).isTrue();
    assertThat(SecretData.isSame(kept, bundle + "QUFB")).isFalse();
  }

  /** What is kept of a Secret, in characters. */
  private int kept(Secret secret) throws JsonProcessingException {
    return mapper.writeValueAsString(secret).length();
  }

  @Test
  void allValuesTogetherAreBounded() throws JsonProcessingException {
    String longest = "QUFB".repeat(5_400);
    String data =
        Stream.concat(
                Stream.of(
                    "url",
                    "token",
                    "email",
                    "client_id",
                    "client_secret",
                    "scope",
                    "account",
                    "authorization",
                    "claim",
                    "username",
                    "target",
                    "site",
                    "state",
                    "cookie",
                    "verifier",
                    "page",
                    "password",
                    ".gitconfig",
                    "type",
                    "provider"),
                PublishedParts.DATA.stream())
            .distinct()
            .map(key -> "\"%s\":\"%s\"".formatted(key, longest))
            .collect(Collectors.joining(","));

    Secret secret = read(secret("codesource.dev/token", PUBLISHED, "", data));

    assertThat(kept(secret)).isBetween(100 << 10, 148 << 10);
    assertThat(SecretData.isSame(secret.getData().get("username"), longest)).isTrue();
  }

  @Test
  void theKeyThatNamesTheSiteIsKeptAmongThoseOfOthersAndTheyAreBounded() {
    String key = "GIT_AUTH_HEADER.git.example.com";

    assertThat(
            read(secret(
                    "Opaque", PUBLISHED, "", "\"%s\":\"YQ==\",\"else\":\"YQ==\"".formatted(key)))
                .getData())
        .isEqualTo(Map.of(key, "YQ=="));

    String many =
        IntStream.range(0, 10_000)
            .mapToObj("\"GIT_AUTH_HEADER.h%05d\":\"YQ==\""::formatted)
            .collect(Collectors.joining(","));
    assertThat(read(secret("Opaque", PUBLISHED, "", many)).getData()).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"name", "uid", "kind", "apiVersion"})
  void aLongReferenceToAnOwnerIsCut(String field) throws JsonProcessingException {
    Map<String, String> owner =
        new java.util.HashMap<>(Map.of("name", "b", "uid", "1", "kind", "K", "apiVersion", "v1"));
    owner.put(field, "x".repeat(1_000_000));
    String reference =
        owner.entrySet().stream()
            .map(entry -> "\"%s\":\"%s\"".formatted(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(",", "{\"controller\":true,", "}"));

    Secret secret =
        read(
            secret(
                "codesource.dev/token",
                "",
                ",\"selfLink\":\"%s\",\"ownerReferences\":[%s]"
                    .formatted("x".repeat(100_000), reference),
                ""));

    assertThat(kept(secret)).isLessThan(2_000);
  }

  @Test
  @Timeout(30)
  void aSecretWithThousandsOfKeysIsReadAndBounded() throws JsonProcessingException {
    assertThat(kept(read(adversarial(20_000)))).isLessThan(148 << 10);
  }

  private static String adversarial(int keys) {
    String fields =
        IntStream.range(0, keys)
            .mapToObj(i -> "\"f:%d\":{\"f:x\":{}}".formatted(i))
            .collect(Collectors.joining(","));
    String strings =
        IntStream.range(0, keys)
            .mapToObj(i -> "\"k%d\":\"eA==\"".formatted(i))
            .collect(Collectors.joining(","));
    String lines = "QUFB".repeat(keys * 10);
    return secret(
        "codesource.dev/token",
        strings + "," + PUBLISHED,
        ",\"annotations\":{%s},\"managedFields\":[{\"manager\":\"code-source-operator\",\"operation\":\"Apply\",\"fieldsV1\":{\"f:data\":{%s}}}]"
            .formatted(strings, fields),
        strings + ",\"replaced\":\"" + lines + "\",\"ca.crt\":\"" + lines + "\"");
  }

  @Test
  void managedFieldsThatAreNestedDeeplyAreNotFollowed() throws JsonProcessingException {
    mapper
        .getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(10_000).build());
    int depth = 9_000;
    String deep = "{\"f:a\":".repeat(depth) + "{}" + "}".repeat(depth);

    Secret secret =
        read(
            secret(
                "codesource.dev/token",
                PUBLISHED,
                ",\"managedFields\":[{\"manager\":\"code-source-operator\",\"operation\":\"Apply\",\"fieldsV1\":%s}]"
                    .formatted(deep),
                ""));

    assertThat(secret.getMetadata().getManagedFields()).isEmpty();
  }

  @Test
  void listsAndWatchesAreTrimmedToo() {
    String json = secret("Opaque", "", "", "\"other\":\"eA==\"");
    SecretList list =
        serialization.unmarshal(
            "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[%s]}"
                .formatted(json),
            SecretList.class);
    WatchEvent event =
        serialization.unmarshal(
            "{\"type\":\"ADDED\",\"object\":%s}".formatted(json), WatchEvent.class);

    assertThat(list.getItems()).allSatisfy(each -> assertThat(each.getData()).isNullOrEmpty());
    assertThat(((Secret) event.getObject()).getData()).isNullOrEmpty();
  }

  /** Every replica has the Secrets of all webhooks. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "webhook.binding",
        "webhook.platform",
        "webhook.repository",
        "webhook.path",
        "webhook.secret",
        "webhook.other_secret",
        "webhook.changing",
        "webhook.id",
        "webhook.rotated_at"
      })
  void aValueOfAWebhookHasOneKibibyte(String key) throws JsonProcessingException {
    assertThat(webhookValue(key, 1_024)).hasSize(1_368);
    assertThat(webhookValue(key, 1_027)).startsWith("sha256:");
    assertThat(webhookValue("webhook.site", 2_048)).hasSize(2_732);
    assertThat(webhookValue("webhook.site", 2_052)).startsWith("sha256:");
  }

  private String webhookValue(String key, int length) throws JsonProcessingException {
    String value =
        Base64.getEncoder().encodeToString("x".repeat(length).getBytes(StandardCharsets.UTF_8));
    return mapper
        .readValue(
            secret(StoredWebhook.TYPE, "", "", "\"%s\":\"%s\"".formatted(key, value)), Secret.class)
        .getData()
        .get(key);
  }

  @Test
  void aWebhookIsReadAsItWasStored() {
    StoredWebhook stored =
        InMemoryWebhooks.webhook(
                "team", Platform.GitLab, InMemoryWebhooks.secret(), InMemoryWebhooks.secret())
            .webhook();
    String data =
        stored.values().entrySet().stream()
            .map(
                each ->
                    "\"%s\":\"%s\""
                        .formatted(
                            each.getKey(),
                            Base64.getEncoder()
                                .encodeToString(each.getValue().getBytes(StandardCharsets.UTF_8))))
            .collect(Collectors.joining(","));

    assertThat(StoredWebhook.in(read(secret(StoredWebhook.TYPE, "", "", data)))).contains(stored);
  }
}
