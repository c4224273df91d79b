package dev.codesource.node;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.codesource.bench.Training;
import dev.codesource.cluster.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The files of the operator's image, as {@code make image-layout} makes them. */
final class OperatorImage {

  static final Path FILES = Path.of("target/image");

  private static final Path LOCK = Path.of("target/image.lock");
  private static final Path APPLICATION = Path.of("target/quarkus-app");
  private static final Path CACHE = FILES.resolve("operator/operator.aot");

  private OperatorImage() {}

  /**
   * Makes the files, unless they are of the present application already. Classes in two JVMs may
   * want them at once.
   */
  static void make() {
    try (FileChannel file = FileChannel.open(LOCK, CREATE, WRITE);
        FileLock _ = file.lock()) {
      if (isFresh()) {
        return;
      }
      CommandResult.of(
              List.of("src/main/docker/layout"),
              Map.of("JAVA_HOME", System.getProperty("java.home")),
              "")
          .orFail();
      Training.train();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cache is made last. */
  private static boolean isFresh() throws IOException {
    if (Files.notExists(CACHE) || Files.notExists(Training.MADE)) {
      return false;
    }
    FileTime made = Files.getLastModifiedTime(Training.MADE);
    try (Stream<Path> inputs =
        Stream.concat(Files.walk(APPLICATION), Files.list(Dockerfile.FILE.getParent()))) {
      for (Path input : inputs.toList()) {
        if (Files.getLastModifiedTime(input).compareTo(made) > 0) {
          return false;
        }
      }
      return true;
    }
  }
}
