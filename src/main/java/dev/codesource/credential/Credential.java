package dev.codesource.credential;

import java.util.Optional;

/**
 * What is presented to a code host.
 *
 * @param token the token; of an app, what it signed to say who it is, good for some minutes
 * @param email the account's e-mail address, where the platform wants it with the token (Bitbucket
 *     Cloud API tokens: https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/)
 * @param source where the token came from, which some platforms answer differently to
 * @param installation the installation of an app that this is about; empty: this is no app's
 * @param version changes when what is stored does: identity and resource version of the Secret
 */
public record Credential(
    Token token,
    Optional<String> email,
    Source source,
    Optional<String> installation,
    String version) {

  /** One that is no app's. */
  public Credential(Token token, Optional<String> email, Source source, String version) {
    this(token, email, source, Optional.empty(), version);
  }

  /** How a token came to be. */
  public enum Source {
    /** Made by a person on the code host and stored in a Secret. */
    PERSON,
    /** Signed by the operator with an app's private key, which a person stored in a Secret. */
    APP,
    /** Obtained by the operator through OAuth. */
    OAUTH
  }

  /** A token that a person stored. */
  public static Credential of(String token) {
    return new Credential(new Token(token), Optional.empty(), Source.PERSON, "");
  }
}
