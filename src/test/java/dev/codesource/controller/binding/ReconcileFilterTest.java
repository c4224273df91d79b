package dev.codesource.controller.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.TestBinding;
import dev.codesource.oauth.Attempt;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReconcileFilterTest {

  private static final String DENIED =
      "AuthorizationDenied of generation 1 at 2026-03-01T12:00:00Z";

  private final ReconcileFilter filter = new ReconcileFilter();

  @Test
  void aChangedSpecIs() {
    assertThat(accepts(binding -> binding.getMetadata().setGeneration(2L))).isTrue();
  }

  @Test
  void aNewRequestIs() {
    assertThat(accepts(binding -> annotate(binding, CodeSourceBinding.REQUESTED_AT, "2"))).isTrue();
  }

  @Test
  void aRequestThatIsWithdrawnIsNot() {
    assertThat(accepts(binding -> binding.getMetadata().setAnnotations(Map.of()))).isFalse();
  }

  /** Two values in turn do not get around the pause between two requests. */
  @Test
  void aRequestThatWasHandledIsNot() {
    assertThat(
            accepts(
                binding -> {
                  annotate(binding, CodeSourceBinding.REQUESTED_AT, "0");
                  binding.setStatus(handled("0"));
                }))
        .isFalse();
  }

  @Test
  void aSearchOfABoundBindingIs() {
    assertThat(
            accepts(
                binding -> {
                  annotate(binding, CodeSourceBinding.FIND_REPOSITORIES, "shop");
                  binding.setStatus(status(Phase.Bound, "1"));
                }))
        .isTrue();
  }

  /** Each would be a verification of a binding that fails. */
  @Test
  void aSearchOfOneThatIsNotBoundOrForNothingIsNot() {
    assertThat(accepts(binding -> annotate(binding, CodeSourceBinding.FIND_REPOSITORIES, "shop")))
        .isFalse();
    assertThat(
            accepts(
                binding -> {
                  annotate(binding, CodeSourceBinding.FIND_REPOSITORIES, " ");
                  binding.setStatus(status(Phase.Bound, "1"));
                }))
        .isFalse();
  }

  private static BindingStatus handled(String request) {
    return status(Phase.Failed, request);
  }

  private static BindingStatus status(Phase phase, String request) {
    return new BindingStatus(
        phase, 1L, null, null, null, null, null, null, null, request, null, null, null);
  }

  @Test
  void theEndOfAnAuthorizationIs() {
    assertThat(accepts(binding -> annotate(binding, Attempt.ANNOTATION, DENIED))).isTrue();
  }

  @Test
  void anAttemptThatIsForgottenIs() {
    CodeSourceBinding noted = binding();
    annotate(noted, Attempt.ANNOTATION, DENIED);

    assertThat(filter.accept(binding(), noted)).isTrue();
  }

  /** Each would be a verification of a binding that fails. */
  @Test
  void aNoteThatSaysNothingOfAnAttemptIsNot() {
    assertThat(accepts(binding -> annotate(binding, Attempt.ANNOTATION, "on"))).isFalse();
    assertThat(
            accepts(
                binding ->
                    annotate(
                        binding, Attempt.ANNOTATION, DENIED.replace("Authorization", "Token"))))
        .isFalse();
  }

  @Test
  void aNoteOnABindingWithATokenIsNot() {
    CodeSourceBinding before = binding("username: alice");
    CodeSourceBinding updated = binding("username: alice");
    annotate(updated, Attempt.ANNOTATION, DENIED);

    assertThat(filter.accept(updated, before)).isFalse();
  }

  @Test
  void aDeletionIs() {
    assertThat(
            accepts(binding -> binding.getMetadata().setDeletionTimestamp("2026-03-01T12:00:00Z")))
        .isTrue();
  }

  @Test
  void theOperatorsOwnStatusIsNot() {
    assertThat(
            accepts(
                binding -> {
                  binding.getMetadata().setResourceVersion("101");
                  binding.setStatus(
                      new BindingStatus(
                          Phase.Bound,
                          1L,
                          null,
                          null,
                          null,
                          null,
                          null,
                          null,
                          null,
                          "1",
                          null,
                          null,
                          null));
                }))
        .isFalse();
  }

  @Test
  void whatOthersWriteOnItIsNot() {
    assertThat(accepts(binding -> annotate(binding, "argocd.argoproj.io/tracking-id", "apps")))
        .isFalse();
    assertThat(accepts(binding -> binding.getMetadata().setLabels(Map.of("team", "a")))).isFalse();
  }

  private boolean accepts(Consumer<CodeSourceBinding> change) {
    CodeSourceBinding updated = binding();
    change.accept(updated);
    return filter.accept(updated, binding());
  }

  private static void annotate(CodeSourceBinding binding, String name, String value) {
    binding.getMetadata().getAnnotations().put(name, value);
  }

  private static CodeSourceBinding binding() {
    return binding("oauth: {flow: AuthorizationCode}");
  }

  private static CodeSourceBinding binding(String spec) {
    CodeSourceBinding binding = TestBinding.withSpec(spec);
    binding.setMetadata(
        new ObjectMetaBuilder()
            .withName("gitlab")
            .withNamespace("team-a")
            .withGeneration(1L)
            .withResourceVersion("100")
            .addToAnnotations(CodeSourceBinding.REQUESTED_AT, "1")
            .build());
    return binding;
  }
}
