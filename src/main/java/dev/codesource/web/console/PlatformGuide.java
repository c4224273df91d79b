package dev.codesource.web.console;

import dev.codesource.address.SiteUrl;
import dev.codesource.reason.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a person has to know of a platform to bind an account.
 *
 * @param name as in {@code spec.platform}
 * @param site the log-on URL of its public site; empty: it has none
 * @param scopes that a token needs
 * @param tokenPage where tokens are made: a path of the site, or a whole address
 * @param check refuses an address that is not a site's
 */
public record PlatformGuide(
    String name,
    Optional<SiteUrl> site,
    List<String> scopes,
    String tokenPage,
    Function<SiteUrl, Outcome<SiteUrl>> check) {

  /** All platforms. */
  public record All(List<PlatformGuide> guides) {
    Optional<PlatformGuide> named(String name) {
      return guides.stream().filter(guide -> guide.name().equals(name)).findFirst();
    }

    List<String> names() {
      return guides.stream().map(PlatformGuide::name).toList();
    }
  }

  /** Where the token is made, and what it needs, as long as nobody has said on which site. */
  String advice() {
    String where =
        tokenPage.startsWith("/")
            ? site.map(url -> url + tokenPage + ", or at the same path of another site")
                .orElse("the address of the site, followed by " + tokenPage)
            : tokenPage;
    return advice(where);
  }

  /**
   * As {@link #advice()}, on one site.
   *
   * @param url of the site; null: the public one
   */
  String adviceOn(@Nullable String url) {
    Optional<String> other =
        Optional.ofNullable(url)
            .filter(text -> site.map(SiteUrl::toString).filter(text::equals).isEmpty());
    if (tokenPage.startsWith("/")) {
      return other
          .or(() -> site.map(SiteUrl::toString))
          .map(text -> advice(text.replaceFirst("/+$", "") + tokenPage))
          .orElseGet(this::advice);
    }
    return other.isEmpty()
        ? advice(tokenPage)
        : "It is made on the site, in the settings of the account. It needs the rights to read code and to manage webhooks.";
  }

  private String advice(String where) {
    return "It is made at %s. It needs: %s.".formatted(where, String.join(", ", scopes));
  }
}
