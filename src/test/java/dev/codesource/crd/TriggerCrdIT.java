package dev.codesource.crd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerSpec.Paths;
import dev.codesource.api.TriggerSpec.Rule;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.CommandResult;
import dev.codesource.status.Kstatus;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server makes of the CRD of triggers; no operator runs. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TriggerCrdIT {

  private static final String MAIN = "rules: [{name: main, branch: main}]";
  private static final String SHOP = "bindingRef: {name: gitlab}, repository: group/shop, ";

  private final Cluster cluster;
  private String namespace = "";

  TriggerCrdIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void inANamespaceOfItsOwn() {
    namespace = cluster.newNamespace();
  }

  @Test
  void everyFieldComesBackAsItWasWritten() {
    apply(
            "whole",
            """
            bindingRef: {name: gitlab}, repository: group/sub.group/shop, interval: 1h30m, suspend: true,
            image: 'registry.example.com:5000/team-a/shop',
            rules: [
              {name: main, branch: 'release-(?<version>[0-9.]+)', paths: {include: ['api/**'], exclude: ['**/*.md']},
               imageTags: ['${version}', '${version}-${shortSha}']},
              {name: tags, tag: 'v.*', allowMoved: true}]\
            """)
        .orFail();

    CodeSourceTrigger whole = get("whole");
    assertThat(whole.getSpec().bindingRef().name()).isEqualTo("gitlab");
    assertThat(whole.getSpec().repository()).isEqualTo("group/sub.group/shop");
    assertThat(whole.getSpec().interval()).isEqualTo("1h30m");
    assertThat(whole.getSpec().suspend()).isTrue();
    assertThat(whole.getSpec().image()).isEqualTo("registry.example.com:5000/team-a/shop");
    Rule branches = whole.getSpec().rules().getFirst();
    assertThat(branches.name()).isEqualTo("main");
    assertThat(branches.branch()).isEqualTo("release-(?<version>[0-9.]+)");
    assertThat(branches.paths()).isEqualTo(new Paths(List.of("api/**"), List.of("**/*.md")));
    assertThat(branches.imageTags()).containsExactly("${version}", "${version}-${shortSha}");
    Rule tags = whole.getSpec().rules().getLast();
    assertThat(tags.tag()).isEqualTo("v.*");
    assertThat(tags.allowMoved()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          repository: group/shop, rules: [{name: a, branch: a}]                         | spec.bindingRef: Required value
          bindingRef: {}, repository: group/shop, rules: [{name: a, branch: a}]         | spec.bindingRef.name: Required value
          bindingRef: {name: ''}, repository: group/shop, rules: [{name: a, branch: a}] | spec.bindingRef.name: Invalid value: "": spec.bindingRef.name in body should be at least 1 chars long
          bindingRef: {name: a..b}, repository: group/shop, rules: [{name: a, branch: a}] | a name consists of lower case letters
          bindingRef: {name: 'x; id #'}, repository: group/shop, rules: [{name: a, branch: a}] | a name consists of lower case letters
          bindingRef: {name: a}, rules: [{name: a, branch: a}]                          | spec.repository: Required value
          bindingRef: {name: a}, repository: group/shop                                 | spec.rules: Required value
          bindingRef: {name: a}, repository: group/shop, rules: []                      | spec.rules in body should have at least 1 items
          """)
  void whatIsNeededIsAskedFor(String spec, String message) {
    refused(spec, message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shop",
        "/group/shop",
        "group/shop/",
        "group//shop",
        "a/../b",
        "../b/c",
        "a/..",
        "./a",
        "a/.",
        "https://gitlab.com/group/shop",
        "git@gitlab.com:group/shop",
        "group/sh op",
        "group/shop?x=1",
        "group/shop#x",
        "group/%2e%2e",
        "grüppe/shop",
        "group\\shop"
      })
  void aPathThatIsNoneIsRefusedWithWords(String path) {
    refused(
        "bindingRef: {name: gitlab}, repository: '%s', %s".formatted(path, MAIN),
        "repository is its path on the code host, such as group/shop, without the host's address"
            + " and .git");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHOP/api", "~alice/api", "a/b/c/d/e", "group/shop.git", "Group_1/a-b.c"})
  void thePathsOfAllPlatformsAreTaken(String path) {
    apply("path", "bindingRef: {name: gitlab}, repository: '%s', %s".formatted(path, MAIN))
        .orFail();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          30s           | interval must be between 1m and 8760h, such as 10m
          59999ms       | interval must be between 1m and 8760h, such as 10m
          8761h         | interval must be between 1m and 8760h, such as 10m
          99999999999h  | interval must be between 1m and 8760h, such as 10m
          0s            | interval must be between 1m and 8760h, such as 10m
          1d            | the units are h, m, s and ms; write a day as 24h
          '10'          | the units are h, m, s and ms; write a day as 24h
          1 hour        | the units are h, m, s and ms; write a day as 24h
          -5m           | the units are h, m, s and ms; write a day as 24h
          """)
  void anIntervalIsADurationOfAMinuteAtLeast(String interval, String message) {
    refused(SHOP + MAIN + ", interval: '%s'".formatted(interval.replace("'", "")), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m", "90s", "1.5h", "8760h", "60000ms"})
  void everyUsualWayToWriteADurationIsTaken(String interval) {
    apply("interval", SHOP + MAIN + ", interval: " + interval).orFail();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "registry.example.com/team-a/shop:1.2",
        "registry.example.com/team-a/shop:latest",
        "shop@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "https://registry.example.com/shop",
        "registry.example.com/Shop",
        "registry.example.com//shop",
        "registry.example.com/shop/",
        "shop $(id)",
        "${ref}"
      })
  void anImageHasNoTagAndNoDigest(String image) {
    refused(
        SHOP + MAIN + ", image: '%s'".formatted(image),
        "image is a name without tag and digest, such as registry.example.com/team-a/shop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"shop", "alice/shop", "localhost:5000/a/b/c", "registry.example.com/a__b/c.d-e"})
  void everyNameOfAnImageIsTaken(String image) {
    apply("image", SHOP + MAIN + ", image: '%s'".formatted(image)).orFail();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {name: a}                                                  | give exactly one of branch and tag
          {name: a, branch: main, tag: v1}                           | give exactly one of branch and tag
          {name: a, tag: v1, paths: {include: [a]}}                  | paths is for branches only: a tag names a whole state of the code, not a change of it
          {name: a, branch: main, allowMoved: true}                  | allowMoved is for tags only: branches always move
          {name: a, branch: main, allowMoved: false}                 | allowMoved is for tags only: branches always move
          {name: a, branch: refs/heads/main}                         | branch and tag are names without refs/heads/ and refs/tags/: write main, not refs/heads/main
          {name: a, branch: '^(refs/heads/main)$'}                   | branch and tag are names without refs/heads/ and refs/tags/: write main, not refs/heads/main
          {name: a, tag: refs/tags/v1}                               | branch and tag are names without refs/heads/ and refs/tags/: write main, not refs/heads/main
          {name: a, branch: ''}                                      | spec.rules[0].branch in body should be at least 1 chars long
          {name: a, tag: ''}                                         | spec.rules[0].tag in body should be at least 1 chars long
          {name: a, branch: main, imageTags: []}                     | spec.rules[0].imageTags in body should have at least 1 items
          {name: a, branch: main, imageTags: ['']}                   | spec.rules[0].imageTags[0] in body should be at least 1 chars long
          {name: a, branch: main, paths: {include: []}}              | spec.rules[0].paths.include in body should have at least 1 items
          {name: a, branch: main, paths: {exclude: ['']}}            | spec.rules[0].paths.exclude[0] in body should be at least 1 chars long
          {branch: main}                                             | spec.rules[0].name: Required value
          {name: A, branch: main}                                    | spec.rules[0].name in body should match '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'
          {name: a., branch: main}                                   | spec.rules[0].name in body should match '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'
          {name: -a, branch: main}                                   | spec.rules[0].name in body should match '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'
          {name: a, branch: main}, {name: a, tag: v1}                | spec.rules[1]: Duplicate value: {"name":"a"}
          """)
  void aRuleThatCannotBeMeantIsRefusedWithAWordOnWhatToWrite(String rules, String message) {
    refused(SHOP + "rules: [%s]".formatted(rules), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"buildkit: {}", "kpack: {builderImage: a}", "shipwright: {strategy: {name: a}}"})
  void whatIsPushedNamesItsRegistry(String builder) {
    String spec = SHOP + MAIN + ", builders: [{name: b, %s}], image: IMAGE".formatted(builder);
    for (String image : List.of("shop", "alice/shop", "a/b.c/shop")) {
      refused(
          spec.replace("IMAGE", image),
          "image begins with its registry, such as registry.example.com/team-a/shop; for Docker Hub"
              + " write docker.io/team-a/shop");
    }
    for (String image : List.of("docker.io/a/shop", "localhost/shop", "registry:5000/shop")) {
      apply("registry", spec.replace("IMAGE", image)).orFail();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rules: [{name: a, branch: a, imageTags: [a, b]}], builders: [{name: s, SHIPWRIGHT}]",
        "rules: [{name: a, branch: a, imageTags: [a, b], builder: s}], builders: [{name: k, buildkit: {}}, {name: s, SHIPWRIGHT}]"
      })
  void shipwrightIsNotGivenNamesThatItWouldNotPush(String spec) {
    String shipwright = "shipwright: {strategy: {kind: BuildStrategy, name: a}}";
    String refused = SHOP + "image: localhost/shop, " + spec.replace("SHIPWRIGHT", shipwright);
    refused(
        refused,
        "Shipwright pushes an image under one name: leave one of imageTags, or make a rule for each name");

    apply("one", refused.replace("[a, b]", "[a]")).orFail();
    apply(
            "other",
            refused
                .replace("builder: s", "builder: k")
                .replace(shipwright, "kpack: {builderImage: a}"))
        .orFail();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bindingRef: {name: %s}, repository: group/shop, rules: [{name: a, branch: a}]         | 254
          bindingRef: {name: a}, repository: a/%s, rules: [{name: a, branch: a}]                | 511
          bindingRef: {name: a}, repository: a/b, interval: %sm, rules: [{name: a, branch: a}]  | 32
          bindingRef: {name: a}, repository: a/b, image: a%s, rules: [{name: a, branch: a}]     | 255
          bindingRef: {name: a}, repository: a/b, rules: [{name: a%s, branch: a}]               | 40
          bindingRef: {name: a}, repository: a/b, rules: [{name: a, branch: a%s}]               | 255
          bindingRef: {name: a}, repository: a/b, rules: [{name: a, tag: a%s}]                  | 255
          bindingRef: {name: a}, repository: a/b, rules: [{name: a, tag: a, imageTags: [a%s]}]  | 255
          bindingRef: {name: a}, repository: a/b, rules: [{name: a, branch: a, paths: {include: [a%s]}}] | 255
          bindingRef: {name: a}, repository: a/b, rules: [{name: a, branch: a, paths: {exclude: [a%s]}}] | 255
          """)
  void everyTextIsBounded(String spec, int length) {
    refused(quoted(spec).formatted("1".repeat(length)), "Too long");
  }

  /** A number alone is none of the texts. */
  private static String quoted(String spec) {
    return spec.replace("{name: %s}", "{name: '%s'}");
  }

  @ParameterizedTest
  @CsvSource({
    "51, '{name: r%d, branch: a}', 'rules: [%s]'",
    "11, a%d, 'rules: [{name: a, branch: a, imageTags: [%s]}]'",
    "51, a%d, 'rules: [{name: a, branch: a, paths: {include: [%s]}}]'",
    "51, a%d, 'rules: [{name: a, branch: a, paths: {exclude: [%s]}}]'"
  })
  void everyListIsBounded(int tooMany, String element, String list) {
    refused(SHOP + list.formatted(elements(tooMany, element)), "Too many");
  }

  private static String elements(int number, String element) {
    return IntStream.range(0, number)
        .mapToObj(element::formatted)
        .collect(Collectors.joining(", "));
  }

  /** What is allowed is also affordable: the API server limits what the rules of a CRD may cost. */
  @Test
  void theLargestTriggerIsTaken() {
    String texts = String.join(", ", Collections.nCopies(50, "a".repeat(255)));
    String tags = String.join(", ", Collections.nCopies(10, "a".repeat(255)));
    String rule =
        "{name: r%%d%s, branch: %s, imageTags: [%s], paths: {include: [%s], exclude: [%s]}}"
            .formatted("a".repeat(30), "a".repeat(255), tags, texts, texts);

    apply(
            "largest",
            "bindingRef: {name: %s}, repository: 'a/%s', image: a/%s, interval: 8760h, rules: [%s]"
                .formatted("a".repeat(253), "a".repeat(510), "a".repeat(253), elements(50, rule)),
            "--server-side")
        .orFail();

    assertThat(get("largest").getSpec().rules()).hasSize(50);
  }

  @Test
  void aTriggerWithoutASpecIsRefused() {
    CommandResult refused =
        cluster.apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: empty, namespace: %s}
            """
                .formatted(namespace));

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stderr()).contains("spec: Required value");
  }

  @Test
  void aMisspeltFieldIsRefusedByKubectlAndNeverStored() {
    String misspelt = SHOP + "rules: [{name: main, branch: main, path: {include: [a]}}]";

    refused(misspelt, "unknown field \"spec.rules[0].path\"");
    apply("misspelt", misspelt, "--validate=false").orFail();

    assertThat(kubectl("get", "cst", "misspelt", "-o", "jsonpath={.spec}")).doesNotContain("path");
  }

  @Test
  void triggersAreFoundByTheirFields() {
    apply("one", "bindingRef: {name: one}, repository: group/one, " + MAIN).orFail();
    apply("two", "bindingRef: {name: two}, repository: group/two, " + MAIN).orFail();

    assertThat(names("spec.bindingRef.name=one")).containsExactly("one");
    assertThat(names("spec.repository=group/two")).containsExactly("two");
    cluster
        .kubectl(
            "-n",
            namespace,
            "patch",
            "cst/two",
            "--subresource=status",
            "--type=merge",
            "-p",
            "{\"status\":{\"phase\":\"Failed\"}}")
        .orFail();
    assertThat(names("status.phase=Failed")).containsExactly("two");
  }

  /**
   * kstatus, and so Flux, believes that an object without observedGeneration is as it should be.
   */
  @Test
  void aNewTriggerIsInProgressBeforeAnybodyLooksAtIt() {
    apply("unseen", SHOP + MAIN).orFail();

    CodeSourceTrigger unseen = get("unseen");

    assertThat(unseen.getStatus().observedGeneration()).isEqualTo(-1);
    assertThat(Kstatus.of(unseen.getMetadata().getGeneration(), unseen.getStatus()))
        .isEqualTo(Kstatus.InProgress);
  }

  @Test
  void itIsExplainedAndListedInShort() {
    apply("listed", SHOP + MAIN).orFail();

    assertThat(kubectl("get", "cst", "listed", "-o", "name"))
        .isEqualTo("codesourcetrigger.codesource.dev/listed");
    assertThat(kubectl("get", "codesource", "-o", "name"))
        .contains("codesourcetrigger.codesource.dev/listed");
    assertThat(kubectl("explain", "cst.spec.rules").replaceAll("\\s+", " "))
        .contains(
            "A regular expression (RE2) for the names of branches, without refs/heads/.",
            "Build only if one of these files was changed.",
            "-required-");
    assertThat(kubectl("explain", "cst.spec.rules.paths.include"))
        .contains("The files that count. Default: all.");
  }

  private List<String> names(String fieldSelector) {
    return kubectl("get", "cst", "--field-selector", fieldSelector, "-o", "name")
        .lines()
        .map(name -> name.replaceFirst(".*/", ""))
        .toList();
  }

  private void refused(String spec, String message) {
    CommandResult refused = apply("refused", spec);

    assertThat(refused.exit()).as(spec).isEqualTo(1);
    assertThat(refused.stderr()).contains(message);
  }

  private String kubectl(String verb, String... arguments) {
    String[] command = new String[arguments.length + 3];
    command[0] = "--namespace=" + namespace;
    command[1] = verb;
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    command[arguments.length + 2] = "--request-timeout=30s";
    return cluster.kubectl(command).orFail().stdout().strip();
  }

  private CommandResult apply(String name, String spec, String... arguments) {
    return cluster.apply(
        """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceTrigger
        metadata: {name: %s, namespace: %s}
        spec: {%s}
        """
            .formatted(name, namespace, spec.replace("\n", " ")),
        arguments);
  }

  private CodeSourceTrigger get(String name) {
    return Objects.requireNonNull(
        cluster
            .admin()
            .resources(CodeSourceTrigger.class)
            .inNamespace(namespace)
            .withName(name)
            .get());
  }
}
