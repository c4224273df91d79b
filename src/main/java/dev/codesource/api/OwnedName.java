package dev.codesource.api;

/** The names of Secrets that the operator stores beside a resource. */
public final class OwnedName {

  /** In characters: a Secret's name is a DNS subdomain (RFC 1123). */
  public static final int LONGEST = 253;

  /** A dash and eight digits. */
  private static final int DIGEST = 9;

  private OwnedName() {}

  /**
   * The name of a resource with a suffix. A long name is cut and gets a digest.
   *
   * @param name of the resource
   * @param suffix with its dash, such as {@code -repositories}
   * @return at most {@value #LONGEST} characters
   */
  public static String of(String name, String suffix) {
    return name.length() + suffix.length() <= LONGEST
        ? name + suffix
        : name.substring(0, LONGEST - suffix.length() - DIGEST)
            + "-%08x".formatted(name.hashCode())
            + suffix;
  }
}
