package dev.codesource.builder;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Jobs that build, as the API server has them. */
final class Jobs {

  private Jobs() {}

  /**
   * The Job of {@link Orders#order()}.
   *
   * @param annotations other ones than its own
   * @param metadata more of its metadata, which begins with a comma
   */
  static String json(Map<String, String> annotations, String metadata, String status) {
    BuildOrder order = Orders.order();
    Map<String, String> all = new LinkedHashMap<>(RunMetadata.annotations(order));
    all.putAll(annotations);
    return json(RunMetadata.labels(order), all, metadata, status);
  }

  static String json(
      Map<String, String> labels, Map<String, String> annotations, String metadata, String status) {
    BuildOrder order = Orders.order();
    return """
        {"apiVersion":"batch/v1","kind":"Job","metadata":{
          "name":"%s","namespace":"team-a","uid":"job-uid","resourceVersion":"1",
          "creationTimestamp":"2026-11-30T06:08:00Z",
          "labels":{%s},"annotations":{%s},
          "ownerReferences":[{"apiVersion":"v1","kind":"Other","name":"x","uid":"y"},
            {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceTrigger","name":"%s","uid":"%s","controller":true}]
          %s},"spec":{},"status":%s}"""
        .formatted(
            order.name(),
            fields(labels),
            fields(annotations),
            order.owner().getName(),
            order.owner().getUid(),
            metadata,
            status);
  }

  private static String fields(Map<String, String> values) {
    return values.entrySet().stream()
        .map(entry -> "\"%s\":\"%s\"".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(","));
  }
}
