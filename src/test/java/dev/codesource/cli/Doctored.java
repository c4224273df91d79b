package dev.codesource.cli;

import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.Finding;
import dev.codesource.status.Observation;
import dev.codesource.status.Publishing;
import dev.codesource.status.StatusReport;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A cluster with the binding {@code gitlab}, for the doctor; statuses as the operator makes them.
 */
final class Doctored {

  static final String TOKEN = "glpat-0123456789abcdefghij";

  private Doctored() {}

  static Finding proven(Optional<Instant> expiresAt) {
    return new Finding.Proven(
        new Proof(
            new Proof.Account("alice", "42"),
            new Scopes.Known(new TreeSet<>(List.of("api")), new TreeSet<>()),
            expiresAt),
        Instant.now(),
        "digest");
  }

  /** The status of a binding that has this reason, with the message that the operator writes. */
  static String status(Reason reason, String url) {
    Problem problem = new Problem(reason, "Something was seen.");
    Finding lost = new Finding.NotProven(new Problem(Reason.TokenRejected, "No."), false);
    return switch (reason) {
      case Suspended -> status(url, new Finding.Suspended(), new Publishing.Untouched());
      case AwaitingAuthorization,
          AuthorizationDenied,
          AuthorizationExpired,
          RefreshRejected,
          RefreshLost ->
          status(
              url,
              new Finding.Awaiting(
                  problem,
                  new Authorization("f", url + "/authorize", null, "2099-01-01T00:00:00Z", null)),
              new Publishing.NotAsked());
      case TokenExpiring ->
          status(
              url,
              proven(Optional.of(Instant.now().plus(Duration.ofDays(5)))),
              new Publishing.NotAsked());
      case Stale -> status(url, lost, new Publishing.Stale(Optional.empty()));
      case Withdrawn -> status(url, lost, new Publishing.Withdrawn());
      default ->
          switch (reason.stage()) {
            case PUBLISHED ->
                status(
                    url,
                    proven(Optional.empty()),
                    new Publishing.Refused(problem, Optional.empty()));
            default ->
                status(url, new Finding.NotProven(problem, false), new Publishing.NotAsked());
          };
    };
  }

  /** Of a binding whose access is proven. */
  static String healthy(String url) {
    return status(url, proven(Optional.empty()), new Publishing.NotAsked());
  }

  static String status(String url, Finding finding, Publishing publishing) {
    return Serialization.asJson(
        StatusReport.next(
            null,
            new Observation(3, Optional.of(url), Optional.of("REQUEST"), finding),
            publishing,
            Instant.now()));
  }

  static String binding(String url, String status) {
    return """
    {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceBinding",
     "metadata":{"name":"gitlab","namespace":"team-a","uid":"u-gitlab","generation":3,"creationTimestamp":"2026-01-01T00:00:00Z"},
     "spec":{"platform":"GitLab","url":"%s","username":"alice","tokenSecretRef":{"name":"gitlab-token"}},
     "status":%s}
    """
        .formatted(url, status);
  }

  static String suspended(String binding) {
    return binding.replace("\"spec\":{", "\"spec\":{\"suspend\":true,");
  }

  static String secret(String url, String token) {
    return """
    {"apiVersion":"v1","kind":"Secret","type":"codesource.dev/token",
     "metadata":{"name":"gitlab-token","namespace":"team-a","uid":"u-s","resourceVersion":"7"},
     "data":{"url":"%s","token":"%s"}}
    """
        .formatted(base64(url), base64(token));
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** What the API server and the operator's Deployment answer. */
  static ScriptedKubectl cluster(ScriptedKubectl kubectl) {
    return kubectl
        .answer("get --raw /version", "{\"gitVersion\":\"v1.34.2\"}")
        .answer(
            "selfsubjectreviews", "{\"status\":{\"userInfo\":{\"username\":\"jane@example.com\"}}}")
        .answer(
            "get --raw /apis/codesource.dev",
            "{\"versions\":[{\"groupVersion\":\"codesource.dev/v1alpha1\",\"version\":\"v1alpha1\"}]}")
        .answer("get deployments", Answers.list(operator("1")));
  }

  static String operator(String available) {
    return """
    {"metadata":{"name":"codesource","namespace":"codesource-system",
      "labels":{"app.kubernetes.io/instance":"codesource","codesource.dev/shard":"0"}},
     "status":{"availableReplicas":%s}}
    """
        .formatted(available);
  }

  /** The operator answers with this binding when it is asked. */
  static ScriptedKubectl answering(ScriptedKubectl kubectl, String binding) {
    return cluster(kubectl)
        .answer("^patch", binding)
        .answerLasting("--watch", binding)
        .answer("get codesourcebindings.*--ignore-not-found", binding)
        .answer("get codesourcetriggers", Answers.list())
        .answer("get events", Answers.list());
  }
}
