package dev.codesource.builder;

/**
 * What the kubelet does with texts: it replaces {@code $(VARIABLE)} in commands, arguments and
 * variables, and two dollars by one
 * (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container, under
 * {@code args}).
 */
final class Kubelet {

  private Kubelet() {}

  /**
   * A text that the kubelet makes this one of. Every dollar is doubled: where only those before a
   * parenthesis are, {@code $$(VARIABLE)} becomes {@code $$$(VARIABLE)}, which is a dollar and a
   * variable.
   */
  static String literally(String text) {
    return text.replace("$", "$$");
  }
}
