package dev.codesource.web.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.jspecify.annotations.Nullable;

/** A JSON patch (RFC 6902). */
final class JsonPatch {

  private final ArrayNode operations = JsonNodeFactory.instance.arrayNode();

  /** Nothing is changed if the value is another one. */
  JsonPatch test(String path, long value) {
    operations.addObject().put("op", "test").put("path", path).put("value", value);
    return this;
  }

  JsonPatch text(String path, String value, boolean isThere) {
    return value(path, value.isEmpty() ? null : JsonNodeFactory.instance.textNode(value), isThere);
  }

  /**
   * Sets a value, or removes it.
   *
   * @param value null: it is removed, if it is there
   */
  JsonPatch value(String path, @Nullable JsonNode value, boolean isThere) {
    if (value != null) {
      operations.addObject().put("op", "add").put("path", path).set("value", value);
    } else if (isThere) {
      operations.addObject().put("op", "remove").put("path", path);
    }
    return this;
  }

  @Override
  public String toString() {
    return operations.toString();
  }
}
