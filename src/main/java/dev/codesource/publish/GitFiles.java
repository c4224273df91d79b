package dev.codesource.publish;

import java.nio.charset.StandardCharsets;

/** The files from which git itself takes a credential. */
final class GitFiles {

  static final String CREDENTIALS = ".git-credentials";
  static final String NETRC = ".netrc";
  static final String CONFIG = ".gitconfig";

  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private GitFiles() {}

  /**
   * A line for git-credential-store: a URL with user name and password percent-encoded
   * (https://git-scm.com/docs/git-credential-store#_storage_format). Without the site's path: git
   * looks credentials up by protocol and host, unless {@code credential.useHttpPath} is set.
   */
  static String credentials(SecretContent what) {
    return "%s://%s:%s@%s\n"
        .formatted(
            what.site().origin().scheme(),
            percentEncoded(what.username()),
            percentEncoded(what.password()),
            what.site().origin().authority());
  }

  /**
   * An entry for curl, which git uses for HTTP
   * (https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html). The format
   * has only hosts: no scheme, port or path.
   */
  static String netrc(SecretContent what) {
    return "machine %s\nlogin %s\npassword %s\n"
        .formatted(what.site().origin().host(), quoted(what.username()), quoted(what.password()));
  }

  /** Configures git to read this site's credential from {@code ~/.git-credentials}. */
  static String config(SecretContent what) {
    return "[credential \"%s\"]\n\thelper = store\n".formatted(what.origin());
  }

  private static String percentEncoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (UNRESERVED.indexOf(octet) >= 0) {
        encoded.append((char) octet);
      } else {
        encoded.append("%%%02X".formatted(octet & 0xff));
      }
    }
    return encoded.toString();
  }

  /** Quoted only if necessary: curl supports quotes since 7.84, many other parsers do not. */
  private static String quoted(String text) {
    return text.startsWith("\"") || text.chars().anyMatch(Character::isWhitespace)
        ? "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
        : text;
  }
}
