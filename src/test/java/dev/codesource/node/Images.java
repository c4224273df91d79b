package dev.codesource.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.codesource.cluster.Binaries;
import dev.codesource.cluster.CommandResult;
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
  static final String OPERATOR = "docker.io/library/code-source-operator:" + chartsVersion();

  static final String SHELL = "docker.io/local/shell:1";
  static final String REGISTRY = "docker.io/local/registry:1";
  static final String BUILDKIT = "docker.io/local/buildkit:1";

  /** The exit code of {@code base-image} that says so. */
  static final int NO_MIRROR = 3;

  private static final Path SCRIPTS = Path.of("src/test/cluster").toAbsolutePath();
  private static final Path GIT = Path.of("/usr/lib/git-core");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Binaries binaries = new Binaries(System.getenv());
  private final Path folder;

  private static String chartsVersion() {
    try {
      return new YAMLMapper()
          .readTree(Path.of("helm/codesource-operator/Chart.yaml").toFile())
          .path("appVersion")
          .asText();
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
   * One of the programs of Tekton, Shipwright and kpack that {@code src/test/cluster/binaries}
   * builds, as ko lays it out.
   *
   * @param name such as {@code tekton-webhook}, of which the command is {@code webhook}
   */
  Path program(String name) {
    return image(
        "docker.io/local/" + name + ":1",
        Map.of("Entrypoint", List.of(command(name)), "User", "65532:65532"),
        program(name, newFolder(name)).toString());
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

  private static void busybox(Path files) {
    try {
      Path bin = Files.createDirectories(files.resolve("bin"));
      Path busybox = bin.resolve("busybox");
      copy(installed("busybox"), busybox, "rwxr-xr-x");
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
