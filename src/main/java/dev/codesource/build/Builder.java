package dev.codesource.build;

import dev.codesource.api.TriggerSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What builds a commit, or is told of it. */
public sealed interface Builder {

  /** As the rules of the trigger name it. */
  String name();

  /**
   * An HTTP endpoint that the administrator has set up.
   *
   * @param sink the name that the administrator gave it
   */
  record Sink(String name, String sink) implements Builder {}

  /** The builder of a rule; empty: what is due is only shown. */
  static Optional<Builder> of(@Nullable List<TriggerSpec.Builder> builders, TriggerSpec.Rule rule) {
    List<TriggerSpec.Builder> all = builders == null ? List.of() : builders;
    Optional<TriggerSpec.Builder> named =
        rule.builder() == null && all.size() == 1
            ? Optional.of(all.getFirst())
            : all.stream().filter(builder -> builder.name().equals(rule.builder())).findFirst();
    return named.flatMap(Builder::read);
  }

  private static Optional<Builder> read(TriggerSpec.Builder builder) {
    return Optional.ofNullable(builder.sink()).map(sink -> new Sink(builder.name(), sink.name()));
  }
}
