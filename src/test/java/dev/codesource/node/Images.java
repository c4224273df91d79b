package dev.codesource.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.codesource.cluster.Binaries;
import dev.codesource.cluster.CommandResult;
import dev.codesource.cluster.GoModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Images made by hand, as OCI archives: of the operator's files, and of programs of this machine.
 */
final class Images {

  /** The chart's default, as a kubelet spells it. */
  static final String OPERATOR =
      "docker.io/library/code-source-operator:" + chart("Chart.yaml").path("appVersion").asText();

  static final String SHELL = "docker.io/local/shell:1";
  static final String REGISTRY = "docker.io/local/registry:1";
  static final String BUILDKIT = "docker.io/local/buildkit:1";

  /** The chart's default for Jobs that build, as a kubelet spells it. */
  static final String ROOTLESS_BUILDKIT =
      "docker.io/" + chart("values.yaml").at("/operator/builds/buildkitImage").asText();

  private static final Map<String, Object> BUILDPACKS_USER = Map.of("User", "1000:1000");

  /** The exit code of {@code base-image} that says so. */
  static final int NO_MIRROR = 3;

  private static final Path SCRIPTS = Path.of("src/test/cluster").toAbsolutePath();
  private static final Path GIT = Path.of("/usr/lib/git-core");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Binaries binaries = new Binaries(System.getenv());
  private final Path folder;

