package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The repositories of a binding's account that a visitor looked for.
 *
 * @param words that they looked for; empty: nothing yet
 * @param isAsked whether the operator is yet to answer
 * @param found paths that are links to a new trigger
 * @param isIncomplete whether there may be others
 * @param problem why there is no answer; null: there is one, or there will be
 * @param kubectl the commands that do the same
 */
record RepositoriesPage(
    String namespace,
    String binding,
    String words,
    boolean isAsked,
    List<Found> found,
    boolean isIncomplete,
    @Nullable String problem,
    String kubectl) {

  /** A repository, and its path as a query of a URL has it. */
  record Found(String path, String query) {

    static Found of(String path) {
      return new Found(path, URLEncoder.encode(path, StandardCharsets.UTF_8));
    }
  }

  /** In characters of a field of the Secret: more than all paths that it has, if they are long. */
  private static final int LONGEST = 128 << 10;

  static RepositoriesPage empty(String namespace, String binding) {
    return new RepositoriesPage(
        namespace, binding, "", false, List.of(), false, null, kubectl(namespace, binding));
  }

  static RepositoriesPage refused(String namespace, String binding, String words, String problem) {
    return new RepositoriesPage(
        namespace, binding, words, false, List.of(), false, problem, kubectl(namespace, binding));
  }

  /**
   * The answer.
   *
   * @param request words, a space, and what tells this request from others
   * @param secret in which the operator stores it; null: there is none
   */
  static RepositoriesPage of(
      String namespace, String binding, String request, @Nullable Secret secret) {
    String words = request.split(" ", 2)[0];
    boolean isAnswered = text(secret, "request").filter(request::equals).isPresent();
    return new RepositoriesPage(
        namespace,
        binding,
        words,
        !isAnswered,
        isAnswered
            ? text(secret, "repositories").stream()
                .flatMap(String::lines)
                .limit(CodeSourceBinding.MOST_REPOSITORIES)
                .map(Found::of)
                .toList()
            : List.of(),
        isAnswered && text(secret, "incomplete").filter("true"::equals).isPresent(),
        isAnswered ? text(secret, "problem").orElse(null) : null,
        kubectl(namespace, binding));
  }

  /** Of this page. */
  public String path() {
    return Paths.repositories(namespace, binding);
  }

  /** Where a trigger is made. */
  public String newTrigger() {
    return Paths.newTrigger(namespace, binding);
  }

  /** Whether the account has no repository with these words. */
  public boolean isEmpty() {
    return !words.isEmpty() && !isAsked && problem == null && found.isEmpty();
  }

  private static Optional<String> text(@Nullable Secret secret, String key) {
    return Optional.ofNullable(secret)
        .flatMap(present -> Optional.ofNullable(present.getData()))
        .flatMap(data -> Optional.ofNullable(data.get(key)))
        .filter(encoded -> encoded.length() <= LONGEST)
        .flatMap(RepositoriesPage::decoded);
  }

  private static Optional<String> decoded(String encoded) {
    try {
      return Optional.of(new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException changedByHand) {
      return Optional.empty();
    }
  }

  private static String kubectl(String namespace, String binding) {
    return Kubectl.findRepositories(namespace, binding);
  }
}
