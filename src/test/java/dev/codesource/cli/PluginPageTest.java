package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code docs/plugin.md} has the help of each command, word for word. */
class PluginPageTest {

  private static final String BEGIN =
      "<!-- From here on made from the help of the commands; PluginPageTest compares it. -->\n";

  @Test
  void thePageIsTheHelpOfTheCommands() throws IOException {
    String page = Files.readString(Path.of("docs/plugin.md"));
    String head = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
    String wanted = head + commands();
    // To be copied where this test fails.
    Files.writeString(Files.createDirectories(Path.of("target")).resolve("plugin.md"), wanted);

    assertThat(page).isEqualTo(wanted);
  }

  private static String commands() {
    Terminal terminal = new Terminal(System.out, System.err, System.in, new Prompt.Nobody());
    StringBuilder page = new StringBuilder();
    add(page, Main.commandLine(new Plugin(terminal, Map.of())));
    return page.toString();
  }

  private static void add(StringBuilder page, CommandLine command) {
    page.append("\n## ")
        .append(command.getCommandSpec().qualifiedName())
        .append("\n\n```\n")
        .append(
            String.join(
                "\n", command.getUsageMessage().lines().map(String::stripTrailing).toList()))
        .append("\n```\n");
    // By their aliases they are there twice.
    Set<CommandLine> all = new LinkedHashSet<>(command.getSubcommands().values());
    all.forEach(each -> add(page, each));
  }
}
