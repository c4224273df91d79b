package dev.codesource.credential;

import java.util.Optional;

/**
 * A credential for a code host.
 *
 * @param token the token; of an app, the assertion that it signed, which is valid for some minutes
 * @param email the account's e-mail address, where the platform requires it with the token
 *     (Bitbucket Cloud API tokens:
 *     https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/)
 * @param source the origin of the token, since some platforms treat them differently
 * @param installation the installation of the app; empty: not the credential of an app
 * @param mayBePublished whether the Secret allows bindings to publish the token, or what is made
 *     with it
 * @param version changes when what is stored does: identity and resource version of the Secret,
 *     with a slash between them
 */
public record Credential(
    Token token,
    Optional<String> email,
    Source source,
    Optional<String> installation,
    boolean mayBePublished,
    String version) {

  /** A credential that may be published. */
  public Credential(
      Token token,
      Optional<String> email,
      Source source,
      Optional<String> installation,
      String version) {
    this(token, email, source, installation, true, version);
  }

  /** A credential that is not an app's, and may be published. */
  public Credential(Token token, Optional<String> email, Source source, String version) {
    this(token, email, source, Optional.empty(), version);
  }

  /** The origin of a token. */
  public enum Source {
    /** Made by a person on the code host and stored in a Secret. */
    PERSON,
    /** Signed by the operator with an app's private key, which a person stored in a Secret. */
    APP,
    /** Obtained by the operator through OAuth. */
    OAUTH
  }

  /** What stays of {@link #version} when what is stored changes. */
  public String identity() {
    return version.split("/", 2)[0];
  }

  /** A token that a person stored. */
  public static Credential of(String token) {
    return new Credential(new Token(token), Optional.empty(), Source.PERSON, "");
  }
}