  private static JsonNode chart(String file) {
    try {
      return new YAMLMapper().readTree(Path.of("helm/codesource-operator", file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param folder where archives are made
   */
  Images(Path folder) {
    this.folder = folder;
  }

  /** The files of {@link OperatorImage} on a base of Debian's packages, as the Dockerfile says. */
  Path operator() {
    Dockerfile dockerfile = Dockerfile.read();
    List<String> layers =
        dockerfile.copies().entrySet().stream()
            .map(copy -> copy.getKey() + ":" + copy.getValue().substring(1))
            .toList();
    Map<String, Object> configuration = new LinkedHashMap<>();
    configuration.put("User", dockerfile.user());
    configuration.put("WorkingDir", dockerfile.folder());
    configuration.put("Entrypoint", dockerfile.entrypoint());
    configuration.put(
        "ExposedPorts",
        dockerfile.ports().stream()
            .collect(Collectors.toMap(port -> port + "/tcp", p -> Map.of())));
    configuration.put(
        "Env",
        Stream.concat(
                // As distroless' base has them.
                Stream.of(
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"),
                dockerfile.environment().entrySet().stream()
                    .map(variable -> variable.getKey() + "=" + variable.getValue()))
            .toList());
    return image(
        OPERATOR,
        configuration,
        Stream.concat(Stream.of(base().toString()), layers.stream()).toArray(String[]::new));
  }

  /** Busybox, and a GitLab in shell for its web server. */
  Path shell() {
    Path files = newFolder("shell");
    busybox(files);
    copy(
        Path.of("src/test/resources/node/gitlab.cgi"),
        files.resolve("www/cgi-bin/gitlab"),
        "rwxr-xr-x");
    return image(SHELL, Map.of("Env", List.of("PATH=/bin")), files.toString());
  }

  /** The registry of the distribution project. */
  Path registry() {
    Path files = newFolder("registry");
    copy(binaries.find("registry"), files.resolve("registry"), "rwxr-xr-x");
    return image(REGISTRY, Map.of("Entrypoint", List.of("/registry")), files.toString());
  }

  /** BuildKit with git and runc. */
  Path buildKit() {
    Path base = base();
    Path files = newFolder("buildkit");
    busybox(files);
    for (String program : List.of("buildkitd", "buildctl")) {
      copy(binaries.find(program), files.resolve("bin").resolve(program), "rwxr-xr-x");
    }
    git(files);
    script("programs", Stream.of(files.toString(), "runc"));
    return image(
        BUILDKIT,
        Map.of("Env", List.of("PATH=/usr/sbin:/usr/bin:/bin")),
        base.toString(),
        files.toString());
  }

  /**
   * BuildKit for a user who is not root, as the stage {@code rootless} of its Dockerfile makes it.
   *
   * @param name as a kubelet spells it
   * @param registry to which it pushes over http, such as {@code registry.example.com:5000}
   */
  Path rootlessBuildKit(String name, String registry) {
    Path base = base();
    Path files = newFolder("rootless-buildkit");
    busybox(files);
    for (String program : List.of("buildkitd", "buildctl", "rootlesskit")) {
      copy(binaries.find(program), files.resolve("bin").resolve(program), "rwxr-xr-x");
    }
    copy(
        buildKitsModule().resolve("examples/buildctl-daemonless/buildctl-daemonless.sh"),
        files.resolve("bin/buildctl-daemonless.sh"),
        "rwxr-xr-x");
    git(files);
    script("programs", Stream.of(files.toString(), "runc"));
    mappingOfUsers(files);
    try {
      for (String folder : List.of("run/user/1000", "home/user/.local/tmp")) {
        Files.createDirectories(files.resolve(folder));
      }
      // They are the user's there; here every file is root's.
      for (String folder : List.of("tmp", "run/user/1000", "home/user", "home/user/.local/tmp")) {
        Files.setPosixFilePermissions(
            files.resolve(folder), PosixFilePermissions.fromString("rwxrwxrwx"));
      }
      for (String file : List.of("etc/passwd", "etc/group")) {
        Files.createDirectories(files.resolve(file).getParent());
        Files.writeString(
            files.resolve(file),
            Files.readString(base.resolve(file))
                + (file.equals("etc/group")
                    ? "user:x:1000:\n"
                    : "user:x:1000:1000:user:/home/user:/bin/sh\n"));
      }
      for (String file : List.of("etc/subuid", "etc/subgid")) {
        Files.writeString(files.resolve(file), "user:100000:65536\n");
      }
      Path settings = files.resolve("home/user/.config/buildkit/buildkitd.toml");
      Files.createDirectories(settings.getParent());
      Files.writeString(settings, "[registry.\"%s\"]\n  http = true\n".formatted(registry));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return image(
        name,
        Map.of(
            "User",
            "1000:1000",
            "Entrypoint",
            List.of("rootlesskit", "buildkitd"),
            "Env",
            List.of(
                "PATH=/usr/sbin:/usr/bin:/bin",
                "HOME=/home/user",
                "USER=user",
                "XDG_RUNTIME_DIR=/run/user/1000",
                "TMPDIR=/home/user/.local/tmp",
                "BUILDKIT_HOST=unix:///run/user/1000/buildkit/buildkitd.sock")),
        base.toString(),
        files.toString());
  }

  private static Path buildKitsModule() {
    return GoModule.folder(Path.of("src/test/buildkit"), "github.com/moby/buildkit").orElseThrow();
  }

  /**
   * The programs that give a user more than one number in a namespace of its own. Debian's have the
   * bit setuid and do not drop what the pod lacks, so that the kernel refuses them
   * (https://github.com/rootless-containers/rootlesskit/issues/404); with capabilities they work.
   */
  private static void mappingOfUsers(Path files) {
    CommandResult unpacked =
        CommandResult.of(
            Stream.concat(
                    Stream.of(SCRIPTS.resolve("packages").toString(), files.toString()),
                    // Those after the first are its libraries.
                    Stream.of(
                        "uidmap",
                        "libsubid4",
                        "libselinux1",
                        "libpcre2-8-0",
                        "libaudit1",
                        "libcap-ng0"))
                .toList(),
            Map.of(),
            "");
    Assumptions.assumeTrue(unpacked.exit() != NO_MIRROR, () -> lastLine(unpacked.stderr()));
    unpacked.orFail();
    Map.of("newuidmap", "cap_setuid=ep", "newgidmap", "cap_setgid=ep")
        .forEach(
            (program, capability) -> {
              Path file = files.resolve("usr/bin").resolve(program);
              try {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              // Of libcap2-bin, which iproute2 needs.
              CommandResult.of(List.of("/sbin/setcap", capability, file.toString()), Map.of(), "")
                  .orFail();
            });
  }

  /**
   * Git and a shell, under the name of another image.
   *
   * @param name as a kubelet spells it
   */
  Path git(String name) {
    Path base = base();
    Path files = newFolder("git");
    busybox(files);
    git(files);
    return image(
        name, Map.of("Env", List.of("PATH=/usr/bin:/bin")), base.toString(), files.toString());
  }

  /**
   * One of the programs of Tekton, Shipwright and kpack that {@code src/test/cluster/binaries}
   * builds, as ko lays it out.
   *
   * @param name such as {@code tekton-webhook}, of which the command is {@code webhook}
   */
  Path program(String name) {
    return program(name, "");
  }

  /**
   * As {@link #program(String)}, for a program that trusts an authority.
   *
   * @param certificate PEM
   */
  Path program(String name, String certificate) {
    Path files = program(name, newFolder(name));
    try {
      Path authorities = files.resolve("etc/ssl/certs/ca-certificates.crt");
      Files.createDirectories(authorities.getParent());
      Files.writeString(authorities, certificate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return image(
        "docker.io/local/" + name + ":1",
        Map.of("Entrypoint", List.of(command(name)), "User", "65532:65532"),
        files.toString());
  }

  /**
   * A program that runs in the pods of kpack's builds.
   *
   * @param name such as {@code kpack-completion}, of which the command is {@code completion}
   */
  Path kpackStep(String name) {
    Path files = newFolder(name);
    copy(
        binaries.find(name),
        files.resolve("cnb/process").resolve(name.replaceFirst("[^-]*-", "")),
        "rwxr-xr-x");
    return image(
        "docker.io/local/" + name + ":1", BUILDPACKS_USER, base().toString(), files.toString());
  }

  /**
   * A builder with the lifecycle and one buildpack, as kpack's ClusterBuilders make them
   * (https://github.com/buildpacks/spec/blob/main/platform.md).
   *
   * @param name in a registry, as kpack and the kubelet find it
   * @param runImage on which the images are built
   */
  Path kpackBuilder(String name, String runImage) {
    Path files = newFolder("kpack-builder");
    busybox(files);
    Path lifecycle = files.resolve("cnb/lifecycle");
    copy(binaries.find("lifecycle"), lifecycle.resolve("lifecycle"), "rwxr-xr-x");
    copy(binaries.find("launcher"), lifecycle.resolve("launcher"), "rwxr-xr-x");
    Path given = Path.of("src/test/resources/node/cnb");
    try (Stream<Path> all = Files.walk(given)) {
      for (String phase : List.of("analyzer", "detector", "restorer", "builder", "exporter")) {
        Files.createSymbolicLink(lifecycle.resolve(phase), Path.of("lifecycle"));
      }
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path to = files.resolve("cnb").resolve(given.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.writeString(to, Files.readString(file).replace("RUN_IMAGE", runImage));
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      Files.setPosixFilePermissions(
          files.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
      Map<String, Object> metadata =
          Map.of(
              "stack",
              Map.of("runImage", Map.of("image", runImage)),
              "lifecycle",
              Map.of(
                  "version",
                  "0.20.12",
                  "apis",
                  Map.of(
                      "buildpack", Map.of("supported", List.of("0.10")),
                      "platform", Map.of("supported", List.of("0.8", "0.9")))));
      Map<String, Object> configuration = new LinkedHashMap<>(BUILDPACKS_USER);
      configuration.put("Env", List.of("PATH=/bin", "CNB_USER_ID=1000", "CNB_GROUP_ID=1000"));
      configuration.put(
          "Labels",
          Map.of(
              "io.buildpacks.stack.id",
              "test",
              "io.buildpacks.builder.metadata",
              JSON.writeValueAsString(metadata)));
      return image(name, configuration, base().toString(), files.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An image on which kpack's builds build.
   *
   * @param name in a registry
   */
  Path kpackRun(String name) {
    Path files = newFolder("kpack-run");
    busybox(files);
    Map<String, Object> configuration = new LinkedHashMap<>(BUILDPACKS_USER);
    configuration.put("Labels", Map.of("io.buildpacks.stack.id", "test"));
    return image(name, configuration, files.toString());
  }

  /**
   * Shipwright's program that clones, with git and a base whose trust store has one authority more.
   *
   * @param certificate PEM
   */
  Path shipwrightGit(String certificate) {
    String name = "shipwright-git";
    Path base = base();
    Path files = program(name, newFolder(name));
    busybox(files);
    git(files);
    try {
      Path authorities = Path.of("etc/ssl/certs/ca-certificates.crt");
      Files.createDirectories(files.resolve(authorities).getParent());
      Files.writeString(
          files.resolve(authorities), Files.readString(base.resolve(authorities)) + certificate);
      // It asks for the versions of these before it begins, and needs neither for https without
      // LFS.
      for (String unused : List.of("ssh", "git-lfs")) {
        Path link = files.resolve("bin").resolve(unused);
        Files.deleteIfExists(link);
        Files.writeString(link, "#!/bin/sh\n");
        Files.setPosixFilePermissions(link, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return image(
        "docker.io/local/" + name + ":1",
        Map.of(
            "Entrypoint", List.of(command(name)), "Env", List.of("PATH=/usr/sbin:/usr/bin:/bin")),
        base.toString(),
        files.toString());
  }

  private Path program(String name, Path files) {
    copy(binaries.find(name), files.resolve(command(name).substring(1)), "rwxr-xr-x");
    return files;
  }

  private static String command(String name) {
    return "/ko-app/"
        + (name.equals("shipwright-build-controller") ? name : name.replaceFirst("[^-]*-", ""));
  }

  /** The files of the base image; aborts the test where its packages cannot be had. */
  Path base() {
    Path base = folder.resolve("base");
    if (Files.notExists(base)) {
      CommandResult made = baseImage(base, Map.of());
      Assumptions.assumeTrue(made.exit() != NO_MIRROR, () -> lastLine(made.stderr()));
      made.orFail();
    }
    return base;
  }

  /** Makes the files of the base image; {@link #NO_MIRROR} where its packages cannot be had. */
  static CommandResult baseImage(Path folder, Map<String, String> environment) {
    return CommandResult.of(
        List.of(SCRIPTS.resolve("base-image").toString(), folder.toString()), environment, "");
  }

  private static String lastLine(String text) {
    return text.strip().replaceFirst("(?s).*\n", "");
  }

  private static void git(Path files) {
    script(
        "programs",
        Stream.concat(
            Stream.of(files.toString(), "git"),
            Stream.of(
                    "git",
                    "git-remote-http",
                    "git-remote-https",
                    "git-submodule",
                    "git-sh-setup",
                    "git-sh-i18n",
                    "git-sh-i18n--envsubst")
                .map(name -> GIT.resolve(name).toString())));
  }

  /** A program that needs nothing else in its image. */
  static Path busybox() {
    return installed("busybox");
  }

  private static void busybox(Path files) {
    try {
      Path bin = Files.createDirectories(files.resolve("bin"));
      Path busybox = bin.resolve("busybox");
      copy(busybox(), busybox, "rwxr-xr-x");
      for (String applet :
          CommandResult.of(List.of(busybox.toString(), "--list"), Map.of(), "")
              .orFail()
              .stdout()
              .lines()
              .toList()) {
        Path link = bin.resolve(applet);
        if (Files.notExists(link)) {
          Files.createSymbolicLink(link, Path.of("busybox"));
        }
      }
      // What a container writes goes here, if its root is writable.
      Files.createDirectories(files.resolve("tmp"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path installed(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(each -> Path.of(each, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(program + " is not installed"));
  }

  private Path newFolder(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to, String permissions) {
    try {
      Files.createDirectories(to.getParent());
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(to, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path image(String name, Map<String, ?> configuration, String... layers) {
    Path archive = folder.resolve(name.replaceAll("[/:]", "_") + ".tar");
    try {
      script(
          "image",
          Stream.concat(
              Stream.of(name, archive.toString(), JSON.writeValueAsString(configuration)),
              Stream.of(layers)));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
    return archive;
  }

  private static void script(String name, Stream<String> arguments) {
    CommandResult.of(
            Stream.concat(Stream.of(SCRIPTS.resolve(name).toString()), arguments).toList(),
            Map.of(),
            "")
        .orFail();
  }
}
