package dev.codesource.cli;

import java.util.ArrayList;
import java.util.List;

/** A table as kubectl prints it: columns in capitals, three blanks between them. */
final class Table {

  private static final int GAP = 3;

  private final List<List<String>> rows = new ArrayList<>();

  Table(List<String> columns) {
    rows.add(columns);
  }

  /** Adds a row; an empty cell is shown as it is. */
  void add(List<String> cells) {
    rows.add(cells.stream().map(Visible::line).toList());
  }

  /** Whether there is no row besides the columns. */
  boolean isEmpty() {
    return rows.size() == 1;
  }

  /** The lines, without blanks at their ends. */
  List<String> lines() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      line.append(cell).repeat(" ", widths[i] - width(cell) + GAP);
    }
    return line.toString().stripTrailing();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
