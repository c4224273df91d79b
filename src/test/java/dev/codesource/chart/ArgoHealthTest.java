package dev.codesource.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.BindingStatus;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import dev.codesource.status.Finding;
import dev.codesource.status.Kstatus;
import dev.codesource.status.Observation;
import dev.codesource.status.Publishing;
import dev.codesource.status.StatusReport;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.lib.jse.JsePlatform;

/** The health check for Argo CD, run as Lua; Argo CD itself has another Lua 5.1. */
class ArgoHealthTest {
  private static final Path SCRIPT = Path.of("deploy/argocd/health.lua");

  @ParameterizedTest
  @CsvSource({
    "Ready, True, Healthy",
    "Ready, False, Progressing",
    "Ready, Unknown, Progressing",
    "Reconciling, True, Progressing",
    "Stalled, True, Degraded",
    "Stalled, False, Healthy"
  })
  void healthFollowsTheConditions(String type, String status, String health) throws IOException {
    assertThat(
            status(
                """
                metadata: {generation: 2}
                status: {observedGeneration: 2, conditions: [{type: %s, status: "%s"}]}
                """
                    .formatted(type, status)))
        .isEqualTo(health);
  }

  /** Whoever waits with Flux or kpt sees the same as whoever waits with Argo CD. */
  /** The reasons that a binding can have. */
  static Stream<Reason> ofBindings() {
    Set<Stage> others =
        EnumSet.of(Stage.RULES, Stage.BINDING, Stage.REPOSITORY, Stage.WEBHOOK, Stage.BUILDER);
    return Stream.of(Reason.values()).filter(reason -> !others.contains(reason.stage()));
  }

  @ParameterizedTest
  @MethodSource("ofBindings")
  void argoSaysWhatKstatusSays(Reason reason) throws IOException {
    Problem problem = new Problem(reason, "So it is.");
    Finding notProven = new Finding.NotProven(problem, false);
    BindingStatus before = null;
    for (int seconds : List.of(0, 60, 119, 120, 600)) {
      before = next(before, notProven, new Publishing.NotAsked(), seconds);
      assertThatBothSayTheSame(before);
    }
    assertThatBothSayTheSame(
        next(before, new Finding.Suspended(), new Publishing.Untouched(), 700));
    BindingStatus bound = next(before, proven(), new Publishing.NotAsked(), 800);
    assertThatBothSayTheSame(bound);
    assertThatBothSayTheSame(next(bound, new Finding.Suspended(), new Publishing.Untouched(), 900));
    assertThatBothSayTheSame(
        next(bound, new Finding.NotProven(problem, true), new Publishing.NotAsked(), 900));
    assertThatBothSayTheSame(
        next(bound, proven(), new Publishing.Refused(problem, Optional.empty()), 900));
  }

  @Test
  void aServerErrorIsInProgressForTwoMinutesAndThenFailed() throws IOException {
    Finding error = new Finding.NotProven(new Problem(Reason.ServerError, "503."), false);
    BindingStatus young = next(null, error, new Publishing.NotAsked(), 0);
    BindingStatus old = next(young, error, new Publishing.NotAsked(), 120);

    assertThat(Kstatus.of(7, young)).isEqualTo(Kstatus.InProgress);
    assertThat(check(json(young)).get("status").tojstring()).isEqualTo("Progressing");
    assertThat(Kstatus.of(7, old)).isEqualTo(Kstatus.Failed);
    assertThat(check(json(old)).get("status").tojstring()).isEqualTo("Degraded");
  }

  private static void assertThatBothSayTheSame(BindingStatus status) throws IOException {
    String health =
        switch (Kstatus.of(7, status)) {
          case InProgress -> "Progressing";
          case Failed -> "Degraded";
          case Current -> "Healthy";
        };
    assertThat(check(json(status)).get("status").tojstring())
        .as("%s", status.conditions())
        .isEqualTo(health);
  }

  private static BindingStatus next(
      @Nullable BindingStatus previous, Finding finding, Publishing publishing, int seconds) {
    return StatusReport.next(
        previous,
        new Observation(7, Optional.empty(), Optional.empty(), finding),
        publishing,
        Instant.parse("2026-03-01T12:00:00Z").plusSeconds(seconds));
  }

  private static Finding proven() {
    return new Finding.Proven(
        new Proof(new Proof.Account("alice", "42"), new Scopes.Unknown(), Optional.empty()),
        Instant.parse("2026-03-01T12:00:00Z"),
        "digest");
  }

