package dev.codesource.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** The end of an audit log, read piece by piece: for logs that are too long to be read again. */
public final class AuditTail {
  /**
   * A request and its time.
   *
   * @param answeredAt when the API server had answered
   */
  public record Entry(AuditEvent event, Instant answeredAt) {

    private static Entry parse(String line) {
      JsonNode json = AuditEvent.json(line);
      return new Entry(AuditEvent.of(json), Instant.parse(json.path("stageTimestamp").asText()));
    }
  }

  private final Path log;
  private long offset;

  AuditTail(Path log) {
    this.log = log;
    try {
      this.offset = Files.size(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What has come since the last call. */
  public List<Entry> next() {
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(offset);
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      byte[] piece = new byte[1 << 16];
      for (int length = file.read(piece); length > 0; length = file.read(piece)) {
        read.write(piece, 0, length);
      }
      String text = read.toString(StandardCharsets.UTF_8);
      String whole = text.substring(0, text.lastIndexOf('\n') + 1); // a line may be under way
      offset += whole.getBytes(StandardCharsets.UTF_8).length;
      return whole.lines().map(Entry::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
