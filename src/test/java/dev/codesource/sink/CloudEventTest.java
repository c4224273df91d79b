package dev.codesource.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CloudEventTest {

  private static final Instant FOUND = Instant.parse("2026-11-30T06:07:08.123456Z");
  private static final String SHA = "0123456789abcdef0123456789abcdef01234567";

  static RefUpdate update(DueCommit due) {
    return new RefUpdate(
        "team-a",
        "shop",
        "6e0b8f2c-3d4a-4c17-9f55-0a1b2c3d4e5f",
        "gitlab",
        new RefUpdate.Repository("42", "group/shop", "https://gitlab.example.com/group/shop.git"),
        due,
        List.of("registry.example.com/team-a/shop:main-0123456"));
  }

  private static DueCommit due(GitRef.Kind kind, String name, Instant found) {
    return new DueCommit("main", new GitRef(kind, name), SHA, Optional.empty(), found);
  }

  private static CloudEvent event(String branch) {
    return CloudEvent.of(update(due(GitRef.Kind.BRANCH, branch, FOUND)));
  }

  @Test
  void hasTheAttributesOfTheSpecification() {
    CloudEvent event = event("main");

    assertThat(event.attributes())
        .containsEntry("ce-specversion", "1.0")
        .containsEntry("ce-type", "dev.codesource.ref.updated.v1")
        .containsEntry("ce-id", event.id())
        .containsEntry(
            "ce-source", "/apis/codesource.dev/v1alpha1/namespaces/team-a/codesourcetriggers/shop")
        .containsEntry("ce-subject", "refs/heads/main")
        .containsEntry("ce-time", "2026-11-30T06:07:08.123456Z")
        .hasSize(6);
  }

  @Test
  void namesThatAHeaderCannotHaveAreEncoded() {
    assertThat(event("a/ü 100%\"x").attributes())
        .containsEntry("ce-subject", "refs/heads/a/%C3%BC%20100%25%22x");
    assertThat(event("a\r\nce-type: b").attributes().get("ce-subject"))
        .isEqualTo("refs/heads/a%0D%0Ace-type:%20b");
  }

  /** A receiver tells by it what it has already. */
  @Test
  void theSameCommitHasTheSameIdentifierHoweverOftenItIsSent() {
    RefUpdate update = update(due(GitRef.Kind.BRANCH, "main", FOUND));
    RefUpdate moved =
        new RefUpdate(
            update.namespace(),
            update.trigger(),
            update.uid(),
            update.binding(),
            new RefUpdate.Repository("42", "group/store", "https://other.example.com/store.git"),
            update.due(),
            List.of());

    assertThat(CloudEvent.of(update).id())
        .isEqualTo(CloudEvent.of(moved).id())
        .matches("[0-9a-f]{32}");
  }

  /** It was moved away and back, or a user asks for it: it is to be built once more. */
  @Test
  void aCommitThatIsDueAgainHasAnotherIdentifier() {
    assertThat(CloudEvent.of(update(due(GitRef.Kind.BRANCH, "main", FOUND.plusSeconds(60)))).id())
        .isNotEqualTo(event("main").id());
    assertThat(event("other").id()).isNotEqualTo(event("main").id());
  }

  /** Two rules are two builds. */
  @Test
  void aCommitThatIsDueByTwoRulesHasTwoIdentifiers() {
    DueCommit due = due(GitRef.Kind.BRANCH, "main", FOUND);
    DueCommit byOther = new DueCommit("other", due.ref(), SHA, Optional.empty(), FOUND);

    assertThat(CloudEvent.of(update(byOther)).id()).isNotEqualTo(CloudEvent.of(update(due)).id());
  }

  @ParameterizedTest
  @EnumSource(GitRef.Kind.class)
  void theDataAreWhatTheSchemaSays(GitRef.Kind kind) throws IOException {
    DueCommit known =
        new DueCommit("main", new GitRef(kind, "ü"), SHA, Optional.of("1".repeat(64)), FOUND);

    assertThat(schema().validate(CloudEvent.of(update(known)).data(), InputFormat.JSON)).isEmpty();
    assertThat(
            schema()
                .validate(CloudEvent.of(update(due(kind, "ü", FOUND))).data(), InputFormat.JSON))
        .isEmpty();
    assertThat(schema().validate("{}", InputFormat.JSON)).isNotEmpty();
  }

  /** Receivers ignore what they do not know; here every field must be one that is described. */
  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(VersionFlag.V202012)
        .getSchema(
            Files.readString(Path.of("docs/schemas/ref-updated-v1.json"))
                .replace(
                    "\"type\": \"object\",",
                    "\"type\": \"object\", \"additionalProperties\": false,"));
  }
}
