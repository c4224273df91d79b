package dev.codesource.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookAddressTest {

  private static WebhookAddress at(String setting) {
    return WebhookAddress.at(Optional.of(URI.create(setting)));
  }

  @ParameterizedTest
  @CsvSource({
    "https://hooks.example.com, https://hooks.example.com/webhook/a-_9",
    "https://Hooks.Example.com:443/, https://hooks.example.com/webhook/a-_9",
    "https://hooks.example.com:8443, https://hooks.example.com:8443/webhook/a-_9",
    "http://127.0.0.1:8080, http://127.0.0.1:8080/webhook/a-_9"
  })
  void aWebhookIsBelowThePublicUrl(String setting, String address) {
    assertThat(at(setting).of("a-_9")).contains(URI.create(address));
  }

  @Test
  void withoutThePublicUrlNoWebhookHasAnAddress() {
    assertThat(WebhookAddress.at(Optional.empty()).of("path")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.example.com",
        "https://hooks.example.com/path",
        "https://hooks.example.com?a=b",
        "https://user@hooks.example.com",
        "hooks.example.com"
      })
  void anythingElseIsAMistake(String setting) {
    assertThatIllegalArgumentException().isThrownBy(() -> at(setting));
  }
}
