package dev.codesource.credential;

import java.util.Optional;

/**
 * What is presented to a code host.
 *
 * @param token the token
 * @param email the account's e-mail address, where the platform wants it with the token (Bitbucket
 *     Cloud API tokens: https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/)
 * @param origin where the token came from, which some platforms answer differently to
 * @param version changes when what is stored does: identity and resource version of the Secret
 */
public record Credential(Token token, Optional<String> email, Origin origin, String version) {

  /** How a token came to be. */
  public enum Origin {
    /** Made by a person on the code host and stored in a Secret. */
    PERSON,
    /** Obtained by the operator through OAuth. */
    OAUTH
  }

  /** A token that a person stored. */
  public static Credential of(String token) {
    return new Credential(new Token(token), Optional.empty(), Origin.PERSON, "");
  }
}
