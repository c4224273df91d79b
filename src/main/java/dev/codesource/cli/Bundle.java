package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What somebody needs who helps and does not see the cluster: one JSON document.
 *
 * @param content without what is secret
 */
record Bundle(JsonNode content) {

  static Bundle of(
      Kubectl kubectl,
      ClusterChecks cluster,
      Diary diary,
      String name,
      Optional<Examination> examination) {
    ObjectNode all = Json.TREES.createObjectNode();
    all.put("madeAt", Instant.now().toString());
    ObjectNode versions = all.putObject("versions");
    versions.put(
        "plugin",
        Objects.requireNonNullElse(
            Bundle.class.getPackage().getImplementationVersion(), "development"));
    versions.put("kubernetes", cluster.version());
    cluster.served().forEach(versions.putArray("api")::add);
    all.set("report", Report.json(diary));
    examination.ifPresent(
        each -> {
          all.set("binding", each.binding().isMissingNode() ? all.nullNode() : each.binding());
          diary.triggers().forEach(all.putArray("triggers")::add);
          all.set("events", events(kubectl, name));
        });
    JsonNode secret = examination.map(Examination::secret).orElseGet(Json.TREES::missingNode);
    return new Bundle(new Redaction(secret).of(all));
  }

  private static JsonNode events(Kubectl kubectl, String name) {
    try {
      return Json.at(
          kubectl.read(List.of("get", "events", "--field-selector=involvedObject.name=" + name)),
          "items");
    } catch (Failure failure) {
      return Json.TREES.createArrayNode().add(failure.sentence());
    }
  }

  /** Writes a file that only its owner may read. A file that exists is not replaced. */
  void write(String file, Terminal terminal) {
    try {
      Path path = Path.of(file);
      boolean isPosix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
      FileAttribute<?>[] attributes =
          isPosix
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
              }
              : new FileAttribute<?>[0];
      Files.writeString(Files.createFile(path, attributes), content.toPrettyString() + "\n");
    } catch (FileAlreadyExistsException e) {
      throw Failure.failed("The file %s exists, and is not replaced.".formatted(file));
    } catch (IOException | InvalidPathException e) {
      throw Failure.failed("The file %s cannot be written.".formatted(file));
    }
    terminal.say("Wrote %s. Read it before you send it.".formatted(file));
  }
}
