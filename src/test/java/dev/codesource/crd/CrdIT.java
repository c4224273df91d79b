package dev.codesource.crd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingSpec;
import dev.codesource.api.BindingSpec.CaConfigMapRef;
import dev.codesource.api.BindingSpec.DeletionPolicy;
import dev.codesource.api.BindingSpec.Flow;
import dev.codesource.api.BindingSpec.InstanceType;
import dev.codesource.api.BindingSpec.OAuth;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.BindingSpec.RegistryInstance;
import dev.codesource.api.BindingSpec.SecretRef;
import dev.codesource.api.BindingSpec.Tls;
import dev.codesource.api.BindingSpec.WhenUnbound;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.Platform;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.CommandResult;
import dev.codesource.status.Kstatus;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server makes of the CRD; no operator runs. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrdIT {

  private static final String GITLAB = "platform: GitLab, username: alice, ";
  private static final String TOKEN = "tokenSecretRef: {name: gitlab-token}";

  private final Cluster cluster;
  private String namespace = "";

  CrdIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void inANamespaceOfItsOwn() {
    namespace = cluster.newNamespace();
  }

  @Test
  void everyFieldComesBackAsItWasWritten() {
    apply(
            "whole",
            """
            platform: GitHub, url: 'https://github.corp.example', username: alice,
            registryInstance: {type: Enterprise, region: eu-central-1, name: images},
            oauth: {clientSecretRef: {name: app}, flow: Device, scopes: [repo, 'admin:repo_hook']},
            tls: {caConfigMapRef: {name: corp-ca, key: root.pem}},
            interval: 1h30m, suspend: true, publish: [ServiceBinding, Flux],
            publishNames: {Flux: flux-git}, whenUnbound: Withdraw, deletionPolicy: Revoke""")
        .orFail();

    assertThat(get("whole").getSpec())
        .isEqualTo(
            new BindingSpec(
                Platform.GitHub,
                "https://github.corp.example",
                "alice",
                new RegistryInstance(InstanceType.Enterprise, "eu-central-1", "images"),
                null,
                new OAuth(new SecretRef("app"), Flow.Device, List.of("repo", "admin:repo_hook")),
                new Tls(new CaConfigMapRef("corp-ca", "root.pem")),
                "1h30m",
                true,
                List.of(Publication.ServiceBinding, Publication.Flux),
                Map.of(Publication.Flux, "flux-git"),
                WhenUnbound.Withdraw,
                DeletionPolicy.Revoke,
                null));
  }

  @Test
  void whatIsLeftOutIsFilledIn() {
    apply("token", GITLAB + TOKEN + ", tls: {caConfigMapRef: {name: corp-ca}}").orFail();
    apply("oauth", GITLAB + "oauth: {}").orFail();

    BindingSpec token = get("token").getSpec();
    assertThat(token.interval()).isEqualTo("1h");
    assertThat(token.suspend()).isFalse();
    assertThat(token.whenUnbound()).isEqualTo(WhenUnbound.Keep);
    assertThat(token.url()).isNull();
    assertThat(token.tls()).isEqualTo(new Tls(new CaConfigMapRef("corp-ca", "ca.crt")));
    assertThat(get("oauth").getSpec().oauth())
        .isEqualTo(new OAuth(null, Flow.AuthorizationCode, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          platform: GitLab, username: alice                                         | give exactly one of tokenSecretRef (a Secret that holds a token) and oauth (authorize in a browser or by a code)
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, oauth: {}   | give exactly one of tokenSecretRef (a Secret that holds a token) and oauth (authorize in a browser or by a code)
          platform: Gitea, username: alice, tokenSecretRef: {name: a}               | platform Gitea has no public site of its own: set url to the address used to log on, such as https://codeberg.org
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, interval: 59s   | interval must be between 1m and 8760h, such as 1h
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, interval: 8761h | interval must be between 1m and 8760h, such as 1h
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, interval: 99999999999h | interval must be between 1m and 8760h, such as 1h
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, interval: 1 hour | spec.interval: Invalid value: "1 hour": spec.interval in body should match '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'
          platform: GitLab, tokenSecretRef: {name: a}                               | spec.username: Required value
          username: alice, tokenSecretRef: {name: a}                                | spec.platform: Required value
          platform: SourceForge, username: alice, tokenSecretRef: {name: a}         | spec.platform: Unsupported value: "SourceForge": supported values: "Bitbucket", "GitHub", "GitLab", "Gitea", "Gitee"
          platform: GitLab, username: '', tokenSecretRef: {name: a}                 | spec.username: Invalid value: "": spec.username in body should be at least 1 chars long
          platform: GitLab, url: '', username: alice, tokenSecretRef: {name: a}     | spec.url: Invalid value: "": spec.url in body should be at least 1 chars long
          platform: GitLab, username: alice, tokenSecretRef: {}                     | spec.tokenSecretRef.name: Required value
          platform: GitLab, username: alice, tokenSecretRef: {name: ''}             | spec.tokenSecretRef.name: Invalid value: "": spec.tokenSecretRef.name in body should be at least 1 chars long
          platform: GitLab, username: alice, oauth: {flow: Implicit}                | spec.oauth.flow: Unsupported value: "Implicit": supported values: "AuthorizationCode", "Device"
          platform: GitLab, username: alice, oauth: {clientSecretRef: {}}           | spec.oauth.clientSecretRef.name: Required value
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, tls: {caConfigMapRef: {key: a}} | spec.tls.caConfigMapRef.name: Required value
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, registryInstance: {type: Enterprise, name: images} | spec.registryInstance.region: Required value
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, registryInstance: {type: Enterprise, region: eu-central-1} | spec.registryInstance.name: Required value
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, registryInstance: {region: eu-central-1, name: images} | spec.registryInstance.type: Required value
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, registryInstance: {type: Basic, region: eu-central-1, name: images} | spec.registryInstance.type: Unsupported value: "Basic": supported values: "Enterprise", "Personal"
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [Jenkins] | spec.publish[0]: Unsupported value: "Jenkins"
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [Flux, Flux] | spec.publish[1]: Duplicate value: "Flux"
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publishNames: {Flux: a} | publishNames may only have entries that are also in publish
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [Git], publishNames: {Flux: a} | publishNames may only have entries that are also in publish
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [Git], publishNames: {Git: A_B} | spec.publishNames.Git: Invalid value: "A_B"
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, whenUnbound: Drop | spec.whenUnbound: Unsupported value: "Drop": supported values: "Keep", "Withdraw"
          platform: GitHub, username: alice, tokenSecretRef: {name: a}, publish: [Git], deployToken: {project: team/app} | deployToken is for platform GitLab only, since no other has deploy tokens: leave it out, and bind a token that can read only the code to build
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, deployToken: {project: team/app} | deployToken is for published Secrets: name their consumers in publish, such as publish: [Flux]
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [], deployToken: {group: team} | deployToken is for published Secrets: name their consumers in publish, such as publish: [Flux]
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [Git], deployToken: {} | give exactly one of project (such as team/app) and group (such as team)
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [Git], deployToken: {project: team/app, group: team} | give exactly one of project (such as team/app) and group (such as team)
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [Git], deployToken: {project: app} | project is the project's path with its groups, such as team/app
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [Git], deployToken: {project: ../../team/app} | project is the project's path with its groups, such as team/app
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [Git], deployToken: {project: 'https://gitlab.com/team/app'} | project is the project's path with its groups, such as team/app
          platform: GitLab, username: alice, tokenSecretRef: {name: a}, publish: [Git], deployToken: {group: team/} | group is the group's path, such as team or corp/team
          """)
  void whatCannotBeMeantIsRefusedWithAWordOnWhatToWrite(String spec, String message) {
    CommandResult refused = apply("refused", spec);

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stderr()).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          tokenSecretRef: {name: 'a..b'}                                       | spec.tokenSecretRef.name    | a name consists of
          tokenSecretRef: {name: 'x; touch /tmp/pwned #'}                      | spec.tokenSecretRef.name    | a name consists of
          tokenSecretRef: {name: My-Token}                                     | spec.tokenSecretRef.name    | a name consists of
          oauth: {clientSecretRef: {name: '$(id)'}}                            | spec.oauth.clientSecretRef.name | a name consists of
          tokenSecretRef: {name: a}, tls: {caConfigMapRef: {name: my ca}}      | spec.tls.caConfigMapRef.name | a name consists of
          tokenSecretRef: {name: a}, tls: {caConfigMapRef: {name: ca, key: a/b}} | spec.tls.caConfigMapRef.key | a key consists of
          tokenSecretRef: {name: a}, tls: {caConfigMapRef: {name: ca, key: ..}} | spec.tls.caConfigMapRef.key | a key consists of
          tokenSecretRef: {name: a}, publish: [Git], publishNames: {Git: a..b} | spec.publishNames.Git       | a name consists of
          tokenSecretRef: {name: a}, interval: 1d                              | spec.interval               | the units are h, m, s and ms; write a day as 24h
          oauth: {scopes: ['read user']}                                       | spec.oauth.scopes           | each scope is one word
          oauth: {scopes: ["read\\nuser"]}                                      | spec.oauth.scopes           | each scope is one word
          """)
  void aNameThatCannotBeOneIsRefusedWithWords(String fields, String path, String words) {
    CommandResult refused = apply("refused", GITLAB + fields);

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stderr()).contains(path + ": Invalid value").contains(words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\n", "\\r", "\\t", "\\e", "\\x7f", "\\x85", "\\u061c", "\\u200b", "\\u200d", "\\u200e",
        "\\u200f", "\\u2028", "\\u2029", "\\u202a", "\\u202e", "\\u2060", "\\u2066", "\\u2069",
        "\\ufeff"
      })
  void whatIsShownHasNoCharactersThatForgeALineOrHide(String hidden) {
    String text = "\"a" + hidden + "b\"";
    for (String fields :
        List.of(
            "username: " + text,
            "username: alice, url: " + text,
            "username: alice, registryInstance: {type: Personal, region: eu, name: " + text + "}",
            "username: alice, registryInstance: {type: Personal, name: a, region: " + text + "}")) {
      CommandResult refused = apply("refused", "platform: GitLab, " + TOKEN + ", " + fields);

      assertThat(refused.exit()).as(fields).isEqualTo(1);
      assertThat(refused.stderr()).as(fields).contains("without line breaks");
    }
  }

  @Test
  void namesOfEveryLanguageAreTaken() {
    apply("named", "platform: GitLab, username: 'Zoë 李', " + TOKEN).orFail();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          username: alice, tokenSecretRef: {name: a}, interval: %s                  | 33
          username: alice, tokenSecretRef: {name: a}, url: %s                       | 2049
          username: %s, tokenSecretRef: {name: a}                                   | 256
          username: alice, tokenSecretRef: {name: %s}                               | 254
          username: alice, oauth: {clientSecretRef: {name: %s}}                     | 254
          username: alice, oauth: {scopes: [%s]}                                    | 256
          username: alice, tokenSecretRef: {name: a}, tls: {caConfigMapRef: {name: %s}} | 254
          username: alice, tokenSecretRef: {name: a}, tls: {caConfigMapRef: {name: a, key: %s}} | 254
          username: alice, tokenSecretRef: {name: a}, registryInstance: {type: Personal, region: %s, name: a} | 64
          username: alice, tokenSecretRef: {name: a}, registryInstance: {type: Personal, region: a, name: %s} | 254
          username: alice, tokenSecretRef: {name: a}, publish: [Git], publishNames: {Git: %s} | 254
          username: alice, tokenSecretRef: {name: a}, publish: [Git], deployToken: {group: %s} | 256
          """)
  void everyTextIsBounded(String fields, int length) {
    CommandResult refused =
        apply("refused", "platform: GitLab, " + fields.formatted("'" + "1".repeat(length) + "'"));

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stderr()).contains("Too long");
  }

  @Test
  void listsAreBounded() {
    String scopes = String.join(", ", Collections.nCopies(51, "a"));

    assertThat(apply("refused", GITLAB + "oauth: {scopes: [" + scopes + "]}").stderr())
        .contains("Too many");
  }

  @Test
  void aBindingWithoutASpecIsRefused() {
    CommandResult refused =
        cluster.apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceBinding
            metadata: {name: empty, namespace: %s}
            """
                .formatted(namespace));

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stderr()).contains("spec: Required value");
  }

  @ParameterizedTest
  @CsvSource({"1m", "90s", "1.5h", "0.5h30m", "8760h", "60000ms"})
  void everyUsualWayToWriteADurationIsTaken(String interval) {
    apply("interval", GITLAB + TOKEN + ", interval: " + interval).orFail();

    assertThat(get("interval").getSpec().interval()).isEqualTo(interval);
  }

  @Test
  void aMisspeltFieldIsRefusedByKubectlAndNeverStored() {
    String misspelt = GITLAB + TOKEN + ", tls: {insecureSkipVerify: true}";

    CommandResult refused = apply("misspelt", misspelt);
    apply("misspelt", misspelt, "--validate=false").orFail();

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stderr()).contains("unknown field \"spec.tls.insecureSkipVerify\"");
    assertThat(kubectl("get", "csb", "misspelt", "-o", "jsonpath={.spec}"))
        .doesNotContain("insecureSkipVerify");
  }

  @Test
  void bindingsAreFoundByTheirFields() {
    apply("images", GITLAB + TOKEN + ", " + registry("images")).orFail();
    apply("charts", "platform: Gitee, username: alice, " + TOKEN + ", " + registry("charts"))
        .orFail();

    assertThat(names("spec.registryInstance.name=images")).containsExactly("images");
    assertThat(names("spec.platform=Gitee")).containsExactly("charts");
    assertThat(names("spec.platform=Gitee,spec.registryInstance.name=images")).isEmpty();
    assertThat(names("spec.platform=GitLab")).contains("images").doesNotContain("charts");
    patchStatus("charts", "{\"status\":{\"phase\":\"Failed\"}}").orFail();
    assertThat(names("status.phase=Failed")).contains("charts").doesNotContain("images");
  }

  @Test
  void itHasItsShortNameAndCategory() {
    apply("listed", GITLAB + TOKEN).orFail();

    assertThat(kubectl("get", "csb", "listed", "-o", "name"))
        .isEqualTo("codesourcebinding.codesource.dev/listed");
    assertThat(kubectl("get", "codesource", "-o", "name"))
        .contains("codesourcebinding.codesource.dev/listed");
    assertThat(kubectl("api-resources", "--api-group=codesource.dev", "--no-headers").split("\\s+"))
        .containsExactly(
            "codesourcebindings",
            "csb",
            "codesource.dev/v1alpha1",
            "true",
            "CodeSourceBinding",
            "codesourcetriggers",
            "cst",
            "codesource.dev/v1alpha1",
            "true",
            "CodeSourceTrigger");
  }

  /**
   * kstatus, and so Flux, believes that an object without observedGeneration is as it should be.
   */
  @Test
  void aNewBindingIsInProgressBeforeAnybodyLooksAtIt() {
    apply("unseen", GITLAB + TOKEN).orFail();

    CodeSourceBinding unseen = get("unseen");

    assertThat(unseen.getStatus().observedGeneration()).isEqualTo(-1);
    assertThat(Kstatus.of(unseen.getMetadata().getGeneration(), unseen.getStatus()))
        .isEqualTo(Kstatus.InProgress);
    patchStatus("unseen", "{\"status\":{\"observedGeneration\":1,\"phase\":\"Bound\"}}").orFail();
    assertThat(get("unseen").getStatus().observedGeneration()).isEqualTo(1);
  }

  @Test
  void statusIsWrittenOnlyWhereItIsAskedFor() {
    apply("status", GITLAB + TOKEN).orFail();

    String claim = "{\"status\":{\"phase\":\"Bound\"},\"spec\":{\"username\":\"%s\"}}";
    kubectl("patch", "csb/status", "--type=merge", "-p", claim.formatted("bob"));
    CodeSourceBinding byMain = get("status");
    patchStatus("status", claim.formatted("carol")).orFail();
    CodeSourceBinding byStatus = get("status");

    assertThat(byMain.getStatus().phase()).isNull();
    assertThat(byMain.getSpec().username()).isEqualTo("bob");
    assertThat(byStatus.getStatus()).isNotNull();
    assertThat(byStatus.getSpec().username()).isEqualTo("bob");
    assertThat(byStatus.getMetadata().getGeneration())
        .as("a status is no new generation")
        .isEqualTo(byMain.getMetadata().getGeneration());
  }

  private static String registry(String name) {
    return "registryInstance: {type: Personal, region: eu-central-1, name: " + name + "}";
  }

  private List<String> names(String fieldSelector) {
    return kubectl("get", "csb", "--field-selector", fieldSelector, "-o", "name")
        .lines()
        .map(name -> name.replaceFirst(".*/", ""))
        .toList();
  }

  private CommandResult patchStatus(String name, String patch) {
    return cluster.kubectl(
        "-n",
        namespace,
        "patch",
        "csb/" + name,
        "--subresource=status",
        "--type=merge",
        "-p",
        patch);
  }

  private String kubectl(String verb, String... arguments) {
    String[] command = new String[arguments.length + 3];
    command[0] = "--namespace=" + namespace;
    command[1] = verb;
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    command[arguments.length + 2] = "--request-timeout=30s";
    return cluster.kubectl(command).orFail().stdout().strip();
  }

  private CommandResult apply(String name, String spec, String... arguments) {
    return cluster.apply(
        """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceBinding
        metadata: {name: %s, namespace: %s}
        spec: {%s}
        """
            .formatted(name, namespace, spec.replace("\n", " ")),
        arguments);
  }

  private CodeSourceBinding get(String name) {
    return Objects.requireNonNull(
        cluster
            .admin()
            .resources(CodeSourceBinding.class)
            .inNamespace(namespace)
            .withName(name)
            .get());
  }
}