  private static JsonNode json(BindingStatus status) {
    ObjectNode binding = Serialization.jsonMapper().createObjectNode();
    binding.putObject("metadata").put("generation", 7);
    binding.set("status", Serialization.jsonMapper().valueToTree(status));
    return binding;
  }

  @Test
  void messageIsThatOfReady() throws IOException {
    LuaValue health =
        check(
            """
            metadata: {generation: 1}
            status:
              observedGeneration: 1
              phase: Failed
              conditions:
                - {type: Reachable, status: "True", message: other}
                - {type: Ready, status: "False", message: The token has expired.}
                - {type: Stalled, status: "True", message: stalled}
            """);
    assertThat(health.get("status").tojstring()).isEqualTo("Degraded");
    assertThat(health.get("message").tojstring()).isEqualTo("The token has expired.");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, -1})
  void statusOfAnotherGenerationSaysNothing(int observed) throws IOException {
    assertThat(
            status(
                """
                metadata: {generation: 3}
                status:
                  observedGeneration: %d
                  conditions: [{type: Ready, status: "True"}, {type: Stalled, status: "True"}]
                """
                    .formatted(observed)))
        .isEqualTo("Progressing");
    assertThat(status("metadata: {generation: 1}")).isEqualTo("Progressing");
  }

  /** Argo CD waits for a Suspended resource before it goes on to the next sync wave. */
  @Test
  void suspendedBlocksNothing() throws IOException {
    LuaValue health =
        check(
            """
            metadata: {generation: 3}
            spec: {suspend: true}
            status: {observedGeneration: 3, phase: Suspended}
            """);

    assertThat(health.get("status").tojstring()).isEqualTo("Healthy");
    assertThat(health.get("message").tojstring()).startsWith("spec.suspend is set");
  }

  @Test
  void aTriggerIsSpokenOfAsOne() throws IOException {
    String trigger =
        """
        kind: CodeSourceTrigger
        metadata: {generation: 3}
        status: {observedGeneration: 3, phase: %s, conditions: [%s]}
        """;
    assertThat(message(trigger.formatted("Suspended", "")))
        .isEqualTo("spec.suspend is set: no pushes are noticed.");
    assertThat(message(trigger.formatted("Active", "{type: Ready, status: 'True'}")))
        .isEqualTo("Pushes are noticed.");
    assertThat(message(trigger.formatted("Failed", "{type: Stalled, status: 'True'}")))
        .isEqualTo("The trigger has failed.");
    assertThat(message(trigger.formatted("Pending", "{type: Reconciling, status: 'True'}")))
        .isEqualTo("The repository is being compared.");
  }

  private static String message(String resource) throws IOException {
    return check(resource).get("message").tojstring();
  }

  @Test
  void whoeverWaitsForAPersonSaysWhatToDo() throws IOException {
    LuaValue health =
        check(
            """
            metadata: {generation: 1}
            status:
              observedGeneration: 1
              phase: AwaitingAuthorization
              conditions: [{type: Reconciling, status: "True"}]
              authorization: {url: "https://git.example/device", userCode: ABCD-1234}
            """);
    assertThat(health.get("message").tojstring())
        .isEqualTo("Open https://git.example/device and type in ABCD-1234");
  }

  private static String status(String binding) throws IOException {
    return check(binding).get("status").tojstring();
  }

  private static LuaValue check(String binding) throws IOException {
    return check(Chart.documents(binding).getFirst());
  }

  private static LuaValue check(JsonNode binding) throws IOException {
    Globals lua = JsePlatform.standardGlobals();
    lua.set("obj", lua(binding));
    return lua.load(Files.readString(SCRIPT), "health.lua").call();
  }

  private static LuaValue lua(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        LuaTable table = new LuaTable();
        node.properties().forEach(field -> table.set(field.getKey(), lua(field.getValue())));
        yield table;
      }
      case ARRAY -> {
        LuaTable table = new LuaTable();
        node.forEach(element -> table.set(table.length() + 1, lua(element)));
        yield table;
      }
      case NUMBER -> LuaValue.valueOf(node.doubleValue());
      case BOOLEAN -> LuaValue.valueOf(node.booleanValue());
      case STRING -> LuaValue.valueOf(node.textValue());
      case NULL, MISSING, BINARY, POJO -> LuaValue.NIL;
    };
  }
}
