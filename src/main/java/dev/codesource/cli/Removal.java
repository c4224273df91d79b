package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What was made and is to go again, unless it is kept: also when the user interrupts the plug-in.
 */
final class Removal implements AutoCloseable {

  private final Kubectl kubectl;
  private final Terminal terminal;
  private final Deque<Made> made = new ArrayDeque<>();
  private final Thread hook = new Thread(this::remove, "removal");

  /** An object, and where the API server has it. */
  private record Made(String path, String uid, String shown) {}

  Removal(Kubectl kubectl, Terminal terminal) {
    this.kubectl = kubectl;
    this.terminal = terminal;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Takes note of a Secret as the API server made it. */
  void secret(JsonNode secret) {
    note("/api/v1", "secrets", "The Secret", secret);
  }

  /** Takes note of a binding as the API server made it. */
  void binding(JsonNode binding) {
    note("/apis/" + Json.text(binding, "apiVersion"), "codesourcebindings", "The binding", binding);
  }

  private synchronized void note(String api, String plural, String kind, JsonNode object) {
    made.push(
        new Made(
            "%s/namespaces/%s/%s/%s"
                .formatted(api, Json.namespace(object), plural, Json.name(object)),
            Json.text(object, "metadata", "uid"),
            "%s %s".formatted(kind, Json.name(object))));
  }

  /** Nothing has to go. */
  synchronized void keep() {
    made.clear();
  }

  private synchronized void remove() {
    while (!made.isEmpty()) {
      Made each = made.pop();
      try {
        kubectl.text(List.of("delete", "--raw", each.path(), "-f", "-"), Change.bytes(ifIs(each)));
      } catch (Failure failure) {
        terminal.say("%s could not be deleted: %s".formatted(each.shown(), failure.sentence()));
      }
    }
  }

  /** No other object that has got its name meanwhile. */
  private static ObjectNode ifIs(Made object) {
    ObjectNode options =
        JsonNodeFactory.instance
            .objectNode()
            .put("apiVersion", "v1")
            .put("kind", "DeleteOptions")
            .put("propagationPolicy", "Background");
    options.putObject("preconditions").put("uid", object.uid());
    return options;
  }

  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook finds nothing to do.
    }
  }
}
