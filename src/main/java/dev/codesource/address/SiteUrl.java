package dev.codesource.address;

import static dev.codesource.reason.Reason.InvalidURL;
import static dev.codesource.reason.Reason.RepositoryURL;

import dev.codesource.reason.Outcome;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log-on URL of a code host: its origin and its path.
 *
 * <p>{@link #parse} accepts less than RFC 3986 and the WHATWG URL standard, so that every later
 * parser (the HTTP client's, a builder's) reads the same host and port.
 *
 * @param path empty, or beginning with a slash and not ending in one: {@code /gitlab}
 */
public record SiteUrl(Origin origin, String path) {

  /** The same limit as in the CRD. */
  static final int MAX_LENGTH = 2048;

  private static final Pattern URL =
      Pattern.compile(
          "(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?<authority>[^/?#]*)(?<path>[^?#]*)(?<rest>.*)");

  /**
   * The path of an API: of GitLab, GitHub Enterprise Server, Gitee and Gitea, and of Bitbucket Data
   * Center. On none of them can a user or group have the name {@code api} or {@code rest}.
   */
  private static final Pattern API =
      Pattern.compile("(?i)/(?:api/v[0-9]|api/graphql|rest/api/[^/]+)(?=/|$)");

  /**
   * Reads the URL of a user.
   *
   * @return the URL in its normal form; or {@code InvalidURL}, or {@code RepositoryURL} if the text
   *     alone shows it. No message repeats the text, since it may contain a password.
   */
  public static Outcome<SiteUrl> parse(String text) {
    if (text.isEmpty()) {
      return Outcome.refused(InvalidURL, "The URL is empty.");
    }
    if (text.length() > MAX_LENGTH) {
      return tooLong();
    }
    if (text.codePoints().anyMatch(SiteUrl::isUnseen)) {
      return Outcome.refused(
          InvalidURL, "The URL contains white space, or a character that cannot be seen.");
    }
    if (RepositoryAddress.isForSsh(text)) {
      return Outcome.refused(
          RepositoryURL, "The URL is an address for git over SSH, which names a repository.");
    }
    Matcher url = URL.matcher(text);
    if (text.contains("\\") || !url.matches()) {
      return Outcome.refused(
          InvalidURL, "The URL does not have the form http://host, https://host:port/path.");
    }
    return scheme(url.group("scheme"))
        .then(scheme -> Authority.read(scheme, url.group("authority")))
        .then(origin -> path(url.group("path"), url.group("rest")).map(p -> new SiteUrl(origin, p)))
        .then(SiteUrl::withoutApi)
        .then(site -> site.toString().length() > MAX_LENGTH ? tooLong() : Outcome.done(site));
  }

  /** Refuses the address of an API, of which this is the site. */
  public <T> Outcome<T> refusedAsApi() {
    return Outcome.refused(
        InvalidURL,
        "The URL is the address of the site's API; the site itself is at %s.".formatted(this));
  }

  private Outcome<SiteUrl> withoutApi() {
    Matcher api = API.matcher(path);
    return api.find()
        ? new SiteUrl(origin, path.substring(0, api.start())).refusedAsApi()
        : Outcome.done(this);
  }

  /** Refuses a path on sites at the root of their host, as all public ones are. */
  public Outcome<SiteUrl> withoutPathOn(Set<String> hosts) {
    return path.isEmpty() || !hosts.contains(origin.host())
        ? Outcome.done(this)
        : Outcome.refused(
            RepositoryURL, "The URL has a path, and the site itself is at %s.".formatted(origin));
  }

  /**
   * Whether another URL has the same scheme, host and port, and lies at or below this one's path:
   * {@code /git} covers {@code /git/lab}, and not {@code /gitlab}.
   */
  public boolean covers(SiteUrl other) {
    return origin.equals(other.origin)
        && (other.path.equals(path) || other.path.startsWith(path + "/"));
  }

  /**
   * Whether the path is long enough to be a group and a repository. It may also be the path of the
   * site, so it counts only if the site does not answer there.
   */
  public boolean mayBeRepository() {
    return path.indexOf('/', 1) > 0;
  }

  /**
   * The URL of a resource of the site.
   *
   * @param pathAndQuery begins with a slash
   */
  public URI resolve(String pathAndQuery) {
    return URI.create(origin + path + pathAndQuery);
  }

  @Override
  public String toString() {
    return origin + path;
  }

  private static Outcome<Origin.Scheme> scheme(String text) {
    for (Origin.Scheme scheme : Origin.Scheme.values()) {
      if (scheme.name().equalsIgnoreCase(text)) {
        return Outcome.done(scheme);
      }
    }
    return Outcome.refused(InvalidURL, "The URL begins with neither http:// nor https://.");
  }

  private static Outcome<String> path(String path, String queryAndFragment) {
    // Checked before the query: a repository's URL from a browser often has a query too, and the
    // repository is the more helpful message.
    Optional<String> sign = RepositoryAddress.signIn(path);
    if (sign.isPresent()) {
      return Outcome.refused(RepositoryURL, sign.get());
    }
    if (!queryAndFragment.isEmpty()) {
      return Outcome.refused(
          InvalidURL,
          queryAndFragment.startsWith("?")
              ? "The URL has a query (a part that begins with ?)."
              : "The URL has a fragment (a part that begins with #).");
    }
    return SitePath.read(path);
  }

  private static boolean isUnseen(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static <T> Outcome<T> tooLong() {
    return Outcome.refused(
        InvalidURL, "The URL is longer than %d characters.".formatted(MAX_LENGTH));
  }
}
