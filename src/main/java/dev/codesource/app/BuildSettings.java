package dev.codesource.app;

import static dev.codesource.app.SettingException.reading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.TriggerRules;
import dev.codesource.builder.RunKind;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The settings of builds in the cluster.
 *
 * @param kinds of objects that the operator may create; empty: none
 * @param serviceAccounts the names that {@code spec.serviceAccountName} of a trigger may have, at
 *     least one
 * @param maxConcurrentPerNamespace builds in progress, from 1 to 1000
 * @param buildkitImage of the Jobs of BuildKit
 * @param buildkitResources of their container, as a pod has them: {@code requests} and {@code
 *     limits}, or one of them, or nothing; quantities by resource
 * @param clusterRolePrefix with what the names of the chart's ClusterRoles for builders begin
 */
record BuildSettings(
    Set<RunKind> kinds,
    Set<String> serviceAccounts,
    int maxConcurrentPerNamespace,
    String buildkitImage,
    Map<String, Map<String, String>> buildkitResources,
    String clusterRolePrefix) {

  private static final int MOST_CONCURRENT = 1000;

  /** Of the chart; that of a kind is {@link RunKind#builder}, in lower case. */
  private static final String BUILDERS = "Tekton, Shipwright, Kpack and BuildKit";

  /** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/: a DNS subdomain. */
  private static final Pattern ACCOUNT =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private static final Pattern IMAGE = Pattern.compile(TriggerRules.REFERENCE);
  private static final Set<String> RESOURCES = Set.of("requests", "limits");
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads all of them.
   *
   * @throws SettingException if a setting is wrong
   */
  static BuildSettings of(Settings settings) {
    Settings.Builds builds = settings.builds();
    return new BuildSettings(
        reading("builders", () -> kinds(settings.builders().orElse(List.of()))),
        reading("builds.service-accounts", () -> accounts(builds.serviceAccounts())),
        reading(
            "builds.max-concurrent-per-namespace",
            () -> concurrent(builds.maxConcurrentPerNamespace())),
        reading("builds.buildkit-image", () -> image(builds.buildkitImage())),
        reading(
            "builds.buildkit-resources",
            () -> builds.buildkitResources().map(BuildSettings::resources).orElse(Map.of())),
        builds.clusterRolePrefix());
  }

  private static Set<RunKind> kinds(List<String> builders) {
    Set<RunKind> kinds = EnumSet.noneOf(RunKind.class);
    for (String builder : builders) {
      boolean known = false;
      for (RunKind kind : RunKind.values()) {
        if (kind.builder().equalsIgnoreCase(builder)) {
          kinds.add(kind);
          known = true;
        }
      }
      require(known, "%s is no builder; there are %s.".formatted(builder, BUILDERS));
    }
    return Collections.unmodifiableSet(kinds);
  }

  private static Set<String> accounts(List<String> names) {
    require(!names.isEmpty(), "At least one name is needed.");
    for (String name : names) {
      require(
          ACCOUNT.matcher(name).matches(), "%s is no name of a ServiceAccount.".formatted(name));
      require(
          !name.equals("default"),
          "Every pod that names no ServiceAccount has default, and could create builds.");
    }
    return Collections.unmodifiableSet(new LinkedHashSet<>(names));
  }

  private static int concurrent(int value) {
    require(
        value >= 1 && value <= MOST_CONCURRENT,
        "It must be from 1 to %d.".formatted(MOST_CONCURRENT));
    return value;
  }

  private static String image(String value) {
    require(
        IMAGE.matcher(value).matches(),
        "%s is no image; write it as moby/buildkit:v0.32.0-rootless.".formatted(value));
    return value;
  }

  private static Map<String, Map<String, String>> resources(String text) {
    Map<String, Map<String, String>> resources = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : json(text).properties()) {
      require(
          RESOURCES.contains(each.getKey()) && each.getValue().isObject(),
          "It has the objects requests and limits, and nothing else.");
      Map<String, String> quantities = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> resource : each.getValue().properties()) {
        quantities.put(resource.getKey(), quantity(resource.getKey(), resource.getValue()));
      }
      resources.put(each.getKey(), Collections.unmodifiableMap(quantities));
    }
    return Collections.unmodifiableMap(resources);
  }

  private static JsonNode json(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      require(json.isObject(), "It must be an object in JSON.");
      return json;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("It must be an object in JSON.", e);
    }
  }

  private static String quantity(String resource, JsonNode value) {
    String text = value.asText();
    try {
      Quantity.getAmountInBytes(new Quantity(text));
      return text;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s of %s is no quantity; write it as 500m or 4Gi.".formatted(value, resource), e);
    }
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }
}
