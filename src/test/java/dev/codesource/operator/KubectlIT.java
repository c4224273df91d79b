package dev.codesource.operator;

import static dev.codesource.operator.Surroundings.gitLab;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.CommandResult;
import dev.codesource.cluster.KubectlTable;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a person sees who has nothing but kubectl. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlIT {

  private static final String REGISTRY =
      ", registryInstance: {type: Enterprise, region: eu-central-1, name: images}";

  private final Cluster cluster;
  private OperatorProcess operator;
  private final Set<Integer> usedPorts = new HashSet<>();
  private Surroundings around;
  private LoopbackCodeHost host;

  KubectlIT(Cluster cluster) {
    this.cluster = cluster;
  }

  /** One binding that works, expires in years and has a registry; one that does not work. */
  @BeforeAll
  void bind() {
    operator =
        OperatorProcess.start(Installation.of(cluster).kubeconfig(), Surroundings.settings());
    around = Surroundings.in(cluster, usedPorts);
    host = around.gitLab(Grant.of("alice", "api").expiring("2099-12-31"));
    around.team().bind("good", gitLab(host.url()) + REGISTRY);
    around.team().bind("poor", Surroundings.spec("GitLab", host.url(), "bob"));
    around.team().await("good", Phase.Bound);
    around.team().await("poor", Reason.UsernameMismatch);
  }

  @AfterAll
  void stop() {
    around.close();
    operator.close();
  }

  @Test
  void getShowsWhoseAccessItIsAndUntilWhen() {
    KubectlTable table = KubectlTable.read(kubectl("get", "csb"));

    assertThat(table.columns())
        .containsExactly("NAME", "PLATFORM", "URL", "ACCOUNT", "STATUS", "EXPIRES", "AGE");
    assertThat(table.rows().getFirst())
        .containsEntry("NAME", "good")
        .containsEntry("PLATFORM", "GitLab")
        .containsEntry("URL", host.url())
        .containsEntry("ACCOUNT", "alice")
        .containsEntry("STATUS", "Bound")
        .containsEntry("EXPIRES", "2099-12-31")
        .hasEntrySatisfying("AGE", age -> assertThat(age).matches("\\d+[sm].*"));
    assertThat(kubectl("get", "csb").lines())
        .allMatch(line -> line.stripTrailing().length() <= 100);
    assertThat(table.rows().getLast())
        .containsEntry("NAME", "poor")
        .containsEntry("ACCOUNT", "")
        .containsEntry("STATUS", "Failed");
  }

  @Test
  void getWideSaysWhy() {
    KubectlTable table = KubectlTable.read(kubectl("get", "csb", "-o", "wide"));

    assertThat(table.columns())
        .containsExactly(
            "NAME",
            "PLATFORM",
            "URL",
            "ACCOUNT",
            "STATUS",
            "EXPIRES",
            "AGE",
            "REGISTRY",
            "REASON",
            "USER-CODE",
            "AUTHORIZATION",
            "MESSAGE");
    assertThat(table.rows().getFirst())
        .containsEntry("REGISTRY", "images")
        .containsEntry("REASON", "Bound")
        .containsEntry("MESSAGE", "The access of alice to " + host.url() + " is proven.");
    assertThat(table.rows().getLast())
        .containsEntry("REGISTRY", "")
        .containsEntry("REASON", "UsernameMismatch")
        .containsEntry("MESSAGE", mismatch());
  }

  @Test
  void describeTellsTheWholeStoryWithItsEvents() {
    String described = kubectl("describe", "csb", "poor");

    assertThat(described)
        .containsPattern("Username: +bob")
        .containsPattern("Message: +" + java.util.regex.Pattern.quote(mismatch()))
        .containsPattern("Reason: +UsernameMismatch\\n +Status: +True\\n +Type: +Stalled")
        .containsPattern("Phase: +Failed")
        .containsPattern("Type +Reason +Age +From +Message")
        .containsPattern(
            "Warning +UsernameMismatch +\\S+ +codesource.dev/operator\\S* +The token is of the account alice on ");
  }

  @Test
  void eventsAreListedForTheBinding() {
    assertThat(kubectl("events", "--for", "codesourcebinding.codesource.dev/good"))
        .containsPattern("Normal +Bound +CodeSourceBinding/good +The access of alice to ");
  }

  @Test
  void waitEndsWhenTheBindingIsReadyAndNotBefore() {
    assertThat(kubectl("wait", "--for=condition=Ready", "--timeout=20s", "csb/good"))
        .isEqualTo("codesourcebinding.codesource.dev/good condition met");
    assertThat(kubectl("wait", "--for=jsonpath={.status.phase}=Bound", "--timeout=20s", "csb/good"))
        .isEqualTo("codesourcebinding.codesource.dev/good condition met");
    assertThat(kubectl("wait", "--for=condition=Stalled", "--timeout=20s", "csb/poor"))
        .isEqualTo("codesourcebinding.codesource.dev/poor condition met");

    CommandResult waiting =
        cluster.kubectl(
            "-n", namespace(), "wait", "--for=condition=Ready", "--timeout=1s", "csb/poor");

    assertThat(waiting.exit()).isEqualTo(1);
    assertThat(waiting.stderr()).contains("timed out waiting for the condition");
  }

  /** kubectl and kstatus believe a condition only of the generation that they wait for. */
  @Test
  void waitIsNotFooledByWhatWasReadyBeforeAChange() {
    around.team().bind("changed", gitLab(host.url()));
    around.team().await("changed", Phase.Bound);
    around.team().bind("changed", gitLab(around.nothing()));

    CommandResult waiting =
        cluster.kubectl(
            "-n",
            namespace(),
            "wait",
            "--for=condition=Ready=false",
            "--timeout=20s",
            "csb/changed");

    assertThat(waiting.orFail().stdout()).contains("condition met");
    around.token(host.url());
  }

  @Test
  void explainSaysWhatToWrite() {
    assertThat(explain("csb.spec.url"))
        .contains("FIELD: url <string>")
        .contains("The address used to log on to the code host")
        .contains("Default: the platform's public site")
        .contains("or 1025 to 65535");
    assertThat(explain("csb.spec.tokenSecretRef"))
        .contains("FIELD: tokenSecretRef <Object>")
        .contains("type codesource.dev/token, keys url and token")
        .contains("name <string> -required-");
    assertThat(explain("csb.spec"))
        .contains("platform <string> -required-")
        .contains("enum: Bitbucket, GitHub, GitLab, Gitea, ....")
        .contains("username <string> -required-");
    assertThat(explain("csb")).contains("Binds a namespace to an account on a code host");
  }

  private String mismatch() {
    return "The token is of the account alice on %s, and spec.username is bob. %s"
        .formatted(host.url(), Reason.UsernameMismatch.remedy());
  }

  private String namespace() {
    return around.team().namespace();
  }

  /** In one line, since kubectl breaks and indents as it likes. */
  private String explain(String field) {
    return kubectl("explain", field).replaceAll("\\s+", " ");
  }

  private String kubectl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("--namespace=" + namespace()));
    command.addAll(List.of(arguments));
    return cluster.kubectl(command.toArray(String[]::new)).orFail().stdout().strip();
  }
}
