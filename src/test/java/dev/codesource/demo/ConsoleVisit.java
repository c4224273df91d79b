package dev.codesource.demo;

import dev.codesource.cluster.Cluster;
import dev.codesource.operator.ConsoleProcess;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;

/** The console, and somebody who may edit the namespace of the demo there. */
record ConsoleVisit(ConsoleProcess console, String namespace, String token)
    implements AutoCloseable {

  private static final String VISITOR = "visitor";

  /** Of the token; the console keeps one for an hour, and it can be pasted again. */
  private static final Duration VALID = Duration.ofDays(1);

  /** Starts the console. The visitor has the role that Kubernetes has for those who edit. */
  static ConsoleVisit prepare(Cluster cluster, String namespace) {
    cluster
        .apply(
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: %1$s}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
            subjects: [{kind: ServiceAccount, name: %1$s, namespace: %2$s}]
            """
                .formatted(VISITOR, namespace),
            "-n",
            namespace)
        .orFail();
    String token =
        cluster
            .admin()
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(VISITOR)
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(VALID.toSeconds())
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    return new ConsoleVisit(ConsoleProcess.start(cluster, Map.of()), namespace, token);
  }

  /**
   * Says what to type.
   *
   * @param site a GitLab that knows these tokens, which are alice's
   */
  void invite(PrintStream out, String site, String good, String bad) {
    out.printf(
        """

        It stays up to be played with. In a browser, without kubectl:

          %s

        Log in with this token, which is good for a day:

          %s

        Bind: press "Bind account", choose GitLab, and fill in

          Name of the binding   mine
          URL                   %s
          Username              alice
          Token                 %s

        Break:  "Replace token" with %s, which lacks a scope, or with any other text.
        Repair: "Replace token" with %s. That repairs the binding wrong-scope, too;
                wrong-account is repaired by "Edit" with the username alice.
        Build:  "Find a repository" with app, which finds team/app, and make a trigger for it.
        Unbind: "Unbind", which first says what goes with the binding.
        """,
        console.url("/ns/" + namespace), token, site, good, bad, good);
  }

  @Override
  public void close() {
    console.close();
  }
}
