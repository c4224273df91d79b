package dev.codesource.web.authorize;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.core.HttpHeaders;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserRequestTest {

  private static BrowserRequest with(String page) {
    return sending("__Host-codesource-page=" + page);
  }

  private static BrowserRequest sending(String cookies) {
    return new BrowserRequest(
        (HttpHeaders)
            Proxy.newProxyInstance(
                HttpHeaders.class.getClassLoader(),
                new Class<?>[] {HttpHeaders.class},
                (proxy, method, arguments) -> {
                  assertThat(method.getName()).isEqualTo("getRequestHeader");
                  assertThat(arguments).containsExactly("Cookie");
                  return List.of(cookies);
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

  /** Else another host of the domain could have this browser end what another one began. */
  @ParameterizedTest
  @ValueSource(strings = {"theme=dark,%s", ",%s", "$Version=1; $Path=/,%s", "\u000b%s"})
  void aCookieOfThisHostIsNoneWithinAnother(String cookies) {
    String flow = "__Host-codesource-flow=secret";

    assertThat(sending(flow).cookie("__Host-codesource-flow")).contains("secret");
    assertThat(sending(cookies.formatted(flow)).cookie("__Host-codesource-flow")).isEmpty();
  }
}
