package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.ApiGroup;
import dev.codesource.api.BindingSpec.Flow;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.Platform;
import dev.codesource.reason.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Binds an account: makes the Secret and the binding, and waits for what the operator finds. */
@Command(
    description = {
      "Bind an account on a code host.",
      "It makes the Secret with the token and the binding, and waits until the operator has proven",
      "the access. What is not given is asked for. The token is never an argument and is never",
      "shown."
    })
final class BindCommand extends PluginCommand {

  /** The type of Secrets that the operator reads a token from. */
  private static final String TOKEN_TYPE = ApiGroup.NAME + "/token";

  /** As much as a Secret may have. */
  private static final long MOST_CA = 1 << 20;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "The name of the binding. Default: the platform in lower case.")
  private String name = "";

  @Option(
      names = "--platform",
      paramLabel = "PLATFORM",
      description = "GitLab, GitHub, Gitee, Bitbucket or Gitea.")
  private String platform = "";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The address used to log on, such as https://gitlab.com.")
  private String url = "";

  @Option(
      names = {"-u", "--username"},
      paramLabel = "ACCOUNT",
      description = "The account. A credential of another one is refused.")
  private String username = "";

  @Mixin private final NewToken token = new NewToken();

  @Option(
      names = "--secret",
      paramLabel = "SECRET",
      description = "The name of the new Secret. Default: that of the binding, and -token.")
  private String secret = "";

  @Option(
      names = "--from-secret",
      paramLabel = "SECRET",
      description = "Take the token from a Secret that exists, instead.")
  private String fromSecret = "";

  @Option(names = "--browser", description = "Authorize in a browser, instead of a token.")
  private boolean browser;

  @Option(names = "--code", description = "Authorize by a code on any device, instead of a token.")
  private boolean code;

  @Option(
      names = "--client-secret",
      paramLabel = "SECRET",
      description =
          "With --browser or --code: the Secret of the OAuth application. Default: the one that the"
              + " administrator has set.")
  private String clientSecret = "";

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "Certificates of a private authority, in PEM form. They are stored with the token.")
  private String caFile = "";

  @Option(
      names = "--email",
      paramLabel = "ADDRESS",
      description = "Only for an API token of Bitbucket Cloud: the e-mail address of the account.")
  private String email = "";

  @Option(
      names = "--publish",
      paramLabel = "CONSUMER",
      split = ",",
      description =
          "Write Secrets for consumers: ServiceBinding, Flux, ArgoCD, Tekton, Kpack, Shipwright,"
              + " BuildKit, Git.")
  private List<Publication> publish = new ArrayList<>();

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      description = "How often the access is proven again. Default: 1h.")
  private String interval = "";

  @Option(
      names = "--dry-run",
      description = "Have the API server check what would be made, and make nothing.")
  private boolean dryRun;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "yaml or json: print the binding and make nothing, for a repository. The Secret is not"
              + " printed.")
  private Optional<Output> output = Optional.empty();

  @Option(
      names = "--wait",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Wait until the operator has looked at it (the default), or do not: --no-wait.")
  private boolean wait;

  @Mixin private final Waiting waiting = new Waiting("2m");

  @Override
  Exit run() {
    complete();
    ObjectNode binding = binding();
    if (output.isPresent()) {
      print(binding, output.get());
      return Exit.DONE;
    }
    Optional<ObjectNode> ofToken = isByNewToken() ? Optional.of(secret()) : Optional.empty();
    Kubectl kubectl = kubectl();
    // Both are checked before one of them is made.
    ofToken.ifPresent(made -> NewObject.tryOut(kubectl, made));
    NewObject.tryOut(kubectl, binding);
    if (dryRun) {
      terminal().print("The API server would make the binding %s.".formatted(name));
      return Exit.DONE;
    }
    make(kubectl, binding, ofToken);
    if (!wait) {
      terminal().print("The binding %s is made.".formatted(name));
      return Exit.DONE;
    }
    return new Verification(kubectl, terminal(), name, waiting.timeout()).first();
  }

  private boolean isByNewToken() {
    return fromSecret.isEmpty() && !browser && !code;
  }

  /** Asks for what is missing, and refuses what cannot be. */
  private void complete() {
    long ways =
        List.of(browser, code, !fromSecret.isEmpty(), token.isGiven()).stream()
            .filter(given -> given)
            .count();
    if (ways > 1) {
      throw Failure.usage("Give one of --browser, --code, --from-secret and a token.");
    }
    platform = platform(given(platform, "--platform", "Platform (" + platforms() + ")"));
    url = site(given(url, "--url", "URL used to log on"));
    username = given(username, "--username", "Username");
    if (name.isEmpty()) {
      name = platform.toLowerCase(Locale.ROOT);
    }
    Names.check(name);
    if (secret.isEmpty()) {
      secret = name + "-token";
    }
    for (String each : List.of(secret, fromSecret, clientSecret)) {
      if (!each.isEmpty()) {
        Names.check(each);
      }
    }
  }

  private static String platform(String text) {
    return Arrays.stream(Platform.values())
        .map(Platform::name)
        .filter(each -> each.equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                Failure.usage(
                    "\"%s\" is not a platform: it is one of %s.".formatted(text, platforms())));
  }

  private static String platforms() {
    return Arrays.stream(Platform.values()).map(Platform::name).collect(Collectors.joining(", "));
  }

  /** Refused before anything is sent, as the operator would. */
  private static String site(String text) {
    return switch (SiteUrl.parse(text)) {
      case Outcome.Done<SiteUrl>(var site) -> site.toString();
      case Outcome.Refused<SiteUrl>(var problem) ->
          throw Failure.usage("%s (%s)".formatted(problem.message(), problem.reason()));
      case Outcome.Waiting<SiteUrl>(var problem, var until, var scope) ->
          throw Failure.usage(problem.message());
    };
  }

  private ObjectNode binding() {
    ObjectNode binding = JsonNodeFactory.instance.objectNode();
    binding
        .put("apiVersion", ApiGroup.NAME + "/" + ApiGroup.VERSION)
        .put("kind", "CodeSourceBinding");
    ObjectNode metadata = binding.putObject("metadata").put("name", name);
    plugin().namespace().ifPresent(namespace -> metadata.put("namespace", namespace));
    ObjectNode spec =
        binding
            .putObject("spec")
            .put("platform", platform)
            .put("url", url)
            .put("username", username);
    if (browser || code) {
      ObjectNode oauth =
          spec.putObject("oauth")
              .put("flow", (browser ? Flow.AuthorizationCode : Flow.Device).name());
      if (!clientSecret.isEmpty()) {
        oauth.putObject("clientSecretRef").put("name", clientSecret);
      }
    } else {
      spec.putObject("tokenSecretRef").put("name", fromSecret.isEmpty() ? secret : fromSecret);
    }
    if (!publish.isEmpty()) {
      publish.stream().distinct().map(Publication::name).forEach(spec.putArray("publish")::add);
    }
    if (!interval.isEmpty()) {
      spec.put("interval", interval);
    }
    return binding;
  }

  private ObjectNode secret() {
    ObjectNode made = JsonNodeFactory.instance.objectNode();
    made.put("apiVersion", "v1").put("kind", "Secret").put("type", TOKEN_TYPE);
    ObjectNode metadata = made.putObject("metadata").put("name", secret);
    plugin().namespace().ifPresent(namespace -> metadata.put("namespace", namespace));
    ObjectNode data =
        made.putObject("stringData").put("url", url).put("token", token.read(terminal()));
    if (!caFile.isEmpty()) {
      data.put("ca.crt", certificates());
    }
    if (!email.isEmpty()) {
      data.put("email", email);
    }
    return made;
  }

  private String certificates() {
    try {
      Path file = Path.of(caFile);
      if (Files.size(file) > MOST_CA) {
        throw Failure.failed("The file %s is too long for a Secret.".formatted(caFile));
      }
      return Files.readString(file);
    } catch (IOException | InvalidPathException e) {
      throw Failure.failed("The file %s cannot be read.".formatted(caFile));
    }
  }

  private void print(ObjectNode binding, Output form) {
    terminal().print(NewObject.text(kubectl(), binding, form));
    if (isByNewToken()) {
      terminal()
          .say(
              "The Secret %s is of the type %s and has the keys url (%s) and token."
                  .formatted(secret, TOKEN_TYPE, url));
    }
  }

  private void make(Kubectl kubectl, ObjectNode binding, Optional<ObjectNode> ofToken) {
    List<String> create = List.of("create", "-f", "-");
    if (ofToken.isEmpty()) {
      kubectl.read(create, Change.bytes(binding));
      return;
    }
    try (Removal removal = new Removal(kubectl, terminal())) {
      JsonNode stored = kubectl.read(create, Change.bytes(ofToken.get()));
      removal.secret(stored);
      JsonNode made = kubectl.read(create, Change.bytes(binding));
      removal.keep();
      own(kubectl, made, stored);
    }
  }

  /** Who may not change Secrets has one that stays when the binding goes. */
  private void own(Kubectl kubectl, JsonNode binding, JsonNode stored) {
    try {
      kubectl.read(
          Change.merge(
              "secrets", secret, Change.owner(binding, Json.text(stored, "metadata", "uid"))));
    } catch (Failure failure) {
      terminal()
          .say(
              "The Secret %s will stay when the binding is deleted: %s"
                  .formatted(secret, failure.sentence()));
    }
  }
}
