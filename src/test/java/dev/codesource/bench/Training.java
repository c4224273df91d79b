package dev.codesource.bench;

import dev.codesource.operator.JavaCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes an AOT cache: runs the operator on a hundred bindings with the options that the cache will
 * be used with; one made with others would not be used, or slow the start down.
 */
public final class Training {

  /** Was written when the image's files were complete: their own times say nothing. */
  public static final Path MADE = Path.of("target/image.made");

  private static final Path IMAGE = Path.of("target/image");
  private static final String CACHE = "operator.aot";

  /** The chart's memory limit: there is no cgroup here to tell the JVM of it. */
  static final String AS_IN_A_POD = "-XX:MaxRAM=320m";

  private Training() {}

  /** Completes the image's files with the cache, and tries them in another place. */
  public static void main(String[] arguments) throws IOException {
    train();
    Path moved = Files.createTempDirectory("codesource-image");
    try {
      copy(IMAGE, moved);
      ColdStart run = run(java(moved).with("-XX:AOTCache=" + cacheOf(moved), "-XX:AOTMode=on"));
      System.out.printf(
          "The image's files are in %s (%d MiB); moved elsewhere, the operator had its first binding Bound after %.1f s, with %d MiB at most.%n",
          IMAGE,
          size(IMAGE) / (1 << 20),
          Fleet.seconds(run.firstBound()),
          run.peakRss() / (1 << 20));
    } finally {
      delete(moved);
    }
    System.exit(0);
  }

  private static Path cacheOf(Path image) {
    return image.resolve("operator").resolve(CACHE);
  }

  private static JavaCommand java(Path image) {
    return new JavaCommand(
        image.resolve("jre/bin/java").toAbsolutePath(),
        List.of("@" + image.resolve("operator/java.options"), AS_IN_A_POD),
        image.resolve("operator/quarkus-run.jar"));
  }

  /** Completes the image's files, which `src/main/docker/layout` made, with the cache. */
  public static void train() throws IOException {
    Path cache = cacheOf(IMAGE);
    train(java(IMAGE), cache);
    Files.writeString(MADE, "");
    // The time of all other files, so that the image is the same again, whatever made it.
    FileTime layouts = Files.getLastModifiedTime(IMAGE.resolve("operator/java.options"));
    Files.setLastModifiedTime(cache, layouts);
    Files.setLastModifiedTime(cache.getParent(), layouts);
  }

  static void train(JavaCommand java, Path cache) throws IOException {
    Files.deleteIfExists(cache);
    run(java.with("-XX:AOTCacheOutput=" + cache.toAbsolutePath()));
    if (!Files.exists(cache)) {
      throw new IllegalStateException("there is no " + cache);
    }
  }

  private static ColdStart run(JavaCommand java) {
    try (Stage stage = new Stage(100, java)) {
      ColdStart run = stage.course().start(List.of(Map.of())).awaitAllBound(Duration.ZERO, 8);
      stage.course().stop();
      return run;
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          // By its times the JVM knows that the cache is of these files.
          Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
