package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cluster.CommandResult;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scripts of {@code completion}, in the shells themselves. A program stands for the installed
 * plug-in: it runs the classes of this build, and notes what a completed line runs.
 */
class ShellsTest {

  private final Path folder;

  ShellsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void install() throws IOException {
    ScriptedKubectl kubectl =
        new ScriptedKubectl(Files.createDirectory(folder.resolve("scripted")))
            .answer("^get codesourcebindings", "codesourcebinding.codesource.dev/gitlab\n")
            .answer("^get codesourcetriggers", "codesourcetrigger.codesource.dev/shop\n");
    Path program =
        Files.writeString(
            folder.resolve("kubectl-codesource"),
            """
            #!/bin/sh
            case $1 in
            __complete | completion) KUBECTL='%s' exec '%s' -XX:TieredStopAtLevel=1 -cp '%s' dev.codesource.cli.Main "$@" ;;
            *) printf '%%s\\n' "$*" >>'%s' ;;
            esac
            """
                .formatted(
                    kubectl.program(),
                    Path.of(System.getProperty("java.home"), "bin", "java"),
                    System.getProperty("java.class.path"),
                    folder.resolve("ran")));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  /** Skips the test where a shell is missing: see docs/testing.md for its package. */
  private CommandResult shell(String name, String script) throws IOException {
    boolean isThere =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(each -> Files.isExecutable(Path.of(each, name)));
    Assumptions.assumeTrue(
        isThere, name + " is missing: install the package " + name + ", as docs/testing.md says");
    Path file = Files.writeString(folder.resolve("script." + name), script);
    return CommandResult.of(
            List.of(name, file.toString()),
            Map.of(
                "PATH",
                folder + ":" + System.getenv("PATH"),
                "HOME",
                folder.toString(),
                "TERM",
                "dumb"),
            "")
        .orFail();
  }

  private static final String BASH =
      """
      source <(kubectl-codesource completion bash)
      complete_line() {
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _kubectl_codesource
        echo "${COMPREPLY[*]}"
      }
      """;

  @Test
  void bashCompletesCommandsAndNames() throws IOException {
    assertThat(
            shell(
                    "bash",
                    BASH
                        + """
                        complete -p kubectl-codesource
                        complete_line kubectl-codesource trigger expl
                        complete_line kubectl-codesource get g
                        complete_line kubectl-codesource list --output = w
                        complete_line kubectl-codesource list --output =
                        """)
                .stdout())
        .isEqualTo(
            """
            complete -F _kubectl_codesource kubectl-codesource
            explain
            gitlab
            wide
            table wide json yaml name
            """);
  }

  @Test
  void bashCompletesFilesWhereAFileIsMeant() throws IOException {
    Path files = Files.createDirectory(folder.resolve("files"));
    Files.writeString(files.resolve("token.txt"), "");

    assertThat(
            shell(
                    "bash",
                    BASH
                        + """
                        cd '%s'
                        complete_line kubectl-codesource bind --token-file tok
                        complete_line kubectl-codesource bind --token-file =
                        """
                            .formatted(files))
                .stdout())
        .isEqualTo("token.txt\ntoken.txt\n");
  }

  @Test
  void fishCompletesCommandsAndNames() throws IOException {
    assertThat(
            shell(
                    "fish",
                    """
                    kubectl-codesource completion fish | source
                    complete -C 'kubectl-codesource trigger expl'
                    complete -C 'kubectl-codesource get g'
                    complete -C 'kubectl-codesource list --output=w'
                    """)
                .stdout())
        .startsWith("explain\tSay which rules of a trigger match")
        .endsWith("\ngitlab\n--output=wide\n");
  }

  /** In a terminal of its own, as a person types it. */
  @Test
  void zshCompletesCommandsAndNames() throws IOException {
    shell(
        "zsh",
        """
        zmodload zsh/zpty
        zpty child zsh -f -i
        run() {
          local text
          zpty -w -n child "$1"$'\\n'
          repeat 600; do
            [[ -e '%1$s/ran' && $(wc -l <'%1$s/ran') -ge $2 ]] && return
            zpty -r -t child text
            sleep 0.1
          done
        }
        zpty -w -n child $'PS1= RPS1=; unsetopt beep; autoload -Uz compinit; compinit -u -D; source <(kubectl-codesource completion zsh)\\n'
        run $'kubectl-codesource trigger expl\\tsh\\tmain' 1
        run $'kubectl-codesource list --output=w\\t' 2
        zpty -d child
        """
            .formatted(folder));

    assertThat(folder.resolve("ran"))
        .content()
        .isEqualToNormalizingWhitespace("trigger explain shop main list --output=wide");
  }
}
