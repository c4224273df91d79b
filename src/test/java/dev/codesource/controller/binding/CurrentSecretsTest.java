package dev.codesource.controller.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.TestBinding;
import dev.codesource.credential.owned.InMemorySecretStore;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.Finding;
import dev.codesource.status.Observation;
import dev.codesource.status.Publishing;
import dev.codesource.status.StatusReport;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CurrentSecretsTest {

  private static final String TYPE = "codesource.dev/token";

  private final CodeSourceBinding binding = binding();
  private final CountingStore store = new CountingStore();
  private Optional<Secret> informed = Optional.empty();
  private final CurrentSecrets secrets =
      new CurrentSecrets(TYPE, (namespace, name) -> informed, store);

  @Test
  void theInformersAnswerIsEnough() {
    informed = Optional.of(store.stored(binding));

    assertThat(secrets.find(binding, "token")).isEqualTo(informed);
    assertThat(store.asked).isEmpty();
  }

  @Test
  void aSecretThatTheInformerDoesNotHaveYetIsNotMissing() {
    Secret stored = store.stored(binding);

    assertThat(secrets.find(binding, "token")).contains(stored);
    // The next reconciliation may also be before the informer's event.
    assertThat(secrets.find(binding, "token")).contains(stored);
  }

  /** A proven binding loses its published Secrets when its input is missing. */
  @Test
  void anEmptyListOfTheInformerTakesNothingFromAProvenBinding() {
    Secret stored = store.stored(binding);
    binding.setStatus(status(Reason.Bound, 1));

    assertThat(secrets.find(binding, "token")).contains(stored);
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"SecretNotFound", "SecretTypeNotAllowed"})
  void whatIsMissingIsAskedForOnceInAGeneration(Reason told) {
    assertThat(secrets.find(binding, "token")).isEmpty();
    binding.setStatus(status(told, 1));

    assertThat(secrets.find(binding, "token")).isEmpty();
    assertThat(secrets.find(binding, "token")).isEmpty();
    assertThat(store.asked).containsExactly("team-a/token");

    binding.getMetadata().setGeneration(2L);
    assertThat(secrets.find(binding, "token")).isEmpty();
    assertThat(store.asked).containsExactly("team-a/token", "team-a/token");
  }

  @Test
  void whoeverAsksForAVerificationHasTheApiServerAsked() {
    binding.setStatus(status(Reason.SecretNotFound, 1));
    binding.getMetadata().setAnnotations(Map.of(CodeSourceBinding.REQUESTED_AT, "now"));

    assertThat(secrets.find(binding, "token")).isEmpty();

    assertThat(store.asked).containsExactly("team-a/token");
  }

  private static CodeSourceBinding binding() {
    CodeSourceBinding binding = TestBinding.withSpec("platform: GitLab\nusername: alice\n");
    binding.getMetadata().setGeneration(1L);
    return binding;
  }

  private static BindingStatus status(Reason reason, long generation) {
    return StatusReport.next(
        null,
        new Observation(
            generation,
            Optional.empty(),
            Optional.empty(),
            new Finding.NotProven(new Problem(reason, "So it is."), false)),
        new Publishing.NotAsked(),
        Instant.EPOCH);
  }

  /** Notes what is asked for. */
  private static final class CountingStore implements OwnedSecretStore {

    private final InMemorySecretStore kept = new InMemorySecretStore(Clock.systemUTC());
    private final List<String> asked = new ArrayList<>();

    Secret stored(CodeSourceBinding owner) {
      return ((Outcome.Done<Secret>) kept.create(owner, "token", TYPE, Map.of())).value();
    }

    @Override
    public Optional<Secret> find(String namespace, String name, String type) {
      asked.add(namespace + "/" + name);
      return kept.find(namespace, name, type);
    }

    @Override
    public Outcome<Secret> create(
        HasMetadata owner, String name, String type, Map<String, String> values) {
      return kept.create(owner, name, type, values);
    }

    @Override
    public Outcome<Secret> replace(Secret read, Map<String, String> values) {
      return kept.replace(read, values);
    }

    @Override
    public boolean delete(Secret read) {
      return kept.delete(read);
    }
  }
}
