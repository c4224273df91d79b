package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start of the plug-in is short because it loads little. */
class LoadedClassesTest {

  private static final Pattern OF_THE_DOCTOR =
      Pattern.compile(
          "(dev\\.codesource\\.(http|codehost|credential|verification|runtime)|io\\.(vertx|netty|fabric8))\\.\\S+");

  @Test
  void onlyTheDoctorLoadsWhatKnowsCodeHosts(@TempDir Path folder)
      throws IOException, InterruptedException {
    ScriptedKubectl kubectl =
        new ScriptedKubectl(folder)
            .answer(
                "get codesourcebindings.codesource.dev --output",
                Answers.list(Answers.bound("gitlab")));

    String loaded = loaded(kubectl, "list");

    assertThat(loaded).contains("dev.codesource.cli.ListCommand");
    assertThat(OF_THE_DOCTOR.matcher(loaded).results().map(found -> found.group())).isEmpty();
    String site = "https://git.example.com";
    Doctored.answering(kubectl, Doctored.binding(site, Doctored.healthy(site)));
    assertThat(OF_THE_DOCTOR.matcher(loaded(kubectl, "doctor", "gitlab", "--no-host")).find())
        .isTrue();
  }

  private static String loaded(ScriptedKubectl kubectl, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KUBECTL", kubectl.program().toString());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return out;
  }
}
