package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.WithDefault;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WiringTest {

  /**
   * The settings' defaults, but for some.
   *
   * @param other by the name of the method
   */
  private static <T> T settings(Class<T> group, Map<String, Object> other) {
    return group.cast(
        Proxy.newProxyInstance(
            group.getClassLoader(),
            new Class<?>[] {group},
            (_, method, _) ->
                other.containsKey(method.getName())
                    ? other.get(method.getName())
                    : byDefault(method, other)));
  }

  private static Object byDefault(Method method, Map<String, Object> other) {
    Class<?> type = method.getReturnType();
    if (type == Optional.class) {
      return Optional.empty();
    }
    WithDefault text = method.getAnnotation(WithDefault.class);
    if (text == null) {
      return settings(type, other);
    }
    return switch (type.getSimpleName()) {
      case "int" -> Integer.valueOf(text.value());
      case "boolean" -> Boolean.valueOf(text.value());
      case "Duration" -> Duration.parse("PT" + text.value());
      default -> text.value();
    };
  }

  private static void check(Map<String, Object> other) {
    new Wiring(settings(Settings.class, other)).check(new StartupEvent());
  }

  @Test
  void theDefaultsAreValid() {
    assertThatCode(() -> check(Map.of())).doesNotThrowAnyException();
  }

  /** Else a host, or who deletes a Secret, could have tokens made in a loop. */
  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT-1H", "PT4.999S"})
  void aMinimumAgeOfTokensBelowFiveSecondsEndsTheStart(Duration age) {
    assertThatThrownBy(() -> check(Map.of("minimumAge", age)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("tokens.minimum-age");
  }

  @Test
  void fiveSecondsAreEnough() {
    assertThatCode(() -> check(Map.of("minimumAge", Duration.ofSeconds(5))))
        .doesNotThrowAnyException();
  }

  /** A place for a request would be held as long. */
  @ParameterizedTest
  @CsvSource({
    "connectTimeout, host.connect-timeout, PT0S",
    "connectTimeout, host.connect-timeout, PT10M0.001S",
    "timeout, host.timeout, PT-1S",
    "timeout, host.timeout, PT600H"
  })
  void aTimeoutThatIsNoneOrLongerThanTenMinutesEndsTheStart(
      String method, String setting, Duration timeout) {
    assertThatThrownBy(() -> check(Map.of(method, timeout)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(setting)
        .hasMessageContaining("at most 10m");
  }

  @Test
  void aTrustBundleThatCannotBeReadEndsTheStart() {
    assertThatThrownBy(
            () -> check(Map.of("trustBundle", Optional.of(Path.of("/nowhere/bundle.pem")))))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("trust-bundle");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://hooks.example.com", "https://hooks.example.com/path", "hooks.example.com"})
  void aWrongAddressOfWebhooksEndsTheStart(URI url) {
    Settings.Webhook webhook =
        settings(Settings.Webhook.class, Map.of("publicUrl", Optional.of(url)));
    assertThatThrownBy(() -> check(Map.of("webhook", webhook)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("CODESOURCE_WEBHOOK_PUBLIC_URL");
  }
}
