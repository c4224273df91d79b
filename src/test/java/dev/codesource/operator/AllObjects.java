package dev.codesource.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.codesource.cluster.Cluster;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** All that an API server shows. */
public final class AllObjects {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private AllObjects() {}

  /**
   * Every object, by kind, as JSON.
   *
   * @param isLeftOut which Secrets are not among them
   */
  public static Map<String, String> byKind(Cluster cluster, Predicate<JsonNode> isLeftOut)
      throws IOException {
    Map<String, String> objects = new LinkedHashMap<>();
    for (String kind :
        cluster
            .kubectl("api-resources", "--verbs=list", "-o", "name")
            .orFail()
            .stdout()
            .lines()
            .toList()) {
      String json =
          cluster
              .kubectl("get", kind, "-A", "-o", "json", "--show-managed-fields")
              .orFail()
              .stdout();
      objects.put(kind, kind.equals("secrets") ? without(json, isLeftOut) : json);
    }
    return objects;
  }

  private static String without(String json, Predicate<JsonNode> isLeftOut) throws IOException {
    StringBuilder others = new StringBuilder();
    for (JsonNode secret : JSON.readTree(json).path("items")) {
      if (!isLeftOut.test(secret)) {
        others.append(secret);
      }
    }
    return others.toString();
  }
}
