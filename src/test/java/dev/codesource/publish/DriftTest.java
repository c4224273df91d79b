package dev.codesource.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.credential.Token;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftTest {

  private static final DesiredSecret DESIRED =
      new DesiredSecret(
          Publication.Kpack,
          "team-kpack",
          "kubernetes.io/basic-auth",
          new Token("secret"),
          Map.of("codesource.dev/published-for", "Kpack"),
          Map.of("kpack.io/git", "https://git.example.com"),
          Map.of("username", "alice", "password", "secret"));

  /** As the API server has it, with what kubectl added. */
  private static final String WRITTEN =
      """
      apiVersion: v1
      kind: Secret
      metadata:
        name: team-kpack
        labels: {codesource.dev/published-for: Kpack, team: a}
        annotations: {kpack.io/git: https://git.example.com, note: mine}
        managedFields:
        - manager: kubectl-edit
          operation: Update
          apiVersion: v1
          fieldsType: FieldsV1
          fieldsV1: {"f:data": {"f:extra": {}}, "f:metadata": {"f:labels": {"f:team": {}}, "f:annotations": {"f:note": {}}}}
        - manager: code-source-operator
          operation: Apply
          apiVersion: v1
          fieldsType: FieldsV1
          fieldsV1: {"f:data": {"f:password": {}, "f:username": {}}, "f:metadata": {"f:labels": {"f:codesource.dev/published-for": {}}, "f:annotations": {"f:kpack.io/git": {}}, "f:ownerReferences": {"k:{\\"uid\\":\\"1\\"}": {}}}, "f:type": {}}
      type: kubernetes.io/basic-auth
      data: {username: YWxpY2U=, password: c2VjcmV0, extra: eA==}
      """;

  @Test
  void whatOthersAddIsNoDrift() {
    assertThat(isDrift(WRITTEN)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "a changed value,               password: c2VjcmV0,                   password: b3RoZXI=",
    "a missing key,                 'username: YWxpY2U=, ',               ''",
    "a changed label,               published-for: Kpack,                 published-for: Flux",
    "a changed annotation,          'kpack.io/git: https://git.example',  'kpack.io/git: https://git.other'",
    "a key that is wanted no more,  'f:username\": {}',                   'f:username\": {}, \"f:ca.crt\": {}'",
    "a label wanted no more,        'published-for\": {}',                'published-for\": {}, \"f:old\": {}'",
    "an annotation wanted no more,  'f:kpack.io/git\": {}',               'f:kpack.io/git\": {}, \"f:old\": {}'",
    "a key that another owns now,   'f:password\": {}, ',                 'f:team\": {}, '",
    "a field set of another,        manager: code-source-operator,        manager: other",
    "one that was not applied,      operation: Apply,                     operation: Update",
  })
  void anythingElseIs(String what, String before, String after) {
    assertThat(WRITTEN).as(what).contains(before);

    assertThat(isDrift(WRITTEN.replace(before, after))).as(what).isTrue();
  }

  private static boolean isDrift(String yaml) {
    return Drift.isBetween(DESIRED, Serialization.unmarshal(WANTED, Secret.class), read(yaml));
  }

  private static final String WANTED =
      """
      apiVersion: v1
      kind: Secret
      data: {username: YWxpY2U=, password: c2VjcmV0}
      """;

  private static Secret read(String yaml) {
    return Serialization.unmarshal(yaml, Secret.class);
  }
}
