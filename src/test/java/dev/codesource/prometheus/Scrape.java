package dev.codesource.prometheus;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The samples of one scrape, with the labels that Prometheus adds to those that lack them ({@code
 * honor_labels}).
 */
public record Scrape(List<Sample> samples) {

  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:]+)(?:\\{(.*)})? ([-+.0-9eE]+)(?: # .*)?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** One line of a scrape. */
  public record Sample(String metric, Map<String, String> labels, BigDecimal value) {}

  /**
   * Reads what a page of metrics says; values that are no number are left out.
   *
   * @param target the labels of the target
   */
  public static Scrape of(String page, Map<String, String> target) {
    return new Scrape(
        page.lines()
            .map(SAMPLE::matcher)
            .filter(Matcher::matches)
            .map(line -> sample(line, target))
            .toList());
  }

  private static Sample sample(Matcher line, Map<String, String> target) {
    Map<String, String> labels = new TreeMap<>(target);
    if (line.group(2) != null) {
      LABEL
          .matcher(line.group(2))
          .results()
          .forEach(each -> labels.put(each.group(1), each.group(2)));
    }
    return new Sample(line.group(1), labels, new BigDecimal(line.group(3)));
  }

  /** As the input of a test of promtool: each value grows by one a minute. */
  public String series() {
    return samples.stream()
        .map(
            sample ->
                "- {series: '%s', values: '%s+1x30'}\n"
                    .formatted(
                        (sample.metric() + labels(sample)).replace("'", "''"),
                        sample.value().toPlainString()))
        .collect(Collectors.joining());
  }

  private static String labels(Sample sample) {
    return sample.labels().entrySet().stream()
        .map(label -> label.getKey() + "=\"" + label.getValue() + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** The labels of the metrics whose names are in an expression. */
  public Set<String> labelsOf(String expression) {
    return samples.stream()
        .filter(
            sample -> Pattern.compile("\\b" + sample.metric() + "\\b").matcher(expression).find())
        .flatMap(sample -> sample.labels().keySet().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
