package dev.codesource.address;

import static dev.codesource.reason.Reason.InvalidURL;

import dev.codesource.reason.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The path of a site. It may contain only what all servers and proxies read in the same way: the
 * unreserved characters of RFC 3986 section 2.3, and percent-encoded characters beyond ASCII. An
 * encoded ASCII character is either unnecessary or hides a slash, a dot or a percent sign.
 */
final class SitePath {

  private static final Pattern UNRESERVED = Pattern.compile("[A-Za-z0-9._~-]*");

  private static final Pattern ENCODED = Pattern.compile("%[89A-Fa-f][0-9A-Fa-f]");

  private SitePath() {}

  static Outcome<String> read(String text) {
    String path = withoutTrailingSlashes(text);
    if (path.isEmpty()) {
      return Outcome.done("");
    }
    for (String segment : List.of(path.substring(1).split("/", -1))) {
      if (segment.isEmpty()) {
        return Outcome.refused(InvalidURL, "The path of the URL has two slashes in a row.");
      }
      if (segment.equals(".") || segment.equals("..")) {
        return Outcome.refused(InvalidURL, "The path of the URL has a . or .. as a part.");
      }
      // In two steps: as one expression, a long path would take a stack frame for each character.
      if (!UNRESERVED.matcher(ENCODED.matcher(segment).replaceAll("")).matches()) {
        return Outcome.refused(
            InvalidURL,
            "The path of the URL has a character other than letters, digits, hyphen, dot, underscore and tilde.");
      }
    }
    return Outcome.done(
        ENCODED.matcher(path).replaceAll(octet -> octet.group().toUpperCase(Locale.ROOT)));
  }

  static String withoutTrailingSlashes(String path) {
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }
}
