package dev.codesource.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code kubectl get} prints, by the names of its columns. */
public record KubectlTable(List<String> columns, List<Map<String, String>> rows) {

  /** A column's name, and what stands under it until the next one begins. */
  private static final Pattern COLUMN = Pattern.compile("\\S+(?: \\S+)*\\s*");

  public static KubectlTable read(String printed) {
    List<String> lines = printed.lines().toList();
    List<String> columns = new ArrayList<>();
    List<Integer> begins = new ArrayList<>();
    Matcher column = COLUMN.matcher(lines.getFirst());
    while (column.find()) {
      columns.add(column.group().strip());
      begins.add(column.start());
    }
    List<Map<String, String>> rows =
        lines.stream().skip(1).map(line -> row(line, columns, begins)).toList();
    return new KubectlTable(List.copyOf(columns), rows);
  }

  private static Map<String, String> row(String line, List<String> columns, List<Integer> begins) {
    Map<String, String> row = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      int begin = Math.min(begins.get(i), line.length());
      int end = i + 1 < columns.size() ? Math.min(begins.get(i + 1), line.length()) : line.length();
      row.put(columns.get(i), line.substring(begin, end).strip());
    }
    return row;
  }

  /** The only row. */
  public Map<String, String> row() {
    if (rows.size() != 1) {
      throw new AssertionError("one row was expected: " + rows);
    }
    return rows.getFirst();
  }
}
