package dev.codesource.web.console;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Objects as the API server has them. */
final class Sample {

  static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
  static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  static final PlatformGuide GITLAB = guide("GitLab", Optional.of("https://gitlab.com"));
  static final PlatformGuide GITEA = guide("Gitea", Optional.empty());
  static final PlatformGuide BITBUCKET =
      guide("Bitbucket", Optional.of("https://bitbucket.org"), "https://id.example.com/tokens");

  private Sample() {}

  private static PlatformGuide guide(String name, Optional<String> site) {
    return guide(name, site, "/tokens");
  }

  private static PlatformGuide guide(String name, Optional<String> site, String tokenPage) {
    return new PlatformGuide(
        name,
        site.map(
            url ->
                switch (SiteUrl.parse(url)) {
                  case Outcome.Done<SiteUrl>(var parsed) -> parsed;
                  case Outcome.Refused<SiteUrl>(var problem) ->
                      throw new IllegalArgumentException(problem.message());
                  case Outcome.Waiting<SiteUrl>(var problem, var until, var scope) ->
                      throw new IllegalArgumentException(problem.message());
                }),
        List.of("api"),
        tokenPage,
        Outcome::done);
  }

  /** A binding; {@code status} is YAML in flow style. */
  static CodeSourceBinding binding(String status) {
    return binding("", status);
  }

  /** A binding with more fields of spec. */
  static CodeSourceBinding binding(String spec, String status) {
    return SERIALIZATION.unmarshal(
        """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceBinding
        metadata: {name: gitlab, namespace: team-a, uid: u1, generation: 3, resourceVersion: '42', creationTimestamp: '2026-11-30T11:00:00Z'}
        spec: {platform: GitLab, url: 'https://gitlab.example.com', username: alice, tokenSecretRef: {name: gitlab-token}%s}
        status: {%s}
        """
            .formatted(spec, status),
        CodeSourceBinding.class);
  }

  /** A binding that is authorized by OAuth. */
  static CodeSourceBinding byOAuth(String status) {
    return SERIALIZATION.unmarshal(
        """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceBinding
        metadata: {name: gitlab, namespace: team-a, uid: u1, generation: 3, resourceVersion: '42', creationTimestamp: '2026-11-30T11:00:00Z'}
        spec: {platform: GitLab, url: 'https://gitlab.example.com', username: alice, deletionPolicy: Revoke, oauth: {flow: AuthorizationCode}}
        status: {%s}
        """
            .formatted(status),
        CodeSourceBinding.class);
  }

  /** A trigger; {@code status} is YAML in flow style. */
  static CodeSourceTrigger trigger(String status) {
    return SERIALIZATION.unmarshal(
        """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceTrigger
        metadata: {name: shop, namespace: team-a, uid: u2, generation: 1, resourceVersion: '43', creationTimestamp: '2026-11-30T11:00:00Z'}
        spec:
          bindingRef: {name: gitlab}
          repository: group/shop
          image: registry.example.com/team-a/shop
          rules:
          - {name: main, branch: main, imageTags: ['${shortSha}', latest]}
          - {name: releases, tag: 'v(?<version>[0-9.]+)', imageTags: ['${version}']}
        status: {%s}
        """
            .formatted(status),
        CodeSourceTrigger.class);
  }

  /** What a person has filled in: names and values in turn. */
  static Entries entries(String... pairs) {
    MultivaluedMap<String, String> all = new MultivaluedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      all.add(pairs[i], pairs[i + 1]);
    }
    return new Entries(all);
  }
}
