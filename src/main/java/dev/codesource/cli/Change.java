package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is written through kubectl. */
final class Change {

  private Change() {}

  /** The command that merges a patch into an object (RFC 7396), without any secret in it. */
  static List<String> merge(String kind, String name, ObjectNode patch) {
    return List.of("patch", kind, name, "--type=merge", "--patch=" + patch);
  }

  /**
   * The command that merges a patch which the command reads, so that nobody sees it in the list of
   * processes.
   */
  static List<String> mergeOfInput(String kind, String name) {
    return List.of("patch", kind, name, "--type=merge", "--patch-file=/dev/stdin");
  }

  static ObjectNode annotation(String name, String value) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("metadata").putObject("annotations").put(name, value);
    return patch;
  }

  static ObjectNode suspend(boolean suspend) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("spec").put("suspend", suspend);
    return patch;
  }

  /** Has a Secret go when its binding goes, if it still is the one of that identifier. */
  static ObjectNode owner(JsonNode binding, String uid) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch
        .putObject("metadata")
        .put("uid", uid)
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", Json.text(binding, "apiVersion"))
        .put("kind", Json.text(binding, "kind"))
        .put("name", Json.name(binding))
        .put("uid", Json.text(binding, "metadata", "uid"));
    return patch;
  }

  static byte[] bytes(JsonNode object) {
    return object.toString().getBytes(StandardCharsets.UTF_8);
  }
}
