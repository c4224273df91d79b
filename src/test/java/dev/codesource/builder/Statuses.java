package dev.codesource.builder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import java.io.UncheckedIOException;
import java.util.List;

/** Statuses of objects that build, as the builders write them. */
final class Statuses {

  static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  /** At least one of each builder, with each field that is read. */
  static final List<String> ALL =
      List.of(
          """
          startTime: '2026-11-30T06:07:08Z'
          completionTime: '2026-11-30T06:09:10Z'
          conditions:
          - {type: Succeeded, status: 'True', reason: Completed, message: 'Tasks Completed: 2'}
          results:
          - {name: IMAGE_URL, value: registry.example.com/team/shop}
          - {name: IMAGE_DIGEST, value: %s}
          """
              .formatted(DIGEST),
          """
          startTime: '2026-11-30T06:07:08Z'
          completionTime: '2026-11-30T06:09:10Z'
          conditions: [{type: Succeeded, status: 'True', reason: Succeeded}]
          results:
          - {name: first-ARTIFACT_OUTPUTS, type: object, value: {uri: a, digest: %s}}
          """
              .formatted(DIGEST),
          """
          startTime: '2026-11-30T06:07:08Z'
          completionTime: '2026-11-30T06:09:10Z'
          conditions: [{type: Succeeded, status: 'True', reason: Succeeded}]
          output: {digest: %s, size: 1}
          """
              .formatted(DIGEST),
          """
          startTime: '2026-11-30T06:07:08Z'
          completionTime: '2026-11-30T06:09:10Z'
          conditions: [{type: Succeeded, status: 'False', reason: Failed, message: a step failed}]
          failureDetails: {reason: Unknown, message: no such file, location: {pod: a, container: b}}
          """,
          """
          conditions:
          - {type: Succeeded, status: 'True', reason: Completed, lastTransitionTime: '2026-11-30T06:09:10Z'}
          latestImage: index.docker.io/sample/image@%s
          stepStates:
          - terminated: {exitCode: 0, reason: Completed, startedAt: '2026-11-30T06:07:09Z'}
          - terminated: {exitCode: 0, reason: Completed, startedAt: '2026-11-30T06:07:08Z'}
          """
              .formatted(DIGEST),
          """
          conditions: [{type: Succeeded, status: Unknown, reason: PodInitializing}]
          stepStates: [{waiting: {reason: PodInitializing}}, {running: {startedAt: '2026-11-30T06:07:08Z'}}]
          """,
          """
          startTime: '2026-11-30T06:07:08Z'
          completionTime: '2026-11-30T06:09:10Z'
          succeeded: 1
          conditions:
          - {type: SuccessCriteriaMet, status: 'True'}
          - {type: Complete, status: 'True'}
          """,
          """
          startTime: '2026-11-30T06:07:08Z'
          failed: 1
          conditions:
          - {type: FailureTarget, status: 'True', reason: DeadlineExceeded}
          - {type: Failed, status: 'True', reason: DeadlineExceeded, message: Job was active longer than specified deadline, lastTransitionTime: '2026-11-30T06:09:10Z'}
          """,
          "{startTime: '2026-11-30T06:07:08Z', active: 1, ready: 1}");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Statuses() {}

  static JsonNode yaml(String text) {
    try {
      return new YAMLMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An object of this kind.
   *
   * @param status in YAML
   */
  static GenericKubernetesResource run(RunKind kind, String status) {
    return run(kind, yaml(status));
  }

  static GenericKubernetesResource run(RunKind kind, JsonNode status) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(kind.apiVersion())
        .withKind(kind.name())
        .withNewMetadata()
        .withName("shop-main-0")
        .withNamespace("team-a")
        .endMetadata()
        .addToAdditionalProperties("status", JSON.convertValue(status, Object.class))
        .build();
  }
}
