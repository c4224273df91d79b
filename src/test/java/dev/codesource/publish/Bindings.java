package dev.codesource.publish;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.gitea.Gitea;
import dev.codesource.credential.Credential;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.util.Optional;

/** Bindings that publish, and what is proven of them. */
final class Bindings {

  static final String NAMESPACE = "team-a";
  static final String TOKEN = "the-bound-token-of-alice";

  private Bindings() {}

  /**
   * A binding named "team" of alice.
   *
   * @param spec more of it, one field in each line
   */
  static CodeSourceBinding binding(String spec) {
    return binding("team", "11111111-0000-0000-0000-000000000000", spec);
  }

  static CodeSourceBinding binding(String name, String uid, String spec) {
    return Serialization.unmarshal(
        """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceBinding
        metadata: {namespace: %s, name: %s, uid: %s, generation: 1}
        spec:
          platform: Gitea
          url: https://git.example.com
          username: alice
          tokenSecretRef: {name: token}
        %s
        status: {account: {username: Alice, id: "7"}}
        """
            .formatted(NAMESPACE, name, uid, spec.indent(2)),
        CodeSourceBinding.class);
  }

  static Claim claim() {
    return new Claim(
        new Gitea(Clock.systemUTC()), site(), "alice", Credential.of(TOKEN), Optional.empty());
  }

  private static SiteUrl site() {
    return new SiteUrl(new Origin(Origin.Scheme.HTTPS, "git.example.com", 443), "");
  }
}
