package dev.codesource.controller.trigger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.RepositoryState;
import dev.codesource.build.SeenRefs;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.credential.owned.RefsSecret;
import dev.codesource.credential.owned.SecretFields;
import dev.codesource.git.Refs;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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

  private final OwnedSecretStore secrets;

  RefStore(OwnedSecretStore secrets) {
    this.secrets = secrets;
  }

  /**
   * What is stored.
   *
   * @param secret in the version that was read
   */
  record Stored(Secret secret, RepositoryState state) {}

  /** A commit as JSON has it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record StoredCommit(String ref, String sha, @Nullable String before, String foundAt) {

    static StoredCommit of(DueCommit due) {
      return new StoredCommit(
          due.ref().fullName(), due.sha(), due.before().orElse(null), due.foundAt().toString());
    }

    Optional<DueCommit> commit(String rule) {
      return GitRef.of(ref) instanceof Outcome.Done<GitRef>(var known)
          ? Optional.of(
              new DueCommit(rule, known, sha, Optional.ofNullable(before), Instant.parse(foundAt)))
          : Optional.empty();
    }
  }

  /** The name of the Secret of a trigger. */
  static String name(CodeSourceTrigger trigger) {
    return OwnedSecretStore.nameFor(trigger, "-trigger-refs");
  }

  /** Reads; empty: there is nothing, or somebody has changed it. */
  Optional<Stored> read(CodeSourceTrigger trigger) {
    return secrets
        .find(trigger.getMetadata().getNamespace(), name(trigger), RefsSecret.TYPE)
        .flatMap(
            secret ->
                SecretFields.read(secret, RefStore::state).map(state -> new Stored(secret, state)));
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
          new SeenRefs(
              refs(fields, RefsSecret.BRANCHES),
              refs(fields, RefsSecret.TAGS),
              JSON.readValue(
                  SecretFields.required(fields.text(RefsSecret.RULES)),
                  new TypeReference<Set<String>>() {})),
          last);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Refs refs(SecretFields fields, String key) {
    return Refs.of(Base64.getDecoder().decode(SecretFields.required(fields.text(key))));
  }

  /**
   * Stores.
   *
   * @param read what was read before; empty: there was nothing
   * @return what is stored now; or {@code Conflict}, {@code TokenSecretNotOwned} or {@code
   *     TooManyRefs}
   */
  Outcome<Stored> write(CodeSourceTrigger trigger, Optional<Stored> read, RepositoryState state) {
    Map<String, String> values = values(state);
    if (values.values().stream().mapToInt(String::length).sum() > MOST_CHARACTERS) {
      return Outcome.refused(
          Reason.TooManyRefs,
          "The names of the branches and tags of %s that may match a rule are too long to be kept."
              .formatted(state.path()));
    }
    Outcome<Secret> written =
        read.isPresent()
            ? secrets.replace(read.get().secret(), values)
            : secrets.put(trigger, name(trigger), RefsSecret.TYPE, "branches and tags", values);
    return written.map(secret -> new Stored(secret, state));
  }

  private static Map<String, String> values(RepositoryState state) {
    Map<String, StoredCommit> last = new TreeMap<>();
    state.last().forEach((rule, due) -> last.put(rule, StoredCommit.of(due)));
    return new SecretFields.Writer()
        .text(RefsSecret.REPOSITORY, state.path())
        .text(RefsSecret.ID, state.id())
        .text(RefsSecret.RULES, json(state.seen().rules()))
        .text(RefsSecret.BRANCHES, base64(state.seen().branches()))
        .text(RefsSecret.TAGS, base64(state.seen().tags()))
        .text(RefsSecret.LAST, json(last))
        .values();
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
