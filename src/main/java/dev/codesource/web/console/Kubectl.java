package dev.codesource.web.console;

/** The commands that do what the console does. */
final class Kubectl {

  private Kubectl() {}

  static String annotate(String namespace, String kind, String name) {
    return "kubectl -n %s annotate %s %s codesource.dev/requested-at=\"$(date +%%s)\" --overwrite"
        .formatted(namespace, kind, name);
  }

  static String suspend(String namespace, String kind, String name, boolean suspend) {
    return "kubectl -n %s patch %s %s --type=merge -p '{\"spec\":{\"suspend\":%s}}'"
        .formatted(namespace, kind, name, suspend);
  }

  static String edit(String namespace, String kind, String name) {
    return "kubectl -n %s edit %s %s".formatted(namespace, kind, name);
  }

  static String delete(String namespace, String kind, String name) {
    return "kubectl -n %s delete %s %s".formatted(namespace, kind, name);
  }

  static String replaceToken(String namespace, String secret) {
    return "kubectl -n %s patch secret %s --type=merge -p '{\"stringData\":{\"token\":\"…\"}}'"
        .formatted(namespace, secret);
  }

  /** Of names and a URL that need no quotes. */
  static String changeAccess(String namespace, String name, String secret, String url) {
    return """
    kubectl -n %1$s create secret generic %3$s --type=codesource.dev/token --from-literal=url=%4$s --from-literal=token=…
    kubectl -n %1$s patch csb %2$s --type=merge -p '{"spec":{"oauth":null,"deletionPolicy":null,"tokenSecretRef":{"name":"%3$s"}}}'\
    """
        .formatted(namespace, name, secret, url);
  }

  static String build(String namespace, String name, String rule, String ref) {
    return "kubectl -n %s annotate cst %s codesource.dev/build=\"%s@%s $(date +%%s)\" --overwrite"
        .formatted(namespace, name, rule, ref);
  }

  /** Of names and a URL that the console itself proposes, which need no quotes. */
  static String bind(String namespace, String name, String platform, String url, String username) {
    return """
    kubectl -n %1$s create secret generic %2$s-token --type=codesource.dev/token --from-literal=url=%4$s --from-literal=token=…
    kubectl apply -f - <<END
    apiVersion: codesource.dev/v1alpha1
    kind: CodeSourceBinding
    metadata: {name: %2$s, namespace: %1$s}
    spec: {platform: %3$s, url: %4$s, username: %5$s, tokenSecretRef: {name: %2$s-token}}
    END\
    """
        .formatted(namespace, name, platform, url, username);
  }

  static String trigger(String namespace, String binding) {
    return """
    kubectl apply -f - <<END
    apiVersion: codesource.dev/v1alpha1
    kind: CodeSourceTrigger
    metadata: {name: shop, namespace: %s}
    spec: {bindingRef: {name: %s}, repository: group/shop, rules: [{name: main, branch: main}]}
    END\
    """
        .formatted(namespace, binding);
  }

  static String findRepositories(String namespace, String binding) {
    return """
    kubectl -n %1$s annotate csb %2$s codesource.dev/find-repositories="shop $(date +%%s)" --overwrite
    kubectl -n %1$s get secret %2$s-repositories -o jsonpath='{.data.repositories}' | base64 --decode\
    """
        .formatted(namespace, binding);
  }
}
