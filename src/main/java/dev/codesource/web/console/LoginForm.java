package dev.codesource.web.console;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The content of the login page.
 *
 * @param next where the visitor wanted to go: a path of this site
 * @param provider how people call the provider of OpenID Connect; null: there is none
 * @param logoutPage where one logs out of the provider itself; null: there is nothing to log out of
 * @param notice what happened; null: nothing
 * @param error why the last attempt failed; null: there was none
 */
record LoginForm(
    String next,
    @Nullable String provider,
    @Nullable String logoutPage,
    @Nullable String notice,
    @Nullable String error) {

  /** The way to the provider and back, as a path of this site. */
  public String providerPath() {
    return "/login/oidc?next=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
  }
}
