package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.cli.doctor.Check;
import dev.codesource.cli.doctor.Finding;
import dev.codesource.cli.doctor.Finding.Level;
import dev.codesource.runtime.Shard;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was found so far, and what is known of the operator. */
final class Diary {

  /** The label of the Deployments of operators; those of the console have no shard. */
  static final String OPERATORS = "app.kubernetes.io/name=codesource-operator," + Shard.LABEL;

  private final Kubectl cluster;
  private final List<Finding> findings = new ArrayList<>();
  private List<JsonNode> triggers = List.of();
  private List<JsonNode> operators = List.of();
  private List<String> down = List.of();
  private boolean knowsOperators;

  Diary(Kubectl cluster) {
    this.cluster = cluster;
  }

  void add(Finding finding) {
    findings.add(finding);
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }

  boolean hasProblem(String id) {
    return findings.stream().anyMatch(each -> each.id().equals(id));
  }

  void triggers(List<JsonNode> found) {
    triggers = List.copyOf(found);
  }

  List<JsonNode> triggers() {
    return triggers;
  }

  /** The first that is wrong; of equal weight the one that was found first. */
  Optional<Finding> firstCause() {
    return findings.stream()
        .filter(each -> each.level() == Level.ERROR)
        .findFirst()
        .or(() -> findings.stream().filter(each -> each.level() == Level.WARNING).findFirst());
  }

  /** The namespace of the operator; empty: not known. */
  Optional<String> operator() {
    return operators.stream().map(Json::namespace).findFirst();
  }

  /**
   * Looks for the Deployments of the operator.
   *
   * @param isAskedLater whether the operator is asked about a binding after this
   */
  void lookForOperators(boolean isAskedLater) {
    try {
      operators =
          Json.elements(
                  cluster.read(
                      List.of("get", "deployments", "--all-namespaces", "--selector=" + OPERATORS)),
                  "items")
              .toList();
      knowsOperators = true;
    } catch (Failure refused) {
      add(
          Finding.unknown(
              Check.Operator, "You may not see its Deployment. Whether it answers is seen below."));
      return;
    }
    down =
        operators.stream()
            .filter(each -> Json.at(each, "status", "availableReplicas").asInt() == 0)
            .map(each -> Json.namespace(each) + "/" + Json.name(each))
            .toList();
    if (operators.isEmpty()) {
      add(
          Finding.unknown(
              Check.Operator,
              "No Deployment of the chart is there. It may have another name, or be installed otherwise."));
    } else if (down.isEmpty()) {
      add(Finding.good(Check.Operator, "It runs in the namespace %s.".formatted(operator().get())));
    } else if (isAskedLater) {
      // Another one may be there, such as that of another shard: what counts is the answer.
      add(
          Finding.unknown(
              Check.Operator,
              "No pod of %s is ready. Whether it answers is seen below."
                  .formatted(String.join(", ", down))));
    } else {
      add(notRunning(Check.Operator, ""));
    }
  }

  private Finding notRunning(Check check, String before) {
    return Finding.bad(
            check.name(),
            Level.ERROR,
            "operator-not-running",
            "%sNo pod of %s is ready.".formatted(before, String.join(", ", down)),
            "See why its pods do not start.")
        .with(
            "kubectl describe pods -n %s --selector=%s"
                .formatted(operator().orElse(""), OPERATORS));
  }

  /**
   * The operator did not look at the binding.
   *
   * @param waited zero: it was not asked
   * @param shard of the binding; empty: the first
   */
  void silent(String binding, Duration waited, String shard) {
    String what =
        waited.isZero()
            ? "The operator has not looked at %s as it is written now.".formatted(binding)
            : "The operator did not verify %s within %d s.".formatted(binding, waited.toSeconds());
    if (!down.isEmpty()) {
      add(notRunning(Check.Answer, what + " "));
      return;
    }
    add(
        Finding.bad(
                Check.Answer.name(),
                Level.ERROR,
                "operator-silent",
                what + why(shard),
                "Check that the operator runs, that watchNamespaces in the chart's values is empty or has the namespace, and that the shard of the binding exists.")
            .with(
                operator()
                    .map(
                        namespace ->
                            "kubectl logs -n %s --selector=%s --tail=50"
                                .formatted(namespace, OPERATORS))
                    .orElse("kubectl get deployments --all-namespaces --selector=" + OPERATORS)));
  }

  private String why(String shard) {
    if (!knowsOperators) {
      return "";
    }
    if (operators.isEmpty()) {
      return " There is no Deployment of it in the cluster.";
    }
    String wanted = shard.isEmpty() ? "0" : shard;
    if (operators.stream()
        .noneMatch(each -> Json.text(each, "metadata", "labels", Shard.LABEL).equals(wanted))) {
      return " There is no shard %s.".formatted(wanted);
    }
    return lease();
  }

  /** Who leads renews the Lease every few seconds. */
  private String lease() {
    try {
      List<JsonNode> leases =
          Json.elements(
                  cluster.read(List.of("get", "leases", "--namespace=" + operator().orElseThrow())),
                  "items")
              .filter(
                  each ->
                      operators.stream().anyMatch(one -> Json.name(one).equals(Json.name(each))))
              .toList();
      boolean isHeld =
          leases.stream()
              .anyMatch(
                  each ->
                      Times.read(Json.text(each, "spec", "renewTime"))
                          .filter(time -> Duration.between(time, Instant.now()).toSeconds() < 60)
                          .isPresent());
      return isHeld ? "" : " Nobody holds its Lease.";
    } catch (Failure unknown) {
      return "";
    }
  }
}
