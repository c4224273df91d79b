package dev.codesource.web.console;

import dev.codesource.web.console.FormPage.Wrong;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A form that a person has sent: what it says is written, or it is shown again with what is wrong.
 *
 * @param form with what the person has filled in
 * @param status of the answer, if it is shown again
 * @param wrongs what was found so far; empty: nothing
 */
record Submission(FormPage form, int status, List<Wrong> wrongs) {

  private static final int CONFLICT = 409;
  private static final int UNPROCESSABLE = 422;

  static Submission of(FormPage form) {
    return new Submission(form, UNPROCESSABLE, List.of());
  }

  /** Looks for what is wrong, unless something was found before. */
  Submission check(Supplier<List<Wrong>> check) {
    return wrongs.isEmpty() ? new Submission(form, status, check.get()) : this;
  }

  /**
   * Nobody else may have changed the object since the form was shown.
   *
   * @param shown the generation that was sent with the form
   */
  Submission check(String shown, long generation) {
    return wrongs.isEmpty() && !Long.toString(generation).equals(shown)
        ? new Submission(form, CONFLICT, Changing.CHANGED_MEANWHILE)
        : this;
  }

  /**
   * Writes, unless something is wrong.
   *
   * @param fields the fields of the form, as {@link Refusals} has them
   * @return what is shown again; empty: it was written
   * @throws KubernetesClientException if the API server says nothing about what was sent
   */
  Optional<Submission> write(Map<String, String> fields, Runnable write) {
    if (!wrongs.isEmpty()) {
      return Optional.of(this);
    }
    try {
      write.run();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(new Submission(form, status, Refusals.of(e, fields)));
    }
  }

  FormPage page() {
    return form.with(wrongs);
  }
}
