package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.cli.doctor.Finding;
import dev.codesource.cli.doctor.Finding.Level;
import java.util.ArrayList;
import java.util.List;

/** What the chart needs of a cluster and of who installs it. */
final class InstallChecks {

  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final String ADMISSION = "admissionregistration.k8s.io";

  /** What the chart has in the namespace of the release; Helm itself keeps a Secret there. */
  private static final List<Kind> IN_NAMESPACE =
      List.of(
          new Kind("apps", "deployments"),
          new Kind("", "services"),
          new Kind("", "serviceaccounts"),
          new Kind("", "configmaps"),
          new Kind("", "secrets"),
          new Kind(RBAC, "roles"),
          new Kind(RBAC, "rolebindings"));

  private record Kind(String group, String resource) {}

  private final Kubectl kubectl;
  private final Diary diary;
  private final ClusterChecks cluster;
  private final String release;
  private final String namespace;

  InstallChecks(Kubectl kubectl, Diary diary, String release, String namespace) {
    this.kubectl = kubectl;
    this.diary = diary;
    this.cluster = new ClusterChecks(kubectl, diary);
    this.release = release;
    this.namespace = namespace;
  }

  /**
   * @param monitoring whether objects of the Prometheus Operator are wanted
   * @param httpRoute whether an HTTPRoute is wanted
   */
  void run(boolean monitoring, boolean httpRoute) {
    if (!cluster.isAnswering()) {
      return;
    }
    namespace();
    rightsInNamespace();
    clusterRoles();
    crds();
    admission();
    if (monitoring) {
      kind(
          "Monitoring",
          "monitoring.coreos.com",
          "the Prometheus Operator",
          "Set serviceMonitor.enabled, podMonitor.enabled and prometheusRule.enabled to false, or their onlyIfCrdExists to true.");
    }
    if (httpRoute) {
      kind(
          "Gateway",
          "gateway.networking.k8s.io",
          "the Gateway API",
          "Set httpRoute.enabled to false, and ingress.enabled to true if there is an ingress controller.");
    }
    others();
  }

  private void namespace() {
    try {
      JsonNode found = kubectl.read(List.of("get", "namespace", namespace, "--ignore-not-found"));
      if (!found.isMissingNode()) {
        diary.add(good("Namespace", "The namespace %s exists.".formatted(namespace)));
      } else if (cluster.may("create", "", "namespaces", "")) {
        diary.add(
            note(
                "Namespace",
                "namespace-missing",
                "The namespace %s does not exist, and you may create it.".formatted(namespace),
                "Install with --create-namespace."));
      } else {
        diary.add(
            bad(
                "Namespace",
                "namespace-missing",
                "The namespace %s does not exist, and you may not create it.".formatted(namespace),
                "Ask whoever manages the cluster for it, or set namespaceOverride to one that exists."));
      }
    } catch (Failure refused) {
      diary.add(unknown("Namespace", "You may not see whether %s exists.".formatted(namespace)));
    }
  }

  private void rightsInNamespace() {
    List<String> missing = new ArrayList<>();
    for (Kind kind : IN_NAMESPACE) {
      if (!cluster.may("create", kind.group(), kind.resource(), namespace)) {
        missing.add(kind.resource());
      }
    }
    if (missing.isEmpty()) {
      diary.add(good("Rights", "You may create what the chart has in the namespace."));
      return;
    }
    List<String> values = new ArrayList<>();
    if (missing.contains("roles") || missing.contains("rolebindings")) {
      values.add("rbac.create to false");
    }
    if (missing.contains("serviceaccounts")) {
      values.add("serviceAccount.create to false and serviceAccount.name");
    }
    diary.add(
        bad(
            "Rights",
            "rights-missing",
            "You may not create these in %s: %s.".formatted(namespace, String.join(", ", missing)),
            values.isEmpty()
                ? "Ask whoever manages the cluster for the rights."
                : "Ask whoever manages the cluster for the rights; or have them make the objects, and set %s."
                    .formatted(String.join(", ", values))));
  }

  private void clusterRoles() {
    boolean may =
        cluster.may("create", RBAC, "clusterroles", "")
            && cluster.may("create", RBAC, "clusterrolebindings", "");
    if (!may) {
      diary.add(
          bad(
              "ClusterRoles",
              "cluster-roles-missing",
              "You may not create ClusterRoles and their bindings.",
              "Set watchNamespaces to the namespaces of the teams: then the chart has Roles only. Or set rbac.create to false, and have whoever manages the cluster make the roles."));
    } else if (!cluster.may("escalate", RBAC, "clusterroles", "")
        && !cluster.may("*", "*", "*", "")) {
      diary.add(
          note(
              "ClusterRoles",
              "escalation",
              "You may create ClusterRoles, but the API server refuses those with rights that you do not have.",
              "If it does, set rbac.create to false, and have whoever manages the cluster make the roles."));
    } else {
      diary.add(good("ClusterRoles", "You may create ClusterRoles with the operator's rights."));
    }
  }

  private void crds() {
    boolean may = cluster.may("create", "apiextensions.k8s.io", "customresourcedefinitions", "");
    if (!may) {
      diary.add(
          bad(
              "CRDs",
              "crds-right-missing",
              "You may not create CRDs.",
              "Set crds.install to false, and have whoever manages the cluster apply the CRDs."));
    }
    for (String name : List.of(Resources.BINDINGS, Resources.TRIGGERS)) {
      try {
        JsonNode crd =
            kubectl.read(
                List.of(
                    "get",
                    "customresourcedefinitions.apiextensions.k8s.io",
                    name,
                    "--ignore-not-found"));
        owner(name, crd, may);
      } catch (Failure refused) {
        diary.add(unknown("CRDs", "You may not see whether the CRD %s exists.".formatted(name)));
      }
    }
  }

