package dev.codesource.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    "Pending, Progressing",
    "AwaitingAuthorization, Progressing",
    "Bound, Healthy",
    "Failed, Degraded",
    "Suspended, Suspended"
  })
  void healthFollowsThePhase(String phase, String health) throws IOException {
    assertThat(
            status(
                """
                metadata: {generation: 2}
                status: {observedGeneration: 2, phase: %s}
                """
                    .formatted(phase)))
        .isEqualTo(health);
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
            """);
    assertThat(health.get("status").tojstring()).isEqualTo("Degraded");
    assertThat(health.get("message").tojstring()).isEqualTo("The token has expired.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Pending", "Bound"})
  void stalledIsDegraded(String phase) throws IOException {
    assertThat(
            status(
                """
                metadata: {generation: 1}
                status:
                  observedGeneration: 1
                  phase: %s
                  conditions: [{type: Stalled, status: "True"}]
                """
                    .formatted(phase)))
        .isEqualTo("Degraded");
  }

  @Test
  void statusOfAnotherGenerationSaysNothing() throws IOException {
    assertThat(
            status(
                """
                metadata: {generation: 3}
                status: {observedGeneration: 2, phase: Bound}
                """))
        .isEqualTo("Progressing");
    assertThat(status("metadata: {generation: 1}")).isEqualTo("Progressing");
  }

  @Test
  void suspendedAtOnce() throws IOException {
    assertThat(
            status(
                """
                metadata: {generation: 3}
                spec: {suspend: true}
                status: {observedGeneration: 2, phase: Bound}
                """))
        .isEqualTo("Suspended");
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
              authorization: {url: "https://git.example/device", userCode: ABCD-1234}
            """);
    assertThat(health.get("message").tojstring())
        .isEqualTo("Open https://git.example/device and type in ABCD-1234");
  }

  private static String status(String binding) throws IOException {
    return check(binding).get("status").tojstring();
  }

  private static LuaValue check(String binding) throws IOException {
    Globals lua = JsePlatform.standardGlobals();
    lua.set("obj", lua(Chart.documents(binding).getFirst()));
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
