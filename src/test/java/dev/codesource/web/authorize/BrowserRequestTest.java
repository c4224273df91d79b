package dev.codesource.web.authorize;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.HttpHeaders;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserRequestTest {

  private static BrowserRequest with(String page) {
    Map<String, Cookie> cookies =
        Map.of(
            "__Host-codesource-page",
            new Cookie.Builder("__Host-codesource-page").value(page).build());
    return new BrowserRequest(
        (HttpHeaders)
            Proxy.newProxyInstance(
                HttpHeaders.class.getClassLoader(),
                new Class<?>[] {HttpHeaders.class},
                (proxy, method, arguments) -> {
                  assertThat(method.getName()).isEqualTo("getCookies");
                  return cookies;
                }));
  }

  @Test
  void thePageThatWasOpenedLastIsTheWayBack() {
    assertThat(with("/authorize/team-a/gitlab").page()).contains("/authorize/team-a/gitlab");
    assertThat(BrowserRequest.pageCookie("/authorize/team-a/gitlab"))
        .startsWith("__Host-codesource-page=/authorize/team-a/gitlab;")
        .contains("HttpOnly");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example.com",
        "//evil.example.com/authorize/a/b",
        "/authorize/a",
        "/authorize/a/b/c",
        "/authorize/a/<script>",
        "javascript:alert(1)"
      })
  void nothingElseIsAWayBack(String page) {
    assertThat(with(page).page()).isEmpty();
  }
}
