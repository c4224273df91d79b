package dev.codesource.app;

import static dev.codesource.app.SettingException.reading;

import dev.codesource.sink.Sink;
import dev.codesource.sink.Sinks;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the settings of sinks. */
final class SinkSettings {

  private SinkSettings() {}

  /**
   * Reads all of them.
   *
   * @throws SettingException if a setting is wrong
   */
  static List<Sink> of(List<Settings.Sink> settings) {
    List<Sink> sinks = new ArrayList<>();
    for (int i = 0; i < settings.size(); i++) {
      Settings.Sink each = settings.get(i);
      sinks.add(reading("sinks[%d]".formatted(i), () -> sink(each)));
    }
    return reading("sinks", () -> Sinks.checked(sinks));
  }

  private static Sink sink(Settings.Sink settings) {
    return new Sink(
        settings.name(),
        settings.url(),
        settings.secret(),
        settings.oidc().map(SinkSettings::authorization));
  }

  private static Sink.Authorization authorization(Settings.Oidc settings) {
    if (settings.issuer().isPresent() == settings.tokenUrl().isPresent()) {
      throw new IllegalArgumentException("oidc has either an issuer or a token URL.");
    }
    Optional<URI> server = settings.issuer().or(settings::tokenUrl);
    return new Sink.Authorization(
        server.orElseThrow(),
        settings.tokenUrl().isPresent(),
        settings.scopes().orElse(List.of()),
        settings.audience().map(audience -> Map.of("audience", audience)).orElse(Map.of()));
  }
}
