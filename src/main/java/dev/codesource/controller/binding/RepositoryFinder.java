package dev.codesource.controller.binding;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.RepositorySearch.Found;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.credential.owned.SecretFields;
import dev.codesource.http.HostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.EventRecorder;
import dev.codesource.runtime.UserRequest;
import dev.codesource.status.Finding;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Answers the annotation {@link CodeSourceBinding#FIND_REPOSITORIES}, for whoever makes a trigger
 * and wants to choose a repository. The answer is stored in a Secret of the binding, since names of
 * private repositories are for those who may use the credential. Nothing of it is in the status.
 *
 * <p>It is an extra: whatever becomes of it, the binding is proven and published as before.
 */
@Singleton
final class RepositoryFinder {

  /** The type of the Secret with the answer. */
  static final String TYPE = ApiGroup.NAME + "/repositories";

  /** The key with the annotation that is answered. */
  static final String REQUEST = "request";

  /** The key with the paths that were found, one in each line. */
  static final String REPOSITORIES = "repositories";

  /** The key that says whether there may be others: true or false. */
  static final String INCOMPLETE = "incomplete";

  /** The key with the reason why there is no answer: a sentence. */
  static final String PROBLEM = "problem";

  /** The key with a digest of whose repositories these are. */
  static final String CLAIM = "claim";

  private static final Logger LOG = Logger.getLogger("dev.codesource.controller.binding");

  /** Words, and what tells one request from the next. */
  private static final Pattern FORM =
      Pattern.compile("(?<words>" + CodeSourceBinding.REPOSITORY_WORDS + ")( .*)?");

  private static final String WRONG_FORM =
      "The annotation %s must begin with a part of a path: letters, digits, '.', '_', '~', '-' and '/', at most 100."
          .formatted(CodeSourceBinding.FIND_REPOSITORIES);

  /** Between two questions of one binding: each costs requests to the code host. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  /** While the namespace takes no Secret, each try costs requests to the code host, too. */
  private static final Duration LONGEST_RETRY = Duration.ofHours(1);

  /** Of bindings that asked last. What is forgotten is read again from the Secret. */
  private static final int MOST_REMEMBERED = 1_000;

  /**
   * What is known of a binding.
   *
   * @param answered the last question that was answered; empty: none by this process
   * @param notBefore when the code host may be asked again
   * @param failures how many answers in a row could not be stored
   */
  private record Known(Optional<Question> answered, Instant notBefore, int failures) {}

  /** Words of a request, asked of one account of one site. */
  private record Question(String request, String claim) {}

  private final HostClient client;
  private final HostLimiter limiter;
  private final OwnedSecretStore store;
  private final ApiReads reads;
  private final EventRecorder events;
  private final Clock clock;
  private final SequencedMap<String, Known> known = new LinkedHashMap<>();

  RepositoryFinder(
      HostClient client,
      HostLimiter limiter,
      OwnedSecretStore store,
      ApiReads reads,
      EventRecorder events,
      Clock clock) {
    this.client = client;
    this.limiter = limiter;
    this.store = store;
    this.reads = reads;
    this.events = events;
    this.clock = clock;
  }

  /** What a user asks for; empty: nothing. */
  static Optional<String> request(CodeSourceBinding binding) {
    return UserRequest.of(binding, CodeSourceBinding.FIND_REPOSITORIES, Optional.empty()).value();
  }

  /** The name of the Secret with the answer. */
  static String secretName(CodeSourceBinding binding) {
    return OwnedSecretStore.nameFor(binding, CodeSourceBinding.REPOSITORIES_SUFFIX);
  }

  /**
   * Asks the code host, if there is a question without an answer and the access is proven.
   *
   * @return when to call again
   */
  Optional<Instant> find(CodeSourceBinding binding, VerificationResult result) {
    Optional<String> request = request(binding);
    if (request.isEmpty() || result.claim().isEmpty() || !isProven(result.finding())) {
      return Optional.empty();
    }
    Claim claim = result.claim().get();
    Question question = new Question(request.get(), claim.digest());
    Optional<Known> before = known(binding);
    if (before.flatMap(Known::answered).filter(question::equals).isPresent()) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    Optional<Instant> tooSoon = before.map(Known::notBefore).filter(now::isBefore);
    if (tooSoon.isPresent()) {
      return tooSoon;
    }
    int failures = before.map(Known::failures).orElse(0);
    note(binding, new Known(Optional.empty(), now.plus(PAUSE), failures));
    try {
      return answer(binding, claim, question, failures);
    } catch (KubernetesClientException e) {
      // A quota or a policy of the namespace, or an outage.
      LOG.debugf(e, "The repositories of %s are not stored", binding.getMetadata().getName());
      return later(binding, failures);
    }
  }

  private Optional<Instant> later(CodeSourceBinding binding, int failures) {
    Instant next = clock.instant().plus(pause(failures));
    note(binding, new Known(Optional.empty(), next, failures + 1));
    return Optional.of(next);
  }

  /** Twice as long after each failure. */
  private static Duration pause(int failures) {
    Duration pause = RETRY_AFTER.multipliedBy(1L << Math.min(failures, 16));
    return pause.compareTo(LONGEST_RETRY) < 0 ? pause : LONGEST_RETRY;
  }

  private static boolean isProven(Finding finding) {
    return switch (finding) {
      case Finding.Proven _, Finding.StillProven _ -> true;
      case Finding.NotProven _, Finding.Suspended _, Finding.Awaiting _ -> false;
    };
  }

  private Optional<Instant> answer(
      CodeSourceBinding binding, Claim claim, Question question, int failures) {
    if (stored(binding).filter(question::equals).isPresent()) {
      note(binding, answered(question));
      return Optional.empty();
    }
    SecretFields.Writer answer =
        new SecretFields.Writer().text(REQUEST, question.request()).text(CLAIM, question.claim());
    Matcher form = FORM.matcher(question.request());
    if (!form.matches()) {
      answer.text(PROBLEM, WRONG_FORM);
    } else {
      switch (limiter.through(claim.caller(), () -> search(claim, form.group("words")))) {
        case Outcome.Done<Found>(var found) ->
            answer
                .text(REPOSITORIES, String.join("\n", found.paths()))
                .text(INCOMPLETE, Boolean.toString(!found.isComplete()));
        case Outcome.Refused<Found>(var problem) -> answer.text(PROBLEM, problem.message());
        case Outcome.Waiting<Found>(var _, var until, var _) -> {
          return until.or(() -> Optional.of(clock.instant().plus(RETRY_AFTER)));
        }
      }
    }
    Outcome<Secret> written =
        store.put(binding, secretName(binding), TYPE, "list of repositories", answer.values());
    if (written instanceof Outcome.Waiting<Secret>) {
      // Somebody else writes it, or a Secret of another type is in the way.
      return later(binding, failures);
    }
    if (written instanceof Outcome.Refused<Secret>(var problem)) {
      events.record(binding, problem);
    }
    note(binding, answered(question));
    return Optional.empty();
  }

  private Known answered(Question question) {
    return new Known(Optional.of(question), clock.instant().plus(PAUSE), 0);
  }

  private Optional<Question> stored(CodeSourceBinding binding) {
    String namespace = binding.getMetadata().getNamespace();
    return reads
        .read(namespace, () -> store.find(namespace, secretName(binding), TYPE))
        .flatMap(
            secret ->
                SecretFields.read(
                    secret,
                    fields ->
                        new Question(
                            SecretFields.required(fields.text(REQUEST)),
                            SecretFields.required(fields.text(CLAIM)))));
  }

  private Outcome<Found> search(Claim claim, String words) {
    return claim
        .codeHost()
        .repositories(
            claim.site(), claim.credential(), client.open(claim.tenant(), claim.anchors()))
        .search(words);
  }

  private synchronized Optional<Known> known(CodeSourceBinding binding) {
    return Optional.ofNullable(known.get(binding.getMetadata().getUid()));
  }

  private synchronized void note(CodeSourceBinding binding, Known now) {
    String uid = binding.getMetadata().getUid();
    known.remove(uid);
    known.putLast(uid, now);
    if (known.size() > MOST_REMEMBERED) {
      known.pollFirstEntry();
    }
  }
}
