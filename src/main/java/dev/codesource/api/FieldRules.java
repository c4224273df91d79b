package dev.codesource.api;

/**
 * Rules for the text that users write, as the CRD has them: patterns, expressions in CEL, and the
 * words that a refused text is answered with.
 */
public final class FieldRules {

  /** As long as the name of a Secret or a ConfigMap can be. */
  public static final int NAME_LENGTH = 253;

  /** A DNS subdomain (RFC 1123), which the names of Secrets and ConfigMaps are. */
  public static final String NAME =
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

  public static final String IS_NAME = "self.matches(r'" + NAME + "')";
  public static final String NAME_WORDS =
      "a name consists of lower case letters, digits, hyphens and single dots, and each part between dots begins and ends with a letter or a digit, such as gitlab-token";

  /** A key of a ConfigMap. */
  public static final String KEY = "^[-._a-zA-Z0-9]+$";

  static final String IS_KEY =
      "self.matches(r'" + KEY + "') && self != '.' && !self.startsWith('..')";
  static final String KEY_WORDS =
      "a key consists of letters, digits, hyphens, underscores and dots, and does not begin with two dots, such as ca.crt";

  /** Nothing that breaks a line, reverses the direction of text or is not seen. */
  static final String IS_VISIBLE = "!self.matches(r'[\\p{C}\\p{Zl}\\p{Zp}]')";

  static final String VISIBLE_WORDS =
      "write it without line breaks, control characters, characters of no width and characters that change the direction of text";

  static final int INTERVAL_LENGTH = 32;
  static final String INTERVAL = "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$";
  static final String IS_INTERVAL = "self.matches(r'" + INTERVAL + "')";
  static final String INTERVAL_WORDS =
      "interval is a sum of numbers with units, such as 30m, 1h30m or 24h: the units are h, m, s and ms; write a day as 24h";
  static final String IS_USUAL_INTERVAL =
      "!"
          + IS_INTERVAL
          + " || (duration(self) >= duration('1m') && duration(self) <= duration('8760h'))";

  public static final int SCOPES = 50;
  public static final int SCOPE_LENGTH = 255;

  /** RFC 6749 section 3.3. */
  public static final String SCOPE = "^[!#-\\[\\]-~]+$";

  static final String ARE_SCOPES = "self.all(scope, scope.matches(r'" + SCOPE + "'))";
  static final String SCOPES_WORDS =
      "each scope is one word as the code host writes it, without spaces, quotes and backslashes; write several as a list, such as [read_user, api]";

  private FieldRules() {}
}
