package dev.codesource.node;

import dev.codesource.cluster.GoModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A project that builds from repositories. Its manifests are those of its Go module, in the version
 * of the {@code go.mod} here.
 */
enum Builder {
  TEKTON("tekton", "github.com/tektoncd/pipeline"),
  SHIPWRIGHT("shipwright", "github.com/shipwright-io/build"),
  KPACK("kpack", "github.com/pivotal/kpack");

  /** How ko names an image that it makes of a program, {@code ko://…/cmd/webhook}. */
  private static final Pattern KO = Pattern.compile("ko://[\\w./-]*/cmd/([\\w-]+)");

  private final String name;
  private final String module;

  Builder(String name, String module) {
    this.name = name;
    this.module = module;
  }

  /** Where the project's manifests are; empty where there is no Go to get them. */
  Optional<Path> manifests() {
    return GoModule.folder(Path.of("src/test", name), module)
        .map(folder -> folder.resolve(this == SHIPWRIGHT ? "deploy" : "config"));
  }

  /** The files with CRDs. */
  List<Path> crds() {
    try (Stream<Path> files = Files.walk(manifests().orElseThrow())) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> text(file).contains("kind: CustomResourceDefinition"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The documents of these files, with the images that {@link Images#program} makes. */
  String install(String... files) {
    return Stream.of(files)
        .map(file -> text(manifests().orElseThrow().resolve(file)))
        .map(text -> KO.matcher(text).replaceAll(command -> image(command.group(1))))
        .collect(Collectors.joining("\n---\n"));
  }

  /** A file of the project, by its path from the manifests. */
  String file(String path) {
    return text(manifests().orElseThrow().resolve(path));
  }

  /** As {@code src/test/cluster/binaries} names its programs. */
  private String image(String command) {
    return "local/" + (command.startsWith(name) ? command : name + "-" + command) + ":1";
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
