package dev.codesource.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A request as the API server's audit log has it; empty strings where a request has no such part.
 * The user of a ServiceAccount is {@code system:serviceaccount:<namespace>:<name>}.
 */
public record AuditEvent(
    String user,
    String verb,
    String apiGroup,
    String resource,
    String subresource,
    String namespace,
    String name,
    int code) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static List<AuditEvent> read(Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.map(AuditEvent::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AuditEvent parse(String line) {
    return of(json(line));
  }

  static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static AuditEvent of(JsonNode event) {
    JsonNode object = event.path("objectRef");
    return new AuditEvent(
        event.path("user").path("username").asText(""),
        event.path("verb").asText(""),
        object.path("apiGroup").asText(""),
        object.path("resource").asText(""),
        object.path("subresource").asText(""),
        object.path("namespace").asText(""),
        object.path("name").asText(""),
        event.path("responseStatus").path("code").asInt());
  }
}
