package dev.codesource.controller.binding;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.credential.owned.SecretFields;
import dev.codesource.http.HostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.Annotations;
import dev.codesource.status.Finding;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.Secret;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Answers the annotation {@link CodeSourceBinding#FIND_REPOSITORIES}, for whoever makes a trigger
 * and wants to choose a repository. The answer is stored in a Secret of the binding, since names of
 * private repositories are for those who may use the credential. Nothing of it is in the status.
 */
@Singleton
final class RepositoryFinder {

  /** The type of the Secret with the answer. */
  static final String TYPE = ApiGroup.NAME + "/repositories";

  /** The key with the words that were looked for. */
  static final String WORDS = "words";

  /** The key with the paths that were found, one in each line. */
  static final String REPOSITORIES = "repositories";

  /** The key with the reason why there is no answer: a sentence. */
  static final String PROBLEM = "problem";

  private static final Logger LOG = Logger.getLogger("dev.codesource.controller.binding");

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.~/-]{1,100}");

  /** Between two questions of one binding: each costs requests to the code host. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  /** A binding that is deleted leaves an entry behind. */
  private static final int MOST_REMEMBERED = 1_000;

  private record Answered(String words, Instant at) {}

  private final HostClient client;
  private final HostLimiter limiter;
  private final OwnedSecretStore store;
  private final Clock clock;
  private final SequencedMap<String, Answered> last = new LinkedHashMap<>();

  RepositoryFinder(HostClient client, HostLimiter limiter, OwnedSecretStore store, Clock clock) {
    this.client = client;
    this.limiter = limiter;
    this.store = store;
    this.clock = clock;
  }

  /** What a user looks for; empty: nothing, or it is not a part of a path. */
  static Optional<String> words(CodeSourceBinding binding) {
    return Annotations.of(binding, CodeSourceBinding.FIND_REPOSITORIES)
        .map(String::strip)
        .filter(words -> FORM.matcher(words).matches());
  }

  /** The name of the Secret with the answer. */
  static String secretName(CodeSourceBinding binding) {
    return OwnedSecretStore.nameFor(binding, "-repositories");
  }

  /**
   * Asks the code host, if there is a question without an answer and the access is proven.
   *
   * @return when to call again
   */
  Optional<Instant> find(CodeSourceBinding binding, VerificationResult result) {
    Optional<String> words = words(binding);
    if (words.isEmpty() || result.claim().isEmpty() || !isProven(result.finding())) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    Optional<Answered> before = last(binding);
    if (before.filter(answer -> answer.words().equals(words.get())).isPresent()) {
      return Optional.empty();
    }
    Optional<Instant> tooSoon = before.map(answer -> answer.at().plus(PAUSE)).filter(now::isBefore);
    return tooSoon.isPresent() ? tooSoon : answer(binding, result.claim().get(), words.get());
  }

  private static boolean isProven(Finding finding) {
    return switch (finding) {
      case Finding.Proven _, Finding.StillProven _ -> true;
      case Finding.NotProven _, Finding.Suspended _, Finding.Awaiting _ -> false;
    };
  }

  private Optional<Instant> answer(CodeSourceBinding binding, Claim claim, String words) {
    Optional<Secret> stored =
        store.find(binding.getMetadata().getNamespace(), secretName(binding), TYPE);
    if (stored
        .flatMap(secret -> SecretFields.read(secret, fields -> fields.text(WORDS)))
        .flatMap(told -> told)
        .filter(words::equals)
        .isPresent()) {
      remember(binding, words);
      return Optional.empty();
    }
    SecretFields.Writer answer = new SecretFields.Writer().text(WORDS, words);
    switch (limiter.through(claim.caller(), () -> search(claim, words))) {
      case Outcome.Done<List<String>>(var found) ->
          answer.text(REPOSITORIES, String.join("\n", found));
      case Outcome.Refused<List<String>>(var problem) -> answer.text(PROBLEM, problem.message());
      case Outcome.Waiting<List<String>>(var _, var until, var _) -> {
        return until.or(() -> Optional.of(clock.instant().plus(RETRY_AFTER)));
      }
    }
    Outcome<Secret> written =
        store.put(binding, secretName(binding), TYPE, "list of repositories", answer.values());
    return switch (written) {
      case Outcome.Done<Secret> _ -> {
        remember(binding, words);
        yield Optional.empty();
      }
      case Outcome.Refused<Secret>(var problem) -> {
        LOG.warnf(
            "%s/%s: %s",
            binding.getMetadata().getNamespace(), binding.getMetadata().getName(), problem.what());
        remember(binding, words);
        yield Optional.empty();
      }
      case Outcome.Waiting<Secret>(var _, var until, var _) -> until;
    };
  }

  private Outcome<List<String>> search(Claim claim, String words) {
    return claim
        .codeHost()
        .repositories(
            claim.site(), claim.credential(), client.open(claim.tenant(), claim.anchors()))
        .search(words);
  }

  private synchronized Optional<Answered> last(CodeSourceBinding binding) {
    return Optional.ofNullable(last.get(binding.getMetadata().getUid()));
  }

  private synchronized void remember(CodeSourceBinding binding, String words) {
    String uid = binding.getMetadata().getUid();
    last.remove(uid);
    last.putLast(uid, new Answered(words, clock.instant()));
    if (last.size() > MOST_REMEMBERED) {
      last.pollFirstEntry();
    }
  }
}
