package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.web.console.FormPage.Group;
import dev.codesource.web.console.FormPage.Wrong;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmissionTest {

  private static final FormPage FORM =
      FormPage.of("Edit", "/edit", "/", "Save", Group.of(Field.text("url", "URL", "typed")));
  private static final List<Wrong> WRONG = List.of(new Wrong("url", "This is no URL."));

  private final List<String> done = new ArrayList<>();

  private static KubernetesClientException refusal(int code) {
    return new KubernetesClientException(
        new StatusBuilder()
            .withCode(code)
            .withMessage("refused")
            .withNewDetails()
            .addNewCause()
            .withField("spec.url")
            .withMessage("too long")
            .endCause()
            .endDetails()
            .build());
  }

  @Test
  void whatIsRightIsWrittenOnce() {
    assertThat(
            Submission.of(FORM)
                .check("3", 3)
                .check(List::of)
                .write(Map.of(), () -> done.add("written")))
        .isEmpty();
    assertThat(done).containsExactly("written");
  }

  @Test
  void whatIsWrongIsToldAndNothingMoreIsCheckedOrWritten() {
    Submission again =
        Submission.of(FORM)
            .check(() -> WRONG)
            .check(
                () -> {
                  done.add("asked the API server");
                  return List.of();
                })
            .check("2", 3)
            .write(Map.of(), () -> done.add("written"))
            .orElseThrow();

    assertThat(done).isEmpty();
    assertThat(again.status()).isEqualTo(422);
    assertThat(again.page().problems()).isEqualTo(WRONG);
    assertThat(again.page().groups().getFirst().fields().getFirst().error())
        .isEqualTo("This is no URL.");
    assertThat(again.page().groups().getFirst().fields().getFirst().value()).isEqualTo("typed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "4", "", "3 ", "x"})
  void aFormOfAnotherGenerationIsAConflictAndChangesNothing(String shown) {
    Submission again =
        Submission.of(FORM)
            .check(shown, 3)
            .check(() -> WRONG)
            .write(Map.of(), () -> done.add("written"))
            .orElseThrow();

    assertThat(done).isEmpty();
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.wrongs()).isEqualTo(Changing.CHANGED_MEANWHILE);
  }

  @Test
  void whatTheApiServerRefusesIsToldAtItsField() {
    Submission again =
        Submission.of(FORM)
            .write(
                Map.of("spec.url", "url"),
                () -> {
                  throw refusal(422);
                })
            .orElseThrow();

    assertThat(again.status()).isEqualTo(422);
    assertThat(again.wrongs()).containsExactly(new Wrong("url", "spec.url: too long"));
  }

  @Test
  void aMissingRightIsToldInTheForm() {
    Submission again =
        Submission.of(FORM)
            .write(
                Map.of(),
                () -> {
                  throw refusal(403);
                })
            .orElseThrow();

    assertThat(again.wrongs())
        .containsExactly(new Wrong(null, "The cluster does not allow it: refused"));
  }

  /** The session is over, the object is gone, or the API server is: there is a page for each. */
  @ParameterizedTest
  @ValueSource(ints = {401, 404, 500, 503, 0})
  void whatSaysNothingAboutTheFormIsNotShownInIt(int code) {
    assertThatThrownBy(
            () ->
                Submission.of(FORM)
                    .write(
                        Map.of(),
                        () -> {
                          throw refusal(code);
                        }))
        .isInstanceOf(KubernetesClientException.class);
  }

  @Test
  void aNameThatIsTakenIsToldAtItsField() {
    Submission again =
        Submission.of(FORM)
            .write(
                Map.of("metadata.name", "url"),
                () -> {
                  throw new KubernetesClientException(
                      new StatusBuilder()
                          .withCode(409)
                          .withReason("AlreadyExists")
                          .withMessage("secrets \"gitlab-token\" already exists")
                          .build());
                })
            .orElseThrow();

    assertThat(again.wrongs())
        .containsExactly(
            new Wrong("url", "secrets \"gitlab-token\" already exists. Choose another name."));
  }
}