  private void owner(String name, JsonNode crd, boolean may) {
    if (crd.isMissingNode()) {
      if (may) {
        diary.add(good("CRDs", "The CRD %s does not exist yet.".formatted(name)));
      }
      return;
    }
    if (!Json.text(crd, "metadata", "deletionTimestamp").isEmpty()) {
      diary.add(
          bad(
              "CRDs",
              "crd-being-deleted",
              "The CRD %s is being deleted.".formatted(name),
              "Wait until it is gone. If that does not end, see Uninstall in the chart's README."));
      return;
    }
    String ofRelease = Json.text(crd, "metadata", "annotations", "meta.helm.sh/release-name");
    String ofNamespace =
        Json.text(crd, "metadata", "annotations", "meta.helm.sh/release-namespace");
    if (ofRelease.isEmpty()) {
      diary.add(
          bad(
              "CRDs",
              "crd-not-of-helm",
              "The CRD %s exists, and no release of Helm has it.".formatted(name),
              "Set crds.install to false, or install with --take-ownership (Helm 3.17)."));
    } else if (ofRelease.equals(release) && ofNamespace.equals(namespace)) {
      diary.add(good("CRDs", "The CRD %s is of this release.".formatted(name)));
    } else {
      diary.add(
          bad(
              "CRDs",
              "crd-of-other-release",
              "The CRD %s is of the release %s in the namespace %s."
                  .formatted(name, ofRelease, ofNamespace),
              "Set crds.install to false: that release updates the CRDs."));
    }
  }

  private void admission() {
    boolean served;
    try {
      served =
          Json.elements(kubectl.raw("/apis/" + ADMISSION + "/v1"), "resources")
              .anyMatch(each -> Json.text(each, "name").equals("validatingadmissionpolicies"));
    } catch (Failure failure) {
      diary.add(unknown("AdmissionPolicies", failure.sentence()));
      return;
    }
    String values =
        "Set admissionPolicy.operatorWrites.enabled and admissionPolicy.triggers.enabled to false, and leave admissionPolicy.enabled false.";
    if (!served) {
      diary.add(
          bad(
              "AdmissionPolicies",
              "admission-policies-missing",
              "The cluster has no ValidatingAdmissionPolicies.",
              values));
    } else if (!cluster.may("create", ADMISSION, "validatingadmissionpolicies", "")
        || !cluster.may("create", ADMISSION, "validatingadmissionpolicybindings", "")) {
      diary.add(
          bad(
              "AdmissionPolicies",
              "admission-policies-right-missing",
              "You may not create ValidatingAdmissionPolicies.",
              values));
    } else {
      diary.add(good("AdmissionPolicies", "The cluster has them, and you may create them."));
    }
  }

  private void kind(String check, String group, String product, String remedy) {
    boolean served;
    try {
      served =
          Json.elements(kubectl.raw("/apis"), "groups")
              .anyMatch(each -> Json.text(each, "name").equals(group));
    } catch (Failure failure) {
      diary.add(unknown(check, failure.sentence()));
      return;
    }
    diary.add(
        served
            ? good(check, "The cluster has %s.".formatted(product))
            : bad(
                check,
                "not-served",
                "The cluster does not have %s (%s).".formatted(product, group),
                remedy));
  }

  private void others() {
    List<String> others;
    try {
      others =
          Json.elements(
                  kubectl.read(
                      List.of(
                          "get",
                          "deployments",
                          "--all-namespaces",
                          "--selector=" + Diary.OPERATORS)),
                  "items")
              .filter(each -> !isOwn(each))
              .map(
                  each ->
                      "%s in %s"
                          .formatted(
                              Json.text(each, "metadata", "labels", "app.kubernetes.io/instance"),
                              Json.namespace(each)))
              .distinct()
              .toList();
    } catch (Failure refused) {
      diary.add(unknown("OtherReleases", "You may not see the Deployments of other namespaces."));
      return;
    }
    diary.add(
        others.isEmpty()
            ? good("OtherReleases", "There is no other release of the operator.")
            : note(
                "OtherReleases",
                "other-release",
                "There is another release: %s.".formatted(String.join(", ", others)),
                "Set watchNamespaces in both, without a namespace in common, and crds.install to false in the second."));
  }

  private boolean isOwn(JsonNode deployment) {
    return Json.namespace(deployment).equals(namespace)
        && Json.text(deployment, "metadata", "labels", "app.kubernetes.io/instance")
            .equals(release);
  }

  private static Finding good(String check, String sentence) {
    return new Finding(check, Level.GOOD, "", sentence, "", "");
  }

  private static Finding unknown(String check, String sentence) {
    return new Finding(check, Level.UNKNOWN, "", sentence, "", "");
  }

  private static Finding note(String check, String id, String sentence, String remedy) {
    return Finding.bad(check, Level.WARNING, id, sentence, remedy);
  }

  private static Finding bad(String check, String id, String sentence, String remedy) {
    return Finding.bad(check, Level.ERROR, id, sentence, remedy);
  }
}
