package dev.codesource.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.codesource.cluster.CommandResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image that Jib makes has what the Dockerfile copies and sets. Both are compared without a
 * base, since none can be had everywhere.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageIT {

  private final Dockerfile dockerfile = Dockerfile.read();
  private final Map<String, Entry> files = new TreeMap<>();
  private JsonNode settings;

  /**
   * A file of an image.
   *
   * @param digest of what is in it; empty for a folder
   * @param executable whether those who own nothing of it may execute it, or enter it
   * @param seconds the time of the last change, since 1970
   */
  private record Entry(String digest, boolean readable, boolean executable, long seconds) {}

  @BeforeAll
  void makeItWithJib(@TempDir Path folder) throws IOException {
    OperatorImage.make();
    Path archive = folder.resolve("jib.tar");
    CommandResult.of(
            List.of(
                "mvn",
                "-B",
                "-q",
                "jib:buildTar",
                "-Djib.from.image=scratch",
                "-Djib.outputPaths.tar=" + archive),
            Map.of("JAVA_HOME", System.getProperty("java.home")),
            "")
        .orFail();
    // As `docker save` writes it: layers, a configuration, and a manifest that lists them.
    Map<String, byte[]> contents = new TreeMap<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        contents.put(entry.getName(), tar.readAllBytes());
      }
    }
    JsonMapper json = JsonMapper.builder().build();
    JsonNode manifest = json.readTree(contents.get("manifest.json")).path(0);
    settings = json.readTree(contents.get(manifest.path("Config").asText())).path("config");
    for (JsonNode layer : manifest.path("Layers")) {
      try (InputStream packed =
          new GZIPInputStream(new ByteArrayInputStream(contents.get(layer.asText())))) {
        read(new TarArchiveInputStream(packed));
      }
    }
  }

  private void read(TarArchiveInputStream layer) throws IOException {
    for (TarArchiveEntry entry; (entry = layer.getNextEntry()) != null; ) {
      assertThat(List.of(entry.getLongUserId(), entry.getLongGroupId()))
          .as(entry.getName())
          .containsOnly(0L);
      assertThat(entry.isFile() || entry.isDirectory()).as(entry.getName()).isTrue();
      files.put(
          "/" + entry.getName().replaceFirst("/$", ""),
          new Entry(
              entry.isDirectory() ? "" : Registry.digest(layer.readAllBytes()),
              (entry.getMode() & 4) != 0,
              (entry.getMode() & 1) != 0,
              entry.getLastModifiedTime().toMillis() / 1000));
    }
  }

  @Test
  void filesAreTheSameWithTheSameTimes() throws IOException {
    Map<String, Entry> copied = new TreeMap<>();
    for (var copy : dockerfile.copies().entrySet()) {
      Path from = Path.of(copy.getKey());
      try (Stream<Path> found = Files.walk(from)) {
        for (Path file : found.toList()) {
          String relative = from.relativize(file).toString();
          copied.put(copy.getValue() + (relative.isEmpty() ? "" : "/" + relative), entry(file));
        }
      }
    }

    assertThat(copied).hasSizeGreaterThan(100);
    assertThat(files.keySet()).isEqualTo(copied.keySet());
    assertThat(
            copied.entrySet().stream()
                .filter(file -> !file.getValue().equals(files.get(file.getKey())))
                .map(file -> "%s, by Jib %s".formatted(file, files.get(file.getKey()))))
        .isEmpty();
  }

  /** As COPY takes it; Jib follows links, such as those among license texts. */
  private static Entry entry(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    return new Entry(
        Files.isDirectory(file) ? "" : Registry.digest(Files.readAllBytes(file)),
        permissions.contains(PosixFilePermission.OTHERS_READ),
        permissions.contains(PosixFilePermission.OTHERS_EXECUTE),
        Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis() / 1000);
  }

  @Test
  void settingsAreTheSame() {
    assertThat(settings.path("User").asText()).isEqualTo(dockerfile.user());
    assertThat(settings.path("WorkingDir").asText()).isEqualTo(dockerfile.folder());
    assertThat(texts(settings.path("Entrypoint"))).isEqualTo(dockerfile.entrypoint());
    assertThat(texts(settings.path("Env")))
        .isEqualTo(
            dockerfile.environment().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList());
    assertThat(settings.path("ExposedPorts").fieldNames())
        .toIterable()
        .containsExactlyElementsOf(dockerfile.ports().stream().map(port -> port + "/tcp").toList());
    // The Dockerfile has none, nor a command, volumes or a health check.
    assertThat(settings.fieldNames())
        .toIterable()
        .filteredOn(name -> !settings.path(name).isEmpty() || settings.path(name).isValueNode())
        .containsExactlyInAnyOrder("User", "WorkingDir", "Entrypoint", "Env", "ExposedPorts");
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
