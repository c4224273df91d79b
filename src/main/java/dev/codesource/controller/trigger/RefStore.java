package dev.codesource.controller.trigger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.Outbox;
import dev.codesource.build.RepositoryState;
import dev.codesource.build.SeenRefs;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.credential.owned.RefsSecret;
import dev.codesource.credential.owned.SecretFields;
import dev.codesource.git.Refs;
import dev.codesource.http.Printable;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiErrors;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what triggers remember of their repositories, each in a Secret of its own: names of
 * branches may be confidential, and 50 000 of them do not fit into a status.
 */
@Singleton
final class RefStore {

  /** The API server stores 1 MiB (https://kubernetes.io/docs/concepts/configuration/secret/). */
  private static final int MOST_CHARACTERS = 1_000_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final int UNPROCESSABLE = 422;
  private static final int LONGEST_CAUSE = 300;

  /** Hexadecimal, of SHA-1 or SHA-256. */
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  private final OwnedSecretStore secrets;
  private final ApiReads reads;

  /**
   * What was stored last for a trigger, by UID, where nothing is pending: so its Secret need not be
   * read to know that. What is pending can be long, and is read when it is needed.
   */
  private final Map<String, Outbox> idle = new ConcurrentHashMap<>();

  RefStore(OwnedSecretStore secrets, ApiReads reads) {
    this.secrets = secrets;
    this.reads = reads;
  }

  /**
   * What is stored.
   *
   * @param secret in the version that was read
   */
  record Stored(Secret secret, RepositoryState state) {}

  /** A commit that is pending, as JSON has it. */
  private record PendingCommit(String rule, StoredCommit commit) {}

