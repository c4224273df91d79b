package dev.codesource.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.codesource.builder.Orders;
import dev.codesource.builder.RunKind;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.CommandResult;
import dev.codesource.reason.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The objects for Tekton, Shipwright and kpack that this project shows, and those that the operator
 * makes, are such as their CRDs accept: those of Tekton and Shipwright to the last field, while
 * kpack's accept any field. So are the Jobs for BuildKit.
 */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BuilderCrdsIT {

  private static final Path DOCUMENT = Path.of("docs/publish.md");
  private static final Path MANIFESTS = Path.of("src/test/resources/node");
  private static final Path SAMPLES = Path.of("deploy/samples/builds");
  private static final Pattern BLOCK = Pattern.compile("(?s)```yaml\n(.*?)```");

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final YAMLMapper YAML = new YAMLMapper();

  private final Cluster cluster;
  private final List<String> applied = new ArrayList<>();
  private List<JsonNode> objects = List.of();
  private String namespace = "";

  BuilderCrdsIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void applyTheCrdsOfTheseObjects() throws IOException {
    cluster.auditLog(); // asks for a cluster that is our own: others may use the projects
    Assumptions.assumeTrue(
        Stream.of(Builder.values()).allMatch(builder -> builder.manifests().isPresent()),
        "The CRDs are in Go modules, and there is no Go to download them.");
    namespace = cluster.newNamespace();
    objects =
        Stream.of(shown(), ofTests(), ofTheOperator(), ofSamples()).flatMap(each -> each).toList();
    Map<String, JsonNode> crds =
        Stream.of(Builder.values())
            .flatMap(builder -> builder.crds().stream())
            .flatMap(file -> documents(read(file)))
            .filter(crd -> crd.path("kind").asText().equals("CustomResourceDefinition"))
            .collect(Collectors.toMap(BuilderCrdsIT::kindOf, crd -> crd));
    Set<String> wanted = new TreeSet<>();
    objects.forEach(object -> wanted.add(kind(object)));
    wanted.retainAll(crds.keySet());
    for (String kind : wanted) {
      ObjectNode crd = (ObjectNode) crds.get(kind);
      // Nothing is converted: there is no webhook to do it.
      ((ObjectNode) crd.path("spec")).remove("conversion");
      run(crd, "apply", "--server-side").orFail();
      applied.add(crd.at("/metadata/name").asText());
    }
    for (String crd : applied) {
      cluster
          .kubectl("wait", "--for=condition=Established", "crd/" + crd, "--timeout=60s")
          .orFail();
    }
  }

  @AfterAll
  void removeThem() {
    applied.forEach(crd -> cluster.kubectl("delete", "crd", crd, "--wait=false").orFail());
  }

  @TestFactory
  Stream<DynamicTest> theApiServerTakesWhatThisProjectShows() {
    return objects.stream()
        .map(
            object ->
                DynamicTest.dynamicTest(
                    kind(object) + " " + object.at("/metadata/name").asText(),
                    () -> assertThat(create(object).stderr()).isEmpty()));
  }

  @Test
  void thereAreObjectsForEachOfThemInTheDocumentsAndInTests() throws IOException {
    for (Stream<JsonNode> some : List.of(shown(), ofTests())) {
      assertThat(some.map(BuilderCrdsIT::kind))
          .contains("tekton.dev/TaskRun", "tekton.dev/PipelineRun", "shipwright.io/Build")
          .anyMatch(kind -> kind.startsWith("kpack.io/"));
    }
  }

  @Test
  void theOperatorMakesOneOfEachKind() {
    assertThat(ofTheOperator().map(BuilderCrdsIT::kind))
        .containsAll(Stream.of(RunKind.values()).map(kind -> kind.group() + "/" + kind).toList());
  }

  /**
   * A Job that is the client of a buildkitd fits the strictest standard of Pod Security. One with a
   * BuildKit of its own does not fit baseline, as the documents of this project say.
   */
  @Test
  void aClientOfBuildKitFitsThePodSecurityStandardRestricted() {
    String other = cluster.newNamespace();
    cluster.kubectl("create", "serviceaccount", "codesource-builder", "-n", other).orFail();
    assertThat(createPodOf("job-client", other, "restricted").stderr()).isEmpty();
    assertThat(createPodOf("job", other, "privileged").stderr()).isEmpty();
    assertThat(createPodOf("job", other, "baseline").stderr())
        .contains("violates PodSecurity", "seccompProfile", "AppArmor")
        .doesNotContain("volume", "privileged", "capabilities");
  }

  /** The pod that the Job would have, in a namespace of that standard. */
  private CommandResult createPodOf(String name, String in, String standard) {
    cluster
        .kubectl(
            "label",
            "namespace",
            in,
            "pod-security.kubernetes.io/enforce=" + standard,
            "--overwrite")
        .orFail();
    ObjectNode pod = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
    pod.putObject("metadata").put("name", "build");
    Outcome<?> job = Orders.RUNS.object(Orders.BUILDERS.get(name), Orders.order());
    pod.set("spec", JSON.valueToTree(((Outcome.Done<?>) job).value()).at("/spec/template/spec"));
    return create(pod, in);
  }

  @Test
  void aFieldThatTheyDoNotHaveIsRefused() throws IOException {
    for (JsonNode object : objects) {
      if (kind(object).matches("(tekton\\.dev|shipwright\\.io|batch)/.*")) {
        ObjectNode other = object.deepCopy();
        ((ObjectNode) other.path("spec")).put("codeSource", "x");
        assertThat(create(other).stderr()).contains("unknown field \"spec.codeSource\"");
      }
    }
  }

  private CommandResult create(JsonNode object) {
    return create(object, namespace);
  }

  private CommandResult create(JsonNode object, String in) {
    return run(object, "create", "--dry-run=server", "--validate=strict", "-n", in);
  }

  private CommandResult run(JsonNode object, String... command) {
    try {
      Path file = Files.createTempFile("object", ".json");
      try {
        Files.writeString(file, JSON.writeValueAsString(object));
        return cluster.kubectl(
            Stream.concat(Stream.of(command), Stream.of("-f", file.toString()))
                .toArray(String[]::new));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the operator makes for each commit. */
  private static Stream<JsonNode> ofTheOperator() {
    return Orders.BUILDERS.values().stream()
        .map(builder -> Orders.RUNS.object(builder, Orders.order()))
        .map(object -> JSON.<JsonNode>valueToTree(((Outcome.Done<?>) object).value()))
        .peek(object -> ((ObjectNode) object.path("metadata")).remove("namespace"));
  }

  /** What users read. */
  private static Stream<JsonNode> shown() throws IOException {
    return BLOCK
        .matcher(Files.readString(DOCUMENT))
        .results()
        .flatMap(block -> documents(block.group(1)))
        .filter(BuilderCrdsIT::isForABuilder);
  }

  /** What {@link BuildersIT} runs. */
  private static Stream<JsonNode> ofTests() {
    return Stream.of("tekton", "shipwright", "kpack")
        .flatMap(name -> documents(read(MANIFESTS.resolve(name + ".yaml"))))
        .filter(BuilderCrdsIT::isForABuilder);
  }

  /** What users apply. */
  private static Stream<JsonNode> ofSamples() throws IOException {
    try (Stream<Path> files = Files.list(SAMPLES)) {
      return files.sorted().toList().stream()
          .flatMap(file -> documents(read(file)))
          .filter(BuilderCrdsIT::isForABuilder)
          // The account is there already, for the objects of builds.
          .filter(object -> !kind(object).equals("v1/ServiceAccount"));
    }
  }

  private static boolean isForABuilder(JsonNode object) {
    return kind(object).matches("(tekton\\.dev|shipwright\\.io|kpack\\.io|v1)/.*")
        && !kind(object).equals("v1/Secret");
  }

  /** Group and kind of an object. */
  private static String kind(JsonNode object) {
    String version = object.path("apiVersion").asText();
    return version.replaceFirst("/.*", "") + "/" + object.path("kind").asText();
  }

  /** Group and kind of a CRD's objects. */
  private static String kindOf(JsonNode crd) {
    return crd.at("/spec/group").asText() + "/" + crd.at("/spec/names/kind").asText();
  }

  /** Of a YAML stream, without the namespace. */
  private static Stream<JsonNode> documents(String yaml) {
    List<JsonNode> documents = new ArrayList<>();
    try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
      while (values.hasNextValue()) {
        if (values.nextValue() instanceof ObjectNode object) {
          if (object.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove("namespace");
          }
          documents.add(object);
        }
      }
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(yaml, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return documents.stream();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
