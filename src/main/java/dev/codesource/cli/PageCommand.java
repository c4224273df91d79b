package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says where the console shows a namespace, a binding or a trigger. */
@Command(
    description = {
      "Print the address of the console's page about a namespace or a binding.",
      "The console is looked for in the namespace of the operator only: anybody could make an Ingress",
      "elsewhere that leads to a page of theirs."
    })
final class PageCommand extends PluginCommand {

  private static final String CHART = "codesource-operator-";

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "The name of the binding or trigger. Default: the page of the namespace.")
  private String name = "";

  @Option(names = "--trigger", description = "It is a trigger.")
  private boolean trigger;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The address of the console, instead of looking for it.")
  private String url = "";

  @Option(
      names = "--operator-namespace",
      paramLabel = "NAMESPACE",
      description = "Where the operator is installed. Default: ${DEFAULT-VALUE}.")
  private String operatorNamespace = "codesource-system";

  @Option(
      names = "--open",
      description = "Open it in a browser, too: that of the variable BROWSER.")
  private boolean open;

  @Override
  Exit run() {
    if (!name.isEmpty()) {
      Names.check(name);
    } else if (trigger) {
      throw Failure.usage("Say which trigger.");
    }
    Names.check(operatorNamespace);
    String base = url.isEmpty() ? found() : given();
    String page = base + path();
    terminal().print(page);
    if (open) {
      open(page);
    }
    return Exit.DONE;
  }

  private String given() {
    boolean isSite;
    try {
      URI site = URI.create(url);
      isSite =
          List.of("http", "https").contains(String.valueOf(site.getScheme()))
              && site.getHost() != null;
    } catch (IllegalArgumentException e) {
      isSite = false;
    }
    if (!isSite) {
      throw Failure.usage("--url is an address such as https://codesource.example.com.");
    }
    return url.replaceFirst("/+$", "");
  }

  /** As the paths of the console are. */
  private String path() {
    String namespace = plugin().namespace().orElseGet(this::namespaceOfContext);
    Names.check(namespace);
    return "/ns/"
        + namespace
        + (name.isEmpty() ? "" : (trigger ? "/triggers/" : "/bindings/") + name);
  }

  private String namespaceOfContext() {
    String found =
        Json.text(
            plugin()
                .kubectlOfCluster()
                .read(List.of("config", "view", "--minify"))
                .path("contexts")
                .path(0),
            "context",
            "namespace");
    return found.isEmpty() ? "default" : found;
  }

  private String found() {
    return host("ingresses.networking.k8s.io", "/spec/rules/0/host")
        .or(() -> host("httproutes.gateway.networking.k8s.io", "/spec/hostnames/0"))
        // Browsers keep the cookies of the console over https only.
        .map(host -> "https://" + host)
        .orElseGet(this::forwarded);
  }

  private Optional<String> host(String kind, String path) {
    try {
      return objects(kind)
          .map(object -> object.at(path).asText())
          .filter(host -> host.matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?"))
          .findFirst();
    } catch (Failure notSeenOrNoSuchKind) {
      return Optional.empty();
    }
  }

  /** What the chart made for the console. */
  private Stream<JsonNode> objects(String kind) {
    return Json.elements(
            plugin()
                .kubectlOfCluster()
                .read(
                    List.of(
                        "get",
                        kind,
                        "--namespace=" + operatorNamespace,
                        "--selector=helm.sh/chart")),
            "items")
        .filter(
            object ->
                object.at("/metadata/labels/helm.sh~1chart").asText().startsWith(CHART)
                    && object
                        .at("/metadata/labels/app.kubernetes.io~1name")
                        .asText()
                        .endsWith("-console"));
  }

  private String forwarded() {
    Optional<JsonNode> service;
    try {
      service = objects("services").findFirst();
    } catch (Failure failure) {
      throw new Failure(
          failure.exit(),
          "Where the console is cannot be seen: %s Ask whoever installed the operator, and give --url."
              .formatted(failure.sentence()));
    }
    JsonNode found =
        service.orElseThrow(
            () ->
                Failure.failed(
                    "There is no console in the namespace %s: whoever installs the operator sets console.enabled. If the operator is in another namespace, give --operator-namespace; if you know the address, give --url."
                        .formatted(operatorNamespace)));
    terminal()
        .say(
            "Nothing leads to the console from outside. Leave this running: kubectl --namespace=%s port-forward service/%s 8080:%s"
                .formatted(
                    operatorNamespace,
                    Json.name(found),
                    found.at("/spec/ports/0/port").asText("8080")));
    return "http://localhost:8080";
  }

  private void open(String page) {
    String own = plugin().environment("BROWSER");
    boolean isMac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
    String program = !own.isEmpty() ? own : isMac ? "open" : "xdg-open";
    try {
      new ProcessBuilder(program, page)
          .redirectOutput(Redirect.DISCARD)
          .redirectError(Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      terminal()
          .say("The program %s cannot be started: open the address yourself.".formatted(program));
    }
  }
}
