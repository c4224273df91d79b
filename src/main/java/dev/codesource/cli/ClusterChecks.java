package dev.codesource.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.ApiGroup;
import dev.codesource.cli.doctor.Check;
import dev.codesource.cli.doctor.Finding;
import dev.codesource.cli.doctor.Finding.Level;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is asked of the API server before anything else. */
final class ClusterChecks {

  /** The chart's kubeVersion. */
  private static final int LEAST_MINOR = 31;

  private static final Pattern VERSION = Pattern.compile("v?1\\.(\\d+).*");

  private final Kubectl kubectl;
  private final Diary diary;
  private String version = "";
  private List<String> served = List.of();

  ClusterChecks(Kubectl kubectl, Diary diary) {
    this.kubectl = kubectl;
    this.diary = diary;
  }

  /** The version of the API server; empty: not known. */
  String version() {
    return version;
  }

  /** The versions of the operator's API that are served. */
  List<String> served() {
    return served;
  }

  /** Whether the rest can be looked at. */
  boolean pass() {
    return isAnswering() && isServing();
  }

  /** Whether the API server answers. */
  boolean isAnswering() {
    JsonNode answer;
    try {
      answer = kubectl.raw("/version");
    } catch (Failure failure) {
      diary.add(
          Finding.bad(
                  Check.Cluster.name(),
                  Level.ERROR,
                  "api-server",
                  failure.sentence(),
                  "Check the kubeconfig, the context and the network of this machine.")
              .with("kubectl cluster-info"));
      return false;
    }
    version = Json.text(answer, "gitVersion");
    Matcher minor = VERSION.matcher(version);
    diary.add(
        minor.matches() && Integer.parseInt(minor.group(1)) < LEAST_MINOR
            ? Finding.bad(
                Check.Cluster.name(),
                Level.ERROR,
                "kubernetes-version",
                "The API server is of version %s.".formatted(Visible.line(version)),
                "The operator needs Kubernetes 1.%d or later.".formatted(LEAST_MINOR))
            : Finding.good(Check.Cluster, "It is of version %s.".formatted(Visible.line(version))));
    identity();
    return true;
  }

  private void identity() {
    try {
      JsonNode review = create("/apis/authentication.k8s.io/v1/selfsubjectreviews", selfReview());
      diary.add(
          Finding.good(
              Check.Identity,
              "You are %s.".formatted(Json.text(review, "status", "userInfo", "username"))));
    } catch (Failure failure) {
      diary.add(Finding.unknown(Check.Identity, failure.sentence()));
    }
  }

  private static ObjectNode selfReview() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("apiVersion", "authentication.k8s.io/v1")
        .put("kind", "SelfSubjectReview");
  }

  /**
   * Whether the user may do something; an answer of the API server, which does nothing.
   *
   * @param group of the API; empty: the core
   * @param namespace empty: in all
   */
  boolean may(String verb, String group, String resource, String namespace) {
    ObjectNode review =
        JsonNodeFactory.instance
            .objectNode()
            .put("apiVersion", "authorization.k8s.io/v1")
            .put("kind", "SelfSubjectAccessReview");
    ObjectNode asked =
        review
            .putObject("spec")
            .putObject("resourceAttributes")
            .put("verb", verb)
            .put("group", group)
            .put("resource", resource);
    if (!namespace.isEmpty()) {
      asked.put("namespace", namespace);
    }
    JsonNode answer = create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review);
    return Json.at(answer, "status", "allowed").asBoolean();
  }

  private JsonNode create(String path, ObjectNode object) {
    String answer =
        kubectl.text(List.of("create", "--raw", path, "--filename=-"), Change.bytes(object));
    try {
      return Json.TREES.readTree(answer);
    } catch (JsonProcessingException e) {
      throw Failure.failed("The API server answered what cannot be read.");
    }
  }

  private boolean isServing() {
    try {
      served =
          Json.elements(kubectl.raw("/apis/" + ApiGroup.NAME), "versions")
              .map(each -> Json.text(each, "version"))
              .toList();
    } catch (Failure failure) {
      served = List.of();
    }
    if (served.contains(ApiGroup.VERSION)) {
      diary.add(
          Finding.good(
              Check.Resources,
              "It serves %s/%s.".formatted(ApiGroup.NAME, String.join(", ", served))));
      return true;
    }
    diary.add(
        Finding.bad(
                Check.Resources.name(),
                Level.ERROR,
                "not-installed",
                "The cluster does not serve %s/%s.".formatted(ApiGroup.NAME, ApiGroup.VERSION),
                "Whoever manages the cluster installs the operator, with its CRDs.")
            .with(Plugin.NAME + " install --check"));
    return false;
  }
}