  /** A commit as JSON has it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record StoredCommit(String ref, String sha, @Nullable String before, String foundAt) {

    static StoredCommit of(DueCommit due) {
      return new StoredCommit(
          due.ref().fullName(), due.sha(), due.before().orElse(null), due.foundAt().toString());
    }

    /**
     * @throws IllegalArgumentException if the operator did not write it: others may, too
     */
    Optional<DueCommit> commit(String rule) {
      Instant time = SecretFields.instant(foundAt);
      if (!COMMIT.matcher(sha).matches() || (before != null && !COMMIT.matcher(before).matches())) {
        throw new IllegalArgumentException("This is no commit that was due.");
      }
      return GitRef.of(ref) instanceof Outcome.Done<GitRef>(var known)
          ? Optional.of(new DueCommit(rule, known, sha, Optional.ofNullable(before), time))
          : Optional.empty();
    }
  }

  /** The name of the Secret of a trigger. */
  static String name(CodeSourceTrigger trigger) {
    return OwnedSecretStore.nameFor(trigger, "-trigger-refs");
  }

  /** Reads; empty: there is nothing, or somebody has changed it. */
  Optional<Stored> read(CodeSourceTrigger trigger) {
    String namespace = trigger.getMetadata().getNamespace();
    Optional<Stored> stored =
        reads.read(
            namespace,
            () ->
                secrets
                    .find(namespace, name(trigger), RefsSecret.TYPE)
                    .filter(secret -> Ownership.isOwner(trigger, secret.getMetadata()))
                    .flatMap(
                        secret ->
                            SecretFields.read(secret, RefStore::state)
                                .map(state -> new Stored(secret, state))));
    note(trigger, stored.map(Stored::state).map(RepositoryState::outbox).orElse(Outbox.EMPTY));
    return stored;
  }

  /** The outbox of a trigger, if it is known that nothing is pending in it. */
  Optional<Outbox> idle(CodeSourceTrigger trigger) {
    return Optional.ofNullable(idle.get(trigger.getMetadata().getUid()));
  }

  /** The trigger is gone. */
  void forget(String uid) {
    idle.remove(uid);
  }

  private void note(CodeSourceTrigger trigger, Outbox outbox) {
    String uid = trigger.getMetadata().getUid();
    if (outbox.pending().isEmpty()) {
      idle.put(uid, outbox);
    } else {
      idle.remove(uid);
    }
  }

  private static RepositoryState state(SecretFields fields) {
    try {
      Map<String, DueCommit> last = new TreeMap<>();
      JSON.readValue(
              SecretFields.required(fields.text(RefsSecret.LAST)),
              new TypeReference<Map<String, StoredCommit>>() {})
          .forEach((rule, commit) -> commit.commit(rule).ifPresent(due -> last.put(rule, due)));
      return new RepositoryState(
          SecretFields.required(fields.text(RefsSecret.REPOSITORY)),
          SecretFields.required(fields.text(RefsSecret.ID)),
          fields.text(RefsSecret.CLONE_URL),
          new SeenRefs(
              refs(fields, RefsSecret.BRANCHES),
              refs(fields, RefsSecret.TAGS),
              JSON.readValue(
                  SecretFields.required(fields.text(RefsSecret.RULES)),
                  new TypeReference<Set<String>>() {})),
          last,
          outbox(fields),
          fields.text(RefsSecret.REQUESTED));
    } catch (JsonProcessingException | NullPointerException e) {
      // Null is JSON, too; the operator writes none.
      throw new IllegalArgumentException(e);
    }
  }

  /** Older versions of the operator stored none. */
  private static Outbox outbox(SecretFields fields) throws JsonProcessingException {
    List<DueCommit> pending = new ArrayList<>();
    JSON.readValue(
            fields.text(RefsSecret.PENDING).orElse("[]"),
            new TypeReference<List<PendingCommit>>() {})
        .forEach(each -> each.commit().commit(each.rule()).ifPresent(pending::add));
    if (pending.size() > Outbox.MOST) {
      throw new IllegalArgumentException("The operator stores fewer.");
    }
    Map<String, Instant> delivered = new TreeMap<>();
    JSON.readValue(
            fields.text(RefsSecret.DELIVERED).orElse("{}"),
            new TypeReference<Map<String, String>>() {})
        .forEach((rule, time) -> delivered.put(rule, Instant.parse(time)));
    return new Outbox(pending, delivered);
  }

  private static Refs refs(SecretFields fields, String key) {
    return Refs.of(Base64.getDecoder().decode(SecretFields.required(fields.text(key))));
  }

  /**
   * Stores.
   *
   * @param read what was read before; empty: there was nothing
   * @return what is stored now; or {@code Conflict}, {@code TokenSecretNotOwned}, {@code
   *     TooManyRefs}, or {@code SecretRefused}: the Secret is immutable, or a quota or an admission
   *     policy is against it
   */
  Outcome<Stored> write(CodeSourceTrigger trigger, Optional<Stored> read, RepositoryState state) {
    Map<String, String> values = values(state);
    if (values.values().stream().mapToInt(String::length).sum() > MOST_CHARACTERS) {
      return Outcome.refused(
          Reason.TooManyRefs,
          "The names of the branches and tags of %s that may match a rule are too long to be kept."
              .formatted(state.path()));
    }
    return written(trigger, read, values)
        .map(
            secret -> {
              note(trigger, state.outbox());
              return new Stored(secret, state);
            });
  }

  private Outcome<Secret> written(
      CodeSourceTrigger trigger, Optional<Stored> read, Map<String, String> values) {
    try {
      return read.isPresent()
          ? secrets.replace(read.get().secret(), values)
          : secrets.put(trigger, name(trigger), RefsSecret.TYPE, "branches and tags", values);
    } catch (KubernetesClientException e) {
      boolean isRefusal =
          e.getCode() == HttpURLConnection.HTTP_FORBIDDEN || e.getCode() == UNPROCESSABLE;
      if (!isRefusal || ApiErrors.isGone(e)) {
        throw e;
      }
      return Outcome.refused(
          Reason.SecretRefused,
          "The API server refused the Secret %s, in which the branches and tags of the trigger are kept%s."
              .formatted(name(trigger), why(e)));
    }
  }

  /** Such as ": field is immutable when `immutable` is set". It quotes no value. */
  private static String why(KubernetesClientException e) {
    return ApiErrors.message(e)
        .map(message -> ": " + Printable.of(message, LONGEST_CAUSE))
        .orElse("");
  }

  private static Map<String, String> values(RepositoryState state) {
    Map<String, StoredCommit> last = new TreeMap<>();
    state.last().forEach((rule, due) -> last.put(rule, StoredCommit.of(due)));
    Map<String, String> delivered = new TreeMap<>();
    state.outbox().delivered().forEach((rule, time) -> delivered.put(rule, time.toString()));
    return new SecretFields.Writer()
        .text(RefsSecret.REPOSITORY, state.path())
        .text(RefsSecret.ID, state.id())
        .text(RefsSecret.RULES, json(state.seen().rules()))
        .text(RefsSecret.BRANCHES, base64(state.seen().branches()))
        .text(RefsSecret.TAGS, base64(state.seen().tags()))
        .text(RefsSecret.LAST, json(last))
        .text(RefsSecret.CLONE_URL, state.cloneUrl())
        .text(RefsSecret.PENDING, json(pending(state.outbox())))
        .text(RefsSecret.DELIVERED, json(delivered))
        .text(RefsSecret.REQUESTED, state.requested())
        .values();
  }

  private static List<PendingCommit> pending(Outbox outbox) {
    return outbox.pending().stream()
        .map(due -> new PendingCommit(due.rule(), StoredCommit.of(due)))
        .toList();
  }

  private static String base64(Refs refs) {
    return Base64.getEncoder().encodeToString(refs.toBytes());
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
