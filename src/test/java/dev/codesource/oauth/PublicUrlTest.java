package dev.codesource.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicUrlTest {

  @ParameterizedTest
  @CsvSource({
    "https://codesource.example.com, https://codesource.example.com/callback",
    "https://Codesource.Example.com:443/, https://codesource.example.com/callback",
    "https://codesource.example.com:8443, https://codesource.example.com:8443/callback",
    "http://127.0.0.1:8080, http://127.0.0.1:8080/callback",
    "http://localhost, http://localhost/callback"
  })
  void theCallbackIsWhatIsRegistered(String setting, String callback) {
    assertThat(PublicUrl.of(URI.create(setting)).callback()).isEqualTo(URI.create(callback));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://codesource.example.com",
        "https://codesource.example.com/path",
        "https://codesource.example.com?a=b",
        "https://user@codesource.example.com",
        "codesource.example.com",
        "https:///callback",
        "ftp://codesource.example.com"
      })
  void anythingElseIsAMistake(String setting) {
    assertThatIllegalArgumentException().isThrownBy(() -> PublicUrl.of(URI.create(setting)));
  }

  @Test
  void theOriginIsAsBrowsersSendIt() {
    assertThat(PublicUrl.of(URI.create("https://codesource.example.com:443/")).origin())
        .isEqualTo("https://codesource.example.com");
  }
}
