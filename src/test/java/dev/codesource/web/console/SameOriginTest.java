package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.Proxy;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SameOriginTest {

  private static final UriInfo URL =
      (UriInfo)
          Proxy.newProxyInstance(
              UriInfo.class.getClassLoader(),
              new Class<?>[] {UriInfo.class},
              (_, method, _) ->
                  method.getName().equals("getBaseUri")
                      ? URI.create("http://console.example.com/")
                      : null);

  private static boolean isSent(String... headers) {
    return SameOrigin.sent(SentHeaders.of(headers), URL);
  }

  @Test
  void aFormOfThisConsoleIsTaken() {
    assertThat(isSent("Sec-Fetch-Site", "same-origin", "Host", "console.example.com")).isTrue();
    assertThat(isSent("Origin", "https://console.example.com", "Host", "console.example.com"))
        .isTrue();
    assertThat(
            isSent(
                "Origin", "https://console.example.com:8443", "Host", "console.example.com:8443"))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"cross-site", "same-site", "none", "", "Same-Origin", "same-origin, none"})
  void aFormOfAnotherSiteOrOfASiblingIsNot(String site) {
    assertThat(
            isSent(
                "Sec-Fetch-Site", site,
                "Origin", "https://console.example.com",
                "Host", "console.example.com"))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "https://evil.example.com",
    "https://console.example.com.evil.com",
    "https://console.example.com@evil.com",
    "https://console.example.com:8443",
    "null",
    "''",
    "console.example.com",
    "https://console.example.com evil.com"
  })
  void ofABrowserThatSaysOnlyTheOriginItMustBeThisHost(String origin) {
    assertThat(isSent("Origin", origin, "Host", "console.example.com")).isFalse();
  }

  @Test
  void whoDoesNotSayWhereItCameFromIsRefused() {
    assertThat(isSent("Host", "console.example.com")).isFalse();
    assertThat(isSent("Referer", "https://console.example.com/", "Host", "console.example.com"))
        .isFalse();
  }

  @Test
  void whatABrowserSaysAnotherPageAskedForIsOfAnother() {
    for (String site : new String[] {"same-site", "cross-site", "none"}) {
      assertThat(SameOrigin.isOfAnother(SentHeaders.of("Sec-Fetch-Site", site))).isTrue();
    }
    assertThat(SameOrigin.isOfAnother(SentHeaders.of("Sec-Fetch-Site", "same-origin"))).isFalse();
    assertThat(SameOrigin.isOfAnother(SentHeaders.of())).isFalse();
  }
}
