package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cli.ScriptedKubectl.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageCommandTest {

  private static final String LABELS =
      "\"labels\":{\"helm.sh/chart\":\"codesource-operator-0.2.0\",\"app.kubernetes.io/name\":\"codesource-operator%s\"}";

  private final Path folder;
  private final ScriptedKubectl kubectl;

  PageCommandTest(@TempDir Path folder) {
    this.folder = folder;
    kubectl = new ScriptedKubectl(folder);
  }

  private static String object(String suffix, String spec) {
    return "{\"metadata\":{\"name\":\"codesource-operator%s\",%s},\"spec\":%s}"
        .formatted(suffix, LABELS.formatted(suffix), spec);
  }

  private static String ingress(String host) {
    return object("-console", "{\"rules\":[{\"host\":\"" + host + "\"}]}");
  }

  private static final String SERVICE = object("-console", "{\"ports\":[{\"port\":80}]}");

  @Test
  void theIngressOfTheConsoleSaysWhereItIs() {
    kubectl.answer(
        "get ingresses",
        Answers.list(
            object("", "{\"rules\":[{\"host\":\"pages.example.com\"}]}"),
            ingress("codesource.example.com")));

    Run run = kubectl.run("page", "gitlab", "-n", "team-a");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("https://codesource.example.com/ns/team-a/bindings/gitlab\n");
    assertThat(run.err()).isEmpty();
    // Nowhere else: a tenant could have one of these labels.
    assertThat(kubectl.commands())
        .singleElement()
        .asString()
        .contains("--namespace=codesource-system");
  }

  @Test
  void soDoesAnHttpRoute() {
    kubectl
        .fail("get ingresses", "Error from server (Forbidden): you may not")
        .answer(
            "get httproutes",
            Answers.list(object("-console", "{\"hostnames\":[\"a.example.com\"]}")));

    assertThat(kubectl.run("page", "shop", "--trigger", "-n", "team-a").out())
        .isEqualTo("https://a.example.com/ns/team-a/triggers/shop\n");
  }

  @Test
  void whatNothingLeadsToIsReachedByAPortForward() {
    kubectl
        .answer("get ingresses", Answers.list())
        .fail("get httproutes", "error: the server doesn't have a resource type \"httproutes\"")
        .answer("get services", Answers.list(SERVICE))
        .answer("config view", "{\"contexts\":[{\"context\":{\"namespace\":\"team-b\"}}]}");

    Run run = kubectl.run("page", "--operator-namespace=operators");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("http://localhost:8080/ns/team-b\n");
    assertThat(run.err())
        .endsWith(
            "kubectl --namespace=operators port-forward service/codesource-operator-console 8080:80\n");
  }

  @Test
  void whereThereIsNoConsoleIsSaidSo() {
    kubectl.answer("get ", Answers.list());

    Run run = kubectl.run("page", "-n", "team-a");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("console.enabled").contains("--url");
  }

  @Test
  void whoMayNotSeeItIsToldToAsk() {
    kubectl.fail(".", "Error from server (Forbidden): User \"eve\" cannot list");

    Run run = kubectl.run("page", "-n", "team-a");

    assertThat(run.exit()).isEqualTo(4);
    assertThat(run.err()).contains("give --url");
  }

  @Test
  void anAddressThatIsGivenIsNotLookedFor() {
    Run run = kubectl.run("page", "-n", "team-a", "--url=https://c.example.com/");

    assertThat(run.out()).isEqualTo("https://c.example.com/ns/team-a\n");
    assertThat(kubectl.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "page --url=javascript:alert(1) -n team-a",
        "page --url=example.com -n team-a",
        "page --trigger",
        "page Big",
        "page --operator-namespace=--all-namespaces"
      })
  void whatIsNoAddressOrNameIsRefused(String line) {
    assertThat(kubectl.run(line.split(" ")).exit()).isEqualTo(2);
    assertThat(kubectl.calls()).isEmpty();
  }

  /** Whoever may write an Ingress of the operator's namespace writes an argument of a browser. */
  @Test
  void aHostThatIsNoneIsNotUsed() {
    kubectl.answer("get ", Answers.list(ingress("--version")));

    assertThat(kubectl.run("page", "-n", "team-a").out()).doesNotContain("--version");
  }

  @Test
  void theBrowserIsGivenTheAddress() throws IOException {
    Path opened = folder.resolve("opened");
    Path browser =
        Files.writeString(folder.resolve("browser"), "#!/bin/sh\necho \"$@\" >" + opened + "\n");
    Files.setPosixFilePermissions(browser, PosixFilePermissions.fromString("rwx------"));

    Run run =
        kubectl.runIn(
            Map.of("BROWSER", browser.toString()),
            "page",
            "--open",
            "-n",
            "team-a",
            "--url=https://c.example.com");

    assertThat(run.exit()).isZero();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(opened).hasContent("https://c.example.com/ns/team-a\n"));
  }
}
