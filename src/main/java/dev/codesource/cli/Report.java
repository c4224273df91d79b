package dev.codesource.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.cli.doctor.Finding;
import dev.codesource.cli.doctor.Finding.Level;
import java.util.List;

/** Prints findings. */
record Report(Terminal terminal) {

  private static final String INDENT = " ".repeat(20);

  void print(Diary diary, boolean asJson) {
    if (asJson) {
      terminal.print(json(diary).toPrettyString());
      return;
    }
    diary.findings().forEach(this::print);
    terminal.print("");
    terminal.print(
        diary
            .firstCause()
            .map(cause -> "First cause: %s".formatted(cause.id()))
            .orElse("Nothing is wrong."));
  }

  private void print(Finding finding) {
    Mark mark =
        switch (finding.level()) {
          case GOOD -> Mark.GOOD;
          case UNKNOWN -> Mark.NONE;
          case WARNING -> Mark.NOTE;
          case ERROR -> Mark.BAD;
        };
    String id = finding.id().isEmpty() ? "" : finding.id() + ": ";
    terminal.print(
        "%s %-17s %s%s"
            .formatted(
                terminal.mark(mark),
                finding.check(),
                Visible.line(id),
                Visible.line(finding.sentence())));
    for (String more : List.of(finding.remedy(), finding.command())) {
      if (!more.isEmpty()) {
        terminal.print(INDENT + Visible.line(more));
      }
    }
  }

  static ObjectNode json(Diary diary) {
    ObjectNode report = JsonNodeFactory.instance.objectNode();
    report.put("firstCause", diary.firstCause().map(Finding::id).orElse(""));
    ArrayNode findings = report.putArray("findings");
    diary
        .findings()
        .forEach(
            each ->
                findings
                    .addObject()
                    .put("check", each.check())
                    .put("level", level(each.level()))
                    .put("id", each.id())
                    .put("sentence", each.sentence())
                    .put("remedy", each.remedy())
                    .put("command", each.command()));
    return report;
  }

  private static String level(Level level) {
    return switch (level) {
      case GOOD -> "good";
      case UNKNOWN -> "unknown";
      case WARNING -> "warning";
      case ERROR -> "error";
    };
  }
}
