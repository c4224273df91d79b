package dev.codesource.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What kubectl writes to its standard error.
 *
 * <p>What kubectl starts has the same standard error, and may keep it open when kubectl has ended:
 * a plug-in that logs in and leaves a process behind. So the end of kubectl is what counts, not the
 * end of the stream.
 */
final class Errors {

  private static final int MOST = 64 << 10;

  /** For what kubectl wrote last, after it has ended. */
  private static final Duration REST = Duration.ofSeconds(1);

  private final ByteArrayOutputStream read = new ByteArrayOutputStream();
  private final Thread reader;

  Errors(InputStream stderr) {
    // Not a virtual thread: reading a pipe would hold one of the few threads that carry those.
    reader = Thread.ofPlatform().daemon().start(() -> readAll(stderr));
  }

  private void readAll(InputStream stderr) {
    byte[] some = new byte[4096];
    try (stderr) {
      for (int count; (count = stderr.read(some)) >= 0; ) {
        // ByteArrayOutputStream is synchronized. What is too much is read, or kubectl would stop.
        read.write(some, 0, Math.min(count, MOST - read.size()));
      }
    } catch (IOException e) {
      // The stream is closed with the process.
    }
  }

  /** After kubectl has ended: what it said, as far as {@value #MOST} bytes. */
  String said() {
    try {
      reader.join(REST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return read.toString(StandardCharsets.UTF_8);
  }
}
