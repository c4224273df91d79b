package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.sink.Sink;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sinks as the chart sets them: by variables of the environment. */
class SinkSettingsTest {

  private static List<Sink> read(Map<String, String> environment) {
    Settings settings =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(Settings.class)
            .withSources(new EnvConfigSource(environment, 300))
            .build()
            .getConfigMapping(Settings.class);
    return SinkSettings.of(settings.sinks().orElse(List.of()));
  }

  @Test
  void withoutAnyThereAreNone() {
    assertThat(read(Map.of())).isEmpty();
  }

  @Test
  void eachHasItsOwnVariables() {
    assertThat(
            read(
                Map.of(
                    "CODESOURCE_SINKS_0__NAME", "build-service",
                    "CODESOURCE_SINKS_0__URL", "https://build.example.com/events",
                    "CODESOURCE_SINKS_0__SECRET", "/etc/codesource/sinks/build-service",
                    "CODESOURCE_SINKS_0__OIDC_TOKEN_URL", "https://login.example.com/token",
                    "CODESOURCE_SINKS_0__OIDC_SCOPES", "builds,write",
                    "CODESOURCE_SINKS_0__OIDC_AUDIENCE", "ci",
                    "CODESOURCE_SINKS_1__NAME", "other",
                    "CODESOURCE_SINKS_1__URL", "http://other.ci.svc:8080/")))
        .containsExactly(
            new Sink(
                "build-service",
                URI.create("https://build.example.com/events"),
                Optional.of(Path.of("/etc/codesource/sinks/build-service")),
                Optional.of(
                    new Sink.Authorization(
                        URI.create("https://login.example.com/token"),
                        true,
                        List.of("builds", "write"),
                        Map.of("audience", "ci")))),
            new Sink(
                "other",
                URI.create("http://other.ci.svc:8080/"),
                Optional.empty(),
                Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NAME=Build Service                            | sinks[0]
          URL=ftp://build.example.com                   | sinks[0]
          OIDC_ISSUER=https://login.example.com         | needs a Secret
          OIDC_SCOPES=builds                            | either an issuer or a token URL
          """)
  void aWrongSettingEndsTheStartWithItsName(String variable, String words) {
    Map<String, String> environment =
        new java.util.HashMap<>(
            Map.of(
                "CODESOURCE_SINKS_0__NAME", "ci",
                "CODESOURCE_SINKS_0__URL", "https://build.example.com/events"));
    environment.put("CODESOURCE_SINKS_0__" + variable.split("=")[0], variable.split("=")[1]);

    assertThatThrownBy(() -> read(environment))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("codesource.sinks[0]")
        .hasMessageContaining(words);
  }
}
