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
import dev.codesource.runtime.ApiReads;
import dev.codesource.status.Finding;
import dev.codesource.status.Observation;
import dev.codesource.status.Publishing;
import dev.codesource.status.StatusReport;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CurrentSecretsTest {

  private static final String TYPE = "codesource.dev/token";

  private final CodeSourceBinding binding = binding();
  private final CountingStore store = new CountingStore();
  private Optional<Secret> informed = Optional.empty();
  private final CurrentSecrets secrets =
      new CurrentSecrets(TYPE, (namespace, name) -> informed, store, new ApiReads());

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

  /** A Secret may have 1 MiB, and hundreds of bindings may each name one. */
  @Test
  void threeSecretsAreReadAtOnce() {
    store.latency = Duration.ofMillis(50);
    try (ExecutorService reconciliations = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 15; i++) {
        reconciliations.execute(() -> secrets.find(binding, "token"));
      }
    }

    assertThat(store.asked).hasSize(15);
    assertThat(store.mostAtOnce).satisfies(most -> assertThat(most.get()).isBetween(2, 3));
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
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger asking = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private Duration latency = Duration.ZERO;

    Secret stored(CodeSourceBinding owner) {
      return ((Outcome.Done<Secret>) kept.create(owner, "token", TYPE, Map.of())).value();
    }

    @Override
    public Optional<Secret> find(String namespace, String name, String type) {
      asked.add(namespace + "/" + name);
      mostAtOnce.accumulateAndGet(asking.incrementAndGet(), Math::max);
      try {
        Thread.sleep(latency);
        return kept.find(namespace, name, type);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } finally {
        asking.decrementAndGet();
      }
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
    public Outcome<Secret> handOver(Secret read, HasMetadata successor) {
      return kept.handOver(read, successor);
    }

    @Override
    public boolean delete(Secret read) {
      return kept.delete(read);
    }
  }
}
