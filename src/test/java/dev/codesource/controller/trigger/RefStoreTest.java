package dev.codesource.controller.trigger;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TestTrigger;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.Outbox;
import dev.codesource.build.RepositoryState;
import dev.codesource.build.SeenRefs;
import dev.codesource.controller.trigger.RefStore.Stored;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.credential.owned.InMemorySecretStore;
import dev.codesource.credential.owned.RefsSecret;
import dev.codesource.git.Refs;
import dev.codesource.http.AdjustableClock;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiReads;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class RefStoreTest {

  private static final String SHA = "0123456789abcdef0123456789abcdef01234567";
  private static final String OLD = "f".repeat(40);
  private static final String NAME = "shop-trigger-refs";
  static final List<String> KEYS =
      List.of(
          RefsSecret.REPOSITORY,
          RefsSecret.ID,
          RefsSecret.RULES,
          RefsSecret.BRANCHES,
          RefsSecret.TAGS,
          RefsSecret.LAST);

  private final DisturbedSecretStore secrets = new DisturbedSecretStore(new AdjustableClock());
  private final RefStore store = new RefStore(secrets, new ApiReads());
  private final CodeSourceTrigger trigger = TestTrigger.withSpec(TestTrigger.SHOP);

  private static RepositoryState state() {
    return new RepositoryState(
        "group/shop",
        "42",
        Optional.of("https://gitlab.example.com/group/shop.git"),
        SeenRefs.of(
            new Refs.Builder().add("refs/heads/main", SHA).add("refs/tags/v1", SHA).build(),
            Set.of("BRANCH main", "TAG v.*")),
        Map.of(
            "main",
            new DueCommit(
                "main",
                new GitRef(GitRef.Kind.BRANCH, "main"),
                SHA,
                Optional.of(OLD),
                Instant.parse("2026-11-30T06:07:08Z")),
            "release",
            new DueCommit(
                "release",
                new GitRef(GitRef.Kind.TAG, "v1"),
                SHA,
                Optional.empty(),
                Instant.parse("2026-11-29T06:07:08.5Z"))),
        Outbox.EMPTY,
        Optional.of("main@refs/heads/main 1"));
  }

  private Optional<Stored> read() {
    return store.read(trigger);
  }

  @Test
  void whatIsStoredIsReadAgainAsItWas() {
    assertThat(read()).isEmpty();

    Stored written = done(store.write(trigger, Optional.empty(), state()));

    assertThat(written.state()).isEqualTo(state());
    assertThat(read().orElseThrow().state()).isEqualTo(state());
    assertThat(secrets.named(NAME).orElseThrow().getType()).isEqualTo(RefsSecret.TYPE);
    assertThat(secrets.named(NAME).orElseThrow().getMetadata().getOwnerReferences())
        .singleElement()
        .returns(TestTrigger.UID, owner -> owner.getUid());
  }

  /** Whoever may write Secrets can change it, and the operator tells sinks what is in it. */
  @ParameterizedTest
  @CsvSource({
    "refs.pending, '[{\"rule\":\"main\",\"commit\":{\"ref\":\"refs/heads/main\",\"sha\":\"--upload-pack=x\",\"foundAt\":\"2026-11-30T06:07:08Z\"}}]'",
    "refs.pending, '[{\"rule\":\"main\",\"commit\":{\"ref\":\"refs/heads/main\",\"sha\":\"0123456789012345678901234567890123456789\",\"foundAt\":\"-1000000-01-01T00:00:00Z\"}}]'",
  })
  void whatTheOperatorDidNotWriteIsNotBelieved(String key, String value) {
    Stored written = done(store.write(trigger, Optional.empty(), state()));
    done(secrets.replace(written.secret(), changed(written.secret(), key, value)));

    assertThat(read()).isEmpty();
  }

  private static Map<String, String> changed(Secret secret, String key, String value) {
    Map<String, String> values = new HashMap<>();
    secret
        .getData()
        .forEach(
            (name, text) ->
                values.put(
                    name, new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8)));
    values.put(key, value);
    return values;
  }

  @Test
  void aRepositoryWithSha256IsReadAgainAsItWas() {
    RepositoryState wide =
        new RepositoryState(
            "group/shop",
            "42",
            Optional.empty(),
            SeenRefs.of(
                new Refs.Builder().add("refs/heads/main", "ab".repeat(32)).build(), Set.of("x")),
            Map.of(),
            Outbox.EMPTY,
            Optional.empty());

    done(store.write(trigger, Optional.empty(), wide));

    assertThat(read().orElseThrow().state()).isEqualTo(wide);
  }

  @Test
  void whatIsStoredNextTakesItsPlace() {
    done(store.write(trigger, Optional.empty(), state()));
    RepositoryState next = RepositoryState.of("group/other", "43");

    Stored written = done(store.write(trigger, read(), next));

    assertThat(written.state()).isEqualTo(next);
    assertThat(read().orElseThrow().state()).isEqualTo(next);
    assertThat(secrets.all()).hasSize(1);
  }

  /** What the other one saw would be lost, and with it what is due. */
  @Test
  void ofTwoWhoStoreTheSecondIsToldOfAConflict() {
    done(store.write(trigger, Optional.empty(), state()));
    Optional<Stored> read = read();
    secrets.beforeNextWrites(secrets::relabel);

    waiting(store.write(trigger, read, RepositoryState.of("group/other", "43")), Reason.Conflict);

    assertThat(read().orElseThrow().state()).isEqualTo(state());
  }

  @Test
  void aSecretOfSomebodyElseIsNotTouched() {
    secrets.putForeign("team-a", NAME, RefsSecret.TYPE, Map.of("a", "b"));

    isRefused(store.write(trigger, Optional.empty(), state()), Reason.TokenSecretNotOwned);

    assertThat(secrets.value(NAME, "a")).hasValue("b");
  }

  /** The next comparison then counts as the first. */
  @ParameterizedTest
  @CsvSource({
    RefsSecret.BRANCHES + ", AAAA",
    RefsSecret.BRANCHES + ", '?'",
    RefsSecret.TAGS + ", ''",
    RefsSecret.RULES + ", '{'",
    RefsSecret.RULES + ", 'null'",
    RefsSecret.RULES + ", '[null]'",
    RefsSecret.LAST + ", '[]'",
    RefsSecret.LAST + ", 'null'",
    RefsSecret.LAST + ", '{\"main\":null}'",
    RefsSecret.LAST + ", '{\"main\":{}}'",
    RefsSecret.LAST
        + ", '{\"main\":{\"ref\":\"refs/heads/main\",\"sha\":\"1\",\"foundAt\":\"yesterday\"}}'"
  })
  void whatSomebodyHasChangedIsNotBelieved(String key, String value) {
    InMemorySecretStore plain = new InMemorySecretStore(new AdjustableClock());
    RefStore changed = new RefStore(plain, new ApiReads());
    done(changed.write(trigger, Optional.empty(), state()));
    plain.put(
        new SecretBuilder(plain.all().getFirst())
            .addToData(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)))
            .build());

    assertThat(changed.read(trigger)).isEmpty();
  }

  @ParameterizedTest
  @FieldSource("KEYS")
  void whatLacksAKeyIsNotBelieved(String key) {
    InMemorySecretStore plain = new InMemorySecretStore(new AdjustableClock());
    RefStore changed = new RefStore(plain, new ApiReads());
    done(changed.write(trigger, Optional.empty(), state()));
    plain.put(new SecretBuilder(plain.all().getFirst()).removeFromData(key).build());

    assertThat(changed.read(trigger)).isEmpty();
  }

  @Test
  void namesThatDoNotFitIntoASecretAreRefusedBeforeTheyAreSent() {
    Random random = new Random(1);
    Refs.Builder many = new Refs.Builder();
    for (int i = 0; i < 50_000; i++) {
      byte[] id = new byte[20];
      random.nextBytes(id);
      many.add("refs/heads/" + HexFormat.of().formatHex(id), HexFormat.of().formatHex(id));
    }
    RepositoryState tooLong =
        new RepositoryState(
            "group/shop",
            "42",
            Optional.empty(),
            SeenRefs.of(many.build(), Set.of("BRANCH .*")),
            Map.of(),
            Outbox.EMPTY,
            Optional.empty());

    isRefused(store.write(trigger, Optional.empty(), tooLong), Reason.TooManyRefs);

    assertThat(secrets.all()).isEmpty();
  }
}
