package dev.codesource.web.console;

import dev.codesource.api.BindingSpec;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A binding in the list. */
record BindingRow(
    String name,
    String platform,
    String account,
    @Nullable String url,
    @Nullable String instance,
    StatusWord status,
    @Nullable String expires,
    @Nullable String lastProven) {

  static BindingRow of(CodeSourceBinding binding, Instant now) {
    BindingSpec spec = binding.getSpec();
    Optional<BindingStatus> status = Optional.ofNullable(binding.getStatus());
    return new BindingRow(
        binding.getMetadata().getName(),
        spec.platform().name(),
        spec.username(),
        status.map(BindingStatus::url).orElse(spec.url()),
        instance(spec),
        StatusWord.of(binding, now),
        status.map(BindingStatus::expiresOn).orElse(null),
        status.map(BindingStatus::lastVerifiedAt).map(Times::shown).orElse(null));
  }

  /** The registry instance in one word; null: there is none. */
  static @Nullable String instance(BindingSpec spec) {
    return Optional.ofNullable(spec.registryInstance())
        .map(instance -> instance.type() + "/" + instance.region() + "/" + instance.name())
        .orElse(null);
  }

  /** Whether the visitor wants to see it; an empty text is no wish. */
  boolean matches(String wantedStatus, String wantedPlatform, String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    return status.word().startsWith(wantedStatus)
        && (wantedPlatform.isEmpty() || platform.equals(wantedPlatform))
        && Stream.of(Optional.of(name), Optional.of(account), Optional.ofNullable(url))
            .flatMap(Optional::stream)
            .anyMatch(each -> each.toLowerCase(Locale.ROOT).contains(wanted));
  }
}
