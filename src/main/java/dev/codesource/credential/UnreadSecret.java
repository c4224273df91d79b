package dev.codesource.credential;

import static dev.codesource.reason.Reason.SecretNotFound;
import static dev.codesource.reason.Reason.SecretTypeNotAllowed;

import dev.codesource.address.SiteUrl;
import dev.codesource.reason.Outcome;

/**
 * The refusal of a Secret that could not be read, whatever its type.
 *
 * @param name of the Secret
 * @param command that creates a correct one
 */
record UnreadSecret(String name, String command) {

  /** The beginning of the command, up to the keys that are secret. */
  static String creation(String namespace, String name, String type, SiteUrl site) {
    return "kubectl create secret generic %s --namespace %s --type=%s --from-literal=url=%s"
        .formatted(
            ShellWord.of(name), ShellWord.of(namespace), type, ShellWord.of(site.toString()));
  }

  /** There is no Secret of that name. */
  <T> Outcome<T> notFound() {
    return Outcome.refused(
        SecretNotFound,
        "There is no Secret %s in this namespace; this makes one: %s.".formatted(name, command));
  }

  /** The Secret is not of the type that is read. */
  <T> Outcome<T> otherThan(String type) {
    return Outcome.refused(
        SecretTypeNotAllowed,
        "The Secret %s is not of type %s, so it was not read; this makes one that is: %s."
            .formatted(name, type, command));
  }
}
