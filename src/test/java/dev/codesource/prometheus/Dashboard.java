package dev.codesource.prometheus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The queries of the chart's Grafana dashboard, with Grafana's own variables replaced. */
public final class Dashboard {

  private static final Path FILE =
      Path.of("helm/codesource-operator/files/dashboards/codesource-operator.json");

  private Dashboard() {}

  /**
   * One query.
   *
   * @param panel the panel's title
   * @param legend what a line is called; may name labels
   */
  public record Query(String panel, String expression, String legend) {}

  /** All queries of all panels. */
  public static List<Query> queries() {
    List<Query> queries = new ArrayList<>();
    for (JsonNode panel : read().path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(
            new Query(
                panel.path("title").asText(),
                target
                    .path("expr")
                    .asText()
                    .replace("$__rate_interval", "5m")
                    .replace("$job", ".*"),
                target.path("legendFormat").asText()));
      }
    }
    return queries;
  }

  /** The only query of the panel with this title. */
  public static Query query(String panel) {
    List<Query> found = queries().stream().filter(each -> each.panel().equals(panel)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " queries in the panel " + panel);
    }
    return found.getFirst();
  }

  private static JsonNode read() {
    try {
      return new ObjectMapper().readTree(FILE.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
