package dev.codesource.publish;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.BindingSpec.RegistryInstance;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.Token;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A Secret as a consumer wants it.
 *
 * @param publication whom it is for
 * @param credential what of the data is a secret by itself; it may stand amid a value
 * @param data values as they are, not in base64
 */
public record DesiredSecret(
    Publication publication,
    String name,
    String type,
    Token credential,
    Map<String, String> labels,
    Map<String, String> annotations,
    Map<String, String> data) {

  /** The label that every published Secret has, and no other; its value is the entry. */
  public static final String PUBLISHED_FOR = ApiGroup.NAME + "/published-for";

  static final String OPAQUE = "Opaque";
  static final String BASIC_AUTH = "kubernetes.io/basic-auth";

  public DesiredSecret {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    data = Map.copyOf(data);
  }

  /** A Secret with what all have: the labels by which it is known, and the registry instance. */
  static DesiredSecret of(Publication publication, String name, String type, SecretContent what) {
    return new DesiredSecret(
        publication,
        name,
        type,
        what.login().password(),
        Map.of(
            PUBLISHED_FOR,
            publication.name(),
            Ownership.MANAGED_BY,
            ControllerDefaults.FIELD_MANAGER),
        registry(what, ApiGroup.NAME + "/"),
        Map.of());
  }

  /** The registry instance, one entry for each part, under a prefix; empty where none is named. */
  static Map<String, String> registry(SecretContent what, String prefix) {
    return what.registry().map(instance -> registry(instance, prefix)).orElse(Map.of());
  }

  private static Map<String, String> registry(RegistryInstance instance, String prefix) {
    return Map.of(
        prefix + "registry-type", instance.type().name(),
        prefix + "registry-region", instance.region(),
        prefix + "registry-name", instance.name());
  }

  DesiredSecret withLabel(String key, String value) {
    return with(with(labels, key, value), annotations, data);
  }

  DesiredSecret withAnnotation(String key, String value) {
    return with(labels, with(annotations, key, value), data);
  }

  DesiredSecret with(String key, String value) {
    return with(labels, annotations, with(data, key, value));
  }

  DesiredSecret with(String key, Optional<String> value) {
    return value.map(present -> with(key, present)).orElse(this);
  }

  DesiredSecret with(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(data);
    all.putAll(more);
    return with(labels, annotations, all);
  }

  /** User name and password under the keys of kubernetes.io/basic-auth, which most tools share. */
  DesiredSecret withLogin(SecretContent what) {
    return with("username", what.username()).with("password", what.password());
  }

  /** The object to be stored beside a binding, which owns it. */
  Secret secret(CodeSourceBinding binding) {
    Map<String, String> encoded = new TreeMap<>();
    data.forEach((key, value) -> encoded.put(key, base64(value)));
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(binding.getMetadata().getNamespace())
        .withLabels(labels)
        .withAnnotations(annotations)
        .withOwnerReferences(Ownership.reference(binding))
        .endMetadata()
        .withType(type)
        .withData(encoded)
        .build();
  }

  /**
   * Whether a text tells the credential or a value. An admission webhook may answer with anything
   * that it was asked about.
   */
  boolean isShownIn(String text) {
    return Stream.concat(
            Stream.of(credential.reveal()),
            data.values().stream().flatMap(value -> Stream.of(value, withoutScheme(value))))
        .anyMatch(value -> text.contains(value) || text.contains(base64(value)));
  }

  /** What follows the scheme of a header tells the credential, too. */
  private static String withoutScheme(String value) {
    return value.startsWith(BuildKit.SCHEME) ? value.substring(BuildKit.SCHEME.length()) : value;
  }

  private static String base64(String value) {
    return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  private DesiredSecret with(
      Map<String, String> otherLabels,
      Map<String, String> otherAnnotations,
      Map<String, String> otherData) {
    return new DesiredSecret(
        publication, name, type, credential, otherLabels, otherAnnotations, otherData);
  }

  private static Map<String, String> with(Map<String, String> map, String key, String value) {
    Map<String, String> all = new TreeMap<>(map);
    all.put(key, value);
    return all;
  }

  /** Without the data, which holds the credential. */
  @Override
  public String toString() {
    return type + " " + name + " for " + publication + " with " + data.keySet();
  }
}
