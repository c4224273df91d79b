package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.FieldRules;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The consumers, one for each {@link Publication}. */
public final class Consumers {

  private static final Map<Publication, Consumer> CONSUMERS =
      index(
          new ServiceBinding(),
          new Flux(),
          new ArgoCd(),
          new Tekton(),
          new Kpack(),
          new Shipwright(),
          new BuildKit(),
          new Git());

  private Consumers() {}

  /**
   * The Secrets of a binding.
   *
   * @param names that the user chose; the others are named after the binding and the entry
   * @param kept the names of the Secrets that the operator keeps for the binding itself
   * @return the Secrets, each with a different name; or {@code SecretNamesCollide} or {@code
   *     SecretNameTooLong}
   */
  public static Outcome<List<DesiredSecret>> secrets(
      String binding,
      List<Publication> entries,
      Map<Publication, String> names,
      Set<String> kept,
      SecretContent what) {
    List<DesiredSecret> secrets =
        entries.stream().flatMap(entry -> of(entry, name(binding, entry, names), what)).toList();
    return collision(secrets, kept)
        .map(problem -> Outcome.<List<DesiredSecret>>refused(Reason.SecretNamesCollide, problem))
        .or(
            () ->
                tooLong(secrets).map(problem -> Outcome.refused(Reason.SecretNameTooLong, problem)))
        .orElseGet(() -> Outcome.done(secrets));
  }

  /** The default name of a Secret is longer than that of its binding. */
  private static Optional<String> tooLong(List<DesiredSecret> secrets) {
    return secrets.stream()
        .filter(secret -> secret.name().length() > FieldRules.NAME_LENGTH)
        .map(
            secret ->
                "The name of the Secret that %s is to have would have %d characters, and %d are allowed."
                    .formatted(
                        secret.publication(), secret.name().length(), FieldRules.NAME_LENGTH))
        .reduce((one, other) -> one + " " + other);
  }

  static Stream<Consumer> all() {
    return CONSUMERS.values().stream();
  }

  /** The name of an entry's Secret, or of its first. */
  public static String name(String binding, Publication entry, Map<Publication, String> names) {
    String given = names.get(entry);
    return given == null ? binding + "-" + entry.name().toLowerCase(Locale.ROOT) : given;
  }

  private static Stream<DesiredSecret> of(Publication entry, String name, SecretContent what) {
    Consumer consumer = CONSUMERS.get(entry);
    if (consumer == null) {
      throw new IllegalStateException("no consumer for " + entry);
    }
    return consumer.secrets(name, what).stream();
  }

  private static Optional<String> collision(List<DesiredSecret> secrets, Set<String> kept) {
    Map<String, DesiredSecret> byName = new TreeMap<>();
    List<String> collisions = new ArrayList<>();
    for (DesiredSecret secret : secrets) {
      if (kept.contains(secret.name())) {
        collisions.add(
            "%s would write the Secret %s, which the operator keeps for the binding itself."
                .formatted(secret.publication(), secret.name()));
      }
      DesiredSecret other = byName.putIfAbsent(secret.name(), secret);
      if (other != null) {
        collisions.add(
            "%s and %s would both write the Secret %s."
                .formatted(other.publication(), secret.publication(), secret.name()));
      }
    }
    return collisions.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", collisions));
  }

  private static Map<Publication, Consumer> index(Consumer... consumers) {
    EnumMap<Publication, Consumer> index = new EnumMap<>(Publication.class);
    for (Consumer consumer : consumers) {
      index.put(consumer.publication(), consumer);
    }
    return Map.copyOf(index);
  }
}
