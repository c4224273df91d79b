package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Replaces the token of a binding by one that is proven first. */
@Command(
    description = {
      "Replace the token of a binding.",
      "The new one is proven first, by a binding that is made for that and deleted again; the old",
      "one stays if it is refused. It is asked for if it is not given, is never an argument and is",
      "never shown."
    })
final class RotateCommand extends PluginCommand {

  /** Of what is made for the proof. */
  private static final String SUFFIX = "-rotation";

  @Parameters(paramLabel = "BINDING", description = "The name of the binding.")
  private String name = "";

  @Mixin private final NewToken token = new NewToken();
  @Mixin private final Waiting waiting = new Waiting("2m");

  @Override
  Exit run() {
    Names.check(name);
    Kubectl kubectl = kubectl();
    JsonNode binding = kubectl.read(List.of("get", Resources.BINDINGS, name));
    String secretName =
        Json.some(binding, "spec", "tokenSecretRef", "name")
            .orElseThrow(
                () ->
                    Failure.failed(
                        "The binding %s has no token: it is authorized by OAuth. Authorize it again: %s authorize %s"
                            .formatted(name, Plugin.NAME, name)));
    JsonNode secret = kubectl.read(List.of("get", "secrets", secretName));
    if (Json.text(secret, "data", "token").isEmpty()) {
      throw Failure.failed("The Secret %s holds no token.".formatted(secretName));
    }
    String fresh =
        Base64.getEncoder()
            .encodeToString(token.read(terminal()).getBytes(StandardCharsets.US_ASCII));
    if (Json.text(secret, "data", "token").equals(fresh)) {
      throw Failure.failed("This is the token that the binding has already.");
    }
    Exit proof = prove(kubectl, binding, secret, fresh);
    if (proof != Exit.DONE) {
      terminal().say("The old token stays.");
      return proof;
    }
    replace(kubectl, secret, fresh);
    return new Verification(kubectl, terminal(), name, waiting.timeout()).again();
  }

  private Exit prove(Kubectl kubectl, JsonNode binding, JsonNode secret, String fresh) {
    String trial = name + SUFFIX;
    Names.check(trial);
    List<String> create = List.of("create", "-f", "-");
    try (Removal removal = new Removal(kubectl, terminal())) {
      removal.secret(kubectl.read(create, Change.bytes(secretOf(trial, secret, fresh))));
      removal.binding(kubectl.read(create, Change.bytes(bindingOf(trial, binding))));
      terminal().say("The new token is being proven by the binding %s.".formatted(trial));
      return new Verification(kubectl, terminal(), trial, waiting.timeout()).first();
    }
  }

  /** With what else the Secret has, such as certificates. */
  private static ObjectNode secretOf(String trial, JsonNode secret, String fresh) {
    ObjectNode made =
        JsonNodeFactory.instance
            .objectNode()
            .put("apiVersion", "v1")
            .put("kind", "Secret")
            .put("type", Json.text(secret, "type"));
    made.putObject("metadata").put("name", trial).put("namespace", Json.namespace(secret));
    made.set("data", ((ObjectNode) secret.path("data").deepCopy()).put("token", fresh));
    return made;
  }

  /** Without what it would publish. */
  private static ObjectNode bindingOf(String trial, JsonNode binding) {
    ObjectNode spec = binding.path("spec").deepCopy();
    spec.remove(List.of("publish", "publishNames", "deployToken", "whenUnbound", "suspend"));
    spec.putObject("tokenSecretRef").put("name", trial);
    ObjectNode made =
        JsonNodeFactory.instance
            .objectNode()
            .put("apiVersion", Json.text(binding, "apiVersion"))
            .put("kind", Json.text(binding, "kind"));
    made.putObject("metadata").put("name", trial).put("namespace", Json.namespace(binding));
    made.set("spec", spec);
    return made;
  }

  /** Refused if somebody else has changed the Secret meanwhile. */
  private static void replace(Kubectl kubectl, JsonNode secret, String fresh) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch
        .putObject("metadata")
        .put("resourceVersion", Json.text(secret, "metadata", "resourceVersion"));
    patch.putObject("data").put("token", fresh);
    kubectl.read(Change.mergeOfInput("secrets", Json.name(secret)), Change.bytes(patch));
  }
}
