package dev.codesource.codehost;

import java.net.URI;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is shown beside a commit.
 *
 * @param sha the commit, in full
 * @param ref the name of the branch or tag that is built, without {@code refs/heads/} or {@code
 *     refs/tags/}; for platforms that show statuses beside it
 * @param context the name under which it is shown, such as {@code codesource/shop/main}: another
 *     status of this name takes its place
 * @param description a sentence
 * @param link where more is told; not sent if it is not an address for a browser, or has a user in
 *     it
 */
public record CommitStatus(
    String sha,
    Optional<String> ref,
    State state,
    String context,
    String description,
    Optional<URI> link) {

  /** How far it is. A platform that has no such state shows the one that comes nearest. */
  public enum State {
    Pending,
    Running,
    Succeeded,
    Failed,
    Cancelled
  }

  private static final int REPLACEMENT = 0xFFFD;

  /** Platforms cut or refuse what does not print. */
  public CommitStatus {
    context = printed(context);
    description = printed(description);
    link = link.filter(CommitStatus::isForBrowsers);
  }

  /**
   * One line, in characters that all platforms take: GitHub refuses those that take four octets in
   * UTF-8 (https://github.com/ouzi-dev/commit-status-updater/issues/527).
   */
  private static String printed(String text) {
    return text.codePoints()
        .map(each -> ApiResponse.isPrinted(each) ? each : ' ')
        .map(each -> Character.isBmpCodePoint(each) ? each : REPLACEMENT)
        .mapToObj(Character::toString)
        .collect(Collectors.joining())
        .replaceAll(" {2,}", " ")
        .strip();
  }

  private static boolean isForBrowsers(URI link) {
    @Nullable String scheme = link.getScheme();
    @Nullable String host = link.getHost();
    @Nullable String user = link.getRawUserInfo();
    return host != null
        && user == null
        && ("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme));
  }
}
