package dev.codesource.operator;

import static dev.codesource.operator.Surroundings.NAME;
import static dev.codesource.operator.Surroundings.SECRET;
import static dev.codesource.operator.Surroundings.TOKEN;
import static dev.codesource.operator.Surroundings.gitLab;
import static dev.codesource.operator.Surroundings.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.KubectlTable;
import dev.codesource.operator.Scenario.Scene;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Troubleshooting;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.ServerIdentity;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every reason as a user meets it: a binding is applied, and its conditions, its Event and what
 * kubectl prints are read.
 */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReasonsIT {

  static final List<Scenario> SCENARIOS = Scenarios.all();

  /** Reasons that no scenario leads to, and the test that does. */
  private static final Map<Reason, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry(Reason.Bound, "ReasonsIT#aProofIsBound"),
          Map.entry(Reason.Succeeded, "ReasonsIT#aProofIsBound"),
          Map.entry(Reason.NotChecked, "ReasonsIT#everyProblemIsSaidEverywhere"),
          Map.entry(Reason.ScopesUnknown, "ReasonsIT#scopesThatNobodyTellsAreUnknown"),
          Map.entry(Reason.TokenExpiring, "ReasonsIT#anExpiryIsAnnouncedThreeTimesAndARenewalOnce"),
          Map.entry(Reason.Suspended, "ReasonsIT#whatIsSuspendedSaysSo"),
          Map.entry(
              Reason.AwaitingAuthorization,
              "OAuthCodeFlowIT#whatIsGrantedIsStoredForTheBindingAndShownNowhere"),
          Map.entry(Reason.AuthorizationDenied, "OAuthDeviceFlowIT#whoDeniesADeviceIsBelieved"),
          Map.entry(
              Reason.AuthorizationExpired, "OAuthCodeFlowIT#anInjectedCodeIsRefusedByItsVerifier"),
          Map.entry(
              Reason.RefreshRejected,
              "OAuthRefreshIT#whoRevokesOnTheCodeHostIsAskedAgainAndConsumersKeepWhatTheyHave"),
          Map.entry(
              Reason.BuilderNotEnabled,
              "BuildIT#aBuilderThatTheAdministratorDidNotEnableIsRefused"),
          Map.entry(Reason.BuilderNotInstalled, "BuildIT#aKindThatIsInstalledLaterIsUsedThen"),
          Map.entry(
              Reason.ServiceAccountNotAllowed,
              "BuildIT#anotherAccountThanTheAdministratorAllowsIsRefused"),
          Map.entry(
              Reason.ServiceAccountNotFound,
              "BuildIT#whatIsMissingIsToldUntilNothingIsMissingAndThenItIsBuiltOnce"),
          Map.entry(
              Reason.BuildForbidden,
              "BuildIT#whatIsMissingIsToldUntilNothingIsMissingAndThenItIsBuiltOnce"),
          Map.entry(
              Reason.BuildQuotaExceeded,
              "BuildIT#whatIsMissingIsToldUntilNothingIsMissingAndThenItIsBuiltOnce"),
          Map.entry(
              Reason.SecretNotPublished,
              "BuildIT#whatIsMissingIsToldUntilNothingIsMissingAndThenItIsBuiltOnce"),
          Map.entry(
              Reason.PushSecretUnusable,
              "BuildIT#whatIsMissingIsToldUntilNothingIsMissingAndThenItIsBuiltOnce"),
          Map.entry(Reason.BuildRefused, "BuildIT#whatAPolicyRefusesIsTold"),
          Map.entry(Reason.BuildNameTaken, "BuildIT#anObjectOfSomebodyElseIsNotTakenForABuild"),
          Map.entry(
              Reason.BuildStarted, "BuildIT#aPushIsBuiltAsTheNamespacesAccountAndItsDigestIsShown"),
          Map.entry(
              Reason.BuildSucceeded,
              "BuildIT#aPushIsBuiltAsTheNamespacesAccountAndItsDigestIsShown"),
          Map.entry(
              Reason.BuildFailed,
              "BuildIT#aFailedBuildSaysWhyAndWhereItsLogIsAndIsBuiltAgainByHand"),
          Map.entry(Reason.BuildCancelled, "BuildIT#aBuildThatSomebodyDeletesIsNotMadeAgain"),
          Map.entry(
              Reason.BuildSuperseded,
              "controller.trigger.BuildsTest#ofCommitsThatWaitTheNewestOfABranchIsBuiltAndTheOthersAreTold"),
          Map.entry(
              Reason.BuildOverdue,
              "controller.trigger.BuildsTest#aBuildThatNeverEndsIsDeletedAfterItsTime"),
          Map.entry(
              Reason.BuildParameterInvalid, "builder.BuilderRunsTest#aReferenceIsNotGivenToTekton"),
          Map.entry(
              Reason.RefreshLost,
              "oauth.GrantManagerTest#aLostAnswerOfWhichNothingCanBeToldHasAPersonAsked"),
          Map.entry(
              Reason.OAuthClientRejected, "OAuthDeviceFlowIT#anApplicationThatIsNotAcceptedIsTold"),
          Map.entry(
              Reason.OAuthNotOffered, "OAuthCodeFlowIT#withoutAnApplicationThereIsNoAuthorization"),
          Map.entry(
              Reason.ProxyRefused, "http.ProxyTest#aProxyThatRefusesIsNotTakenForTheCodeHost"),
          Map.entry(
              Reason.Queued,
              "runtime.HostQueueTest#whoWaitsIsToldHowManyAreAheadAndForHowLongItHasWaited"),
          Map.entry(
              Reason.TokenLifetimeTooShort,
              "oauth.GrantManagerTest#tokensOfASecondAreUsedAndRenewedOnceAMinute"),
          Map.entry(
              Reason.CertificateNotAccepted,
              "http.AcceptedKeysTest#aChainWithALongRsaKeyIsNotVerified"),
          Map.entry(
              Reason.Conflict,
              "credential.owned.OwnedSecretStoreContract#ofTwoWritersOneGetsAConflict"),
          Map.entry(
              Reason.TokenSecretNotOwned, "OAuthCodeFlowIT#aSecretOfSomebodyElseIsNotTouched"),
          Map.entry(
              Reason.DeployTokenRefused,
              "DeployTokenIT#whoMayNotMakeOneIsToldAndNothingElseIsPublished"),
          Map.entry(Reason.Published, "PublishIT#aBoundBindingOwnsWhatItPublishesAndSaysSo"),
          Map.entry(Reason.SecretNotOwned, "PublishIT#aSecretOfSomebodyElseIsNeverTouched"),
          Map.entry(
              Reason.SecretNamesCollide,
              "PublishIT#namesOfEntriesThatAreNotThereAreRefusedAtTheDoor"),
          Map.entry(
              Reason.SecretNameTooLong,
              "publish.ConsumersTest#aNameThatIsTooLongIsToldWithTheFieldThatSetsAnother"),
          Map.entry(
              Reason.PublishingNotAllowed,
              "PublishIT#aSecretThatForbidsItIsNotPublishedAndWhatWasIsDeleted"),
          Map.entry(Reason.SecretRefused, "PublishIT#aRefusalOfTheApiServerIsToldInItsWords"),
          Map.entry(
              Reason.NotRevoked,
              "OAuthRevocationIT#aCodeHostThatCannotRevokeKeepsADeletedBindingNotForLong"),
          Map.entry(Reason.BindingNotFound, "TriggerIT#aTriggerWithoutItsBindingSaysSo"),
          Map.entry(Reason.BindingNotBound, "TriggerIT#aTriggerWithoutItsBindingSaysSo"),
          Map.entry(Reason.SinkNotFound, "SinkIT#aSinkThatIsNotSetUpIsTold"),
          Map.entry(
              Reason.SinkUnreachable,
              "SinkIT#whatIsDueWhileTheSinkIsDownIsDeliveredAfterAKillAndInItsOrder"),
          Map.entry(Reason.SinkUnauthorized, "SinkIT#aSinkThatDoesNotAcceptTheOperatorIsTold"),
          Map.entry(Reason.SinkRefused, "SinkIT#whatASinkRefusesIsTold"),
          Map.entry(
              Reason.BuildNotPossible,
              "controller.trigger.BuildsTest#aCommitWithoutAUsableImageTagIsNotBuilt"),
          Map.entry(Reason.NotDelivered, "SinkIT#whatASinkRefusesIsTold"),
          Map.entry(
              Reason.BuildRequestInvalid, "SinkIT#aUserMayHaveATipBuiltAndIsToldWhatCannotBe"),
          Map.entry(Reason.TagMoved, "TriggerIT#aMovedTagIsToldAndNotBuilt"),
          Map.entry(Reason.CommitDue, "TriggerIT#aPushIsDueByTheRulesThatMatch"),
          Map.entry(Reason.Watching, "TriggerIT#aPushIsDueByTheRulesThatMatch"),
          Map.entry(Reason.PatternInvalid, "build.BuildRuleTest#whatRe2CannotReadIsRefused"),
          Map.entry(
              Reason.ImageTagInvalid,
              "build.BuildRuleTest#aTagThatRegistriesDoNotAcceptIsToldWithTheRef"),
          Map.entry(Reason.RefInvalid, "build.BuildRuleTest#whatIsNoBranchOrTagIsNoRef"),
          Map.entry(
              Reason.RepositoryNotFound,
              "git.GitServerTest#aRepositoryThatIsNotThereIsSaidToBeMissing"),
          Map.entry(
              Reason.RepositoryNotReadable, "git.GitServerTest#aPasswordThatIsNotAcceptedIsSaid"),
          Map.entry(Reason.GitNotServed, "git.GitServerTest#whatIsNotSmartHttpIsSaidToBeNone"),
          Map.entry(Reason.TooManyRefs, "git.GitServerTest#moreRefsThanMayBeAreRefused"),
          Map.entry(
              Reason.CommitStatusForbidden,
              "codehost.gitlab.GitLabCommitStatusesTest#whoMayNotSetStatusesIsToldWhatThePlatformAsksFor"),
          Map.entry(
              Reason.CommitStatusRefused,
              "codehost.gitlab.GitLabCommitStatusesTest#whatElseThePlatformDoesNotTakeIsTold"),
          Map.entry(
              Reason.WebhookNotPermitted,
              "codehost.gitlab.GitLabWebhooksTest#whoMayNotSetWebhooksIsToldWhateverIsAsked"),
          Map.entry(
              Reason.WebhookLimitReached,
              "codehost.gitlab.GitLabWebhooksTest#theLimitOfTheRepositoryIsToldApart"),
          Map.entry(
              Reason.WebhookAddressRefused,
              "codehost.gitlab.GitLabWebhooksTest#anAddressThatThePlatformDoesNotSendToIsToldApart"),
          Map.entry(
              Reason.TooManyWebhooks,
              "codehost.gitlab.GitLabWebhooksTest#moreWebhooksThanAreReadAreNotTakenForAll"),
          Map.entry(
              Reason.WebhookAddressMissing,
              "controller.trigger.TriggerWebhooksTest#whoAsksForAWebhookWithoutAnAddressIsToldAndPolls"),
          Map.entry(
              Reason.WebhookDisabled,
              "controller.trigger.TriggerWebhooksTest#aWebhookThatTheHostSwitchedOffIsToldAndMadeAnew"),
          Map.entry(
              Reason.WebhookSilent,
              "controller.trigger.TriggerWebhooksTest#aChangeThatNoDeliveryTellsOfIsToldWithTheNextComparison"),
          Map.entry(
              Reason.WebhookLeft,
              "controller.trigger.TriggerWebhooksTest#aWebhookThatNobodyCanDeleteIsNamedWhenItsTriggerGoes"),
          Map.entry(Reason.Stale, "PublishIT#aRevokedTokenIsKeptAndToldUnlessItIsToBeWithdrawn"),
          Map.entry(
              Reason.Withdrawn, "PublishIT#aRevokedTokenIsKeptAndToldUnlessItIsToBeWithdrawn"));

  private final Cluster cluster;
  private final Map<Reason, Set<String>> seen = new EnumMap<>(Reason.class);
  private OperatorProcess operator;
  private final Set<Integer> usedPorts = new HashSet<>();
  private Surroundings around;

  ReasonsIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startOperator() {
    operator =
        OperatorProcess.start(Installation.of(cluster).kubeconfig(), Surroundings.settings());
  }

  @AfterAll
  void stopOperator() {
    operator.close();
  }

  @BeforeEach
  void surround() {
    around = Surroundings.in(cluster, usedPorts);
  }

  @AfterEach
  void clear() {
    around.close();
  }

  @Test
  @Order(0)
  void everyReasonHasATest() {
    Set<Reason> tested =
        SCENARIOS.stream()
            .map(Scenario::reason)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Reason.class)));

    assertThat(tested).doesNotContainAnyElementsOf(ELSEWHERE.keySet());
    tested.addAll(ELSEWHERE.keySet());
    assertThat(tested).containsExactlyInAnyOrder(Reason.values());
    assertThat(ELSEWHERE.values()).allSatisfy(ReasonsIT::isATest);
  }

  private static void isATest(String test) throws ClassNotFoundException {
    String[] parts = test.split("#", 2);
    Class<?> tests =
        Class.forName(
            parts[0].contains(".")
                ? "dev.codesource." + parts[0]
                : ReasonsIT.class.getPackageName() + "." + parts[0]);
    // A contract declares its tests as public, for the classes of all platforms.
    assertThat(
            Stream.of(tests.getDeclaredMethods(), tests.getMethods())
                .flatMap(Arrays::stream)
                .map(Method::getName))
        .as(test)
        .contains(parts[1]);
  }

  @Order(1)
  @ParameterizedTest
  @FieldSource("SCENARIOS")
  void everyProblemIsSaidEverywhere(Scenario scenario) {
    Reason reason = scenario.reason();
    Scene scene = scenario.setting().in(around);
    String message = scene.message(reason);

    BindingStatus status = around.team().bind("it", scene.spec()).await("it", reason);

    assertThat(condition(status, ConditionType.Ready))
        .isEqualTo("False " + reason + ": " + message);
    assertThat(condition(status, reason.stage().condition()))
        .isEqualTo("False " + reason + ": " + message);
    assertThat(steps(status)).isEqualTo(stepsOf(reason));
    assertThat(kstatus(status))
        .containsExactly((mayPass(reason) ? "Reconciling" : "Stalled") + " True " + reason);
    String phase = reason == Reason.RateLimited ? "Pending" : "Failed";
    assertThat(status.phase()).hasToString(phase);
    assertThat(status.account()).isNull();
    assertThat(events("it")).containsExactly("Warning " + reason + ": " + message);
    assertThat(printed("it"))
        .containsEntry("NAME", "it")
        .containsEntry("URL", Objects.requireNonNullElse(status.url(), ""))
        .containsEntry("ACCOUNT", "")
        .containsEntry("STATUS", phase)
        .containsEntry("EXPIRES", "")
        .containsEntry("REASON", reason.name())
        .containsEntry("MESSAGE", message);
    saw(reason, message);
    sawAll(Reason.NotChecked, status);
  }

  /** The steps as far as they were taken. */
  private static String stepsOf(Reason reason) {
    return switch (reason.stage()) {
      case ADDRESS -> "False Unknown Unknown Unknown Unknown";
      case CREDENTIAL -> "True Unknown False Unknown Unknown";
      case HOST -> "True False Unknown Unknown Unknown";
      case ACCESS -> "True True False Unknown Unknown";
      case SCOPES -> "True True True False Unknown";
      case FRESHNESS, PUBLISHED, WHOLE, RULES, BINDING, REPOSITORY, WEBHOOK, BUILDER ->
          throw new AssertionError(reason + " says nothing of a step");
    };
  }

  /** What passes by itself, or with what is applied together with it; else waits for somebody. */
  private static boolean mayPass(Reason reason) {
    return EnumSet.of(
            Reason.SecretNotFound,
            Reason.CaNotFound,
            Reason.HostNotFound,
            Reason.SelfSignedCertificate,
            Reason.UntrustedCertificate,
            Reason.CertificateHostMismatch,
            Reason.NotThisPlatform,
            Reason.ConnectionRefused,
            Reason.ConnectionTimedOut,
            Reason.ConnectionFailed,
            Reason.ServerError,
            Reason.RateLimited)
        .contains(reason);
  }

  @Test
  @Order(2)
  void aProofIsBound() {
    String url = around.gitLab(Grant.of("alice", "api")).url();
    around.team().bind("it", gitLab(url));

    BindingStatus status = around.team().await("it", Phase.Bound);

    String message = "The access of alice to " + url + " is proven.";
    assertThat(condition(status, ConditionType.Ready)).isEqualTo("True Bound: " + message);
    assertThat(steps(status)).isEqualTo("True True True True True");
    assertThat(kstatus(status)).isEmpty();
    assertThat(events("it")).containsExactly("Normal Bound: " + message);
    assertThat(printed("it"))
        .containsEntry("PLATFORM", "GitLab")
        .containsEntry("URL", url)
        .containsEntry("ACCOUNT", "alice")
        .containsEntry("STATUS", "Bound")
        .containsEntry("EXPIRES", "")
        .containsEntry("REASON", "Bound")
        .containsEntry("MESSAGE", message);
    saw(Reason.Bound, message);
    sawAll(Reason.Succeeded, status);
  }

  @Test
  @Order(2)
  void scopesThatNobodyTellsAreUnknown() {
    String url =
        around.host(Dialect.forgejo(), Grant.of("alice", "read:user", "read:repository")).url();

    BindingStatus status =
        around.team().bind("it", spec("Gitea", url, "alice")).await("it", Phase.Bound);

    assertThat(condition(status, ConditionType.ScopesSufficient))
        .isEqualTo(
            "Unknown ScopesUnknown: The code host does not report which scopes the token has. "
                + Reason.ScopesUnknown.remedy());
    assertThat(steps(status)).isEqualTo("True True True Unknown True");
    assertThat(kstatus(status)).isEmpty();
    assertThat(status.scopes()).isNull();
    saw(Reason.ScopesUnknown, message(status, ConditionType.ScopesSufficient));
  }

  @Test
  @Order(2)
  void anExpiryIsAnnouncedThreeTimesAndARenewalOnce() {
    LoopbackCodeHost host = around.gitLab(expiringIn(20));
    around.team().bind("it", gitLab(host.url()));
    BindingStatus status = around.team().await("it", Phase.Bound);
    assertThat(condition(status, ConditionType.CredentialFresh))
        .isEqualTo("False TokenExpiring: " + notice("within 30 days", 20));
    assertThat(condition(status, ConditionType.Ready)).startsWith("True Bound");
    assertThat(kstatus(status)).isEmpty();
    assertThat(printed("it")).containsEntry("EXPIRES", date(20));
    saw(Reason.TokenExpiring, message(status, ConditionType.CredentialFresh));

    around.team().request("it", "1").await("it", handled("1"));
    host.grant(TOKEN, expiringIn(5));
    around.team().request("it", "2").await("it", handled("2"));
    host.grant(TOKEN, expiringIn(1));
    around.team().request("it", "3").await("it", handled("3"));
    host.grant(TOKEN, expiringIn(90));
    status = around.team().request("it", "4").await("it", handled("4"));

    assertThat(condition(status, ConditionType.CredentialFresh)).startsWith("True Succeeded");
    assertThat(events("it"))
        .containsExactly(
            "Normal Bound: The access of alice to " + host.url() + " is proven.",
            "Warning TokenExpiring: " + notice("within 30 days", 20),
            "Warning TokenExpiring: " + notice("within 7 days", 5),
            "Warning TokenExpiring: " + notice("within a day", 1),
            "Normal Succeeded: The credential does not expire soon.");
  }

  @Test
  @Order(2)
  void theNoticeAndTheEndComeWhenTheirTimesHaveCome() {
    Instant expiry = Instant.now().plus(Duration.ofDays(30)).plusSeconds(4);
    LoopbackCodeHost host = around.host(gitHub(expiry), Grant.of("alice", "repo"));
    around.team().bind("it", spec("GitHub", host.url(), "alice"));
    BindingStatus fresh = around.team().await("it", Phase.Bound);
    assertThat(condition(fresh, ConditionType.CredentialFresh)).startsWith("True Succeeded");

    BindingStatus noticed =
        around.team().await("it", because(ConditionType.CredentialFresh, Reason.TokenExpiring));

    // The clock alone says so: the host is not asked.
    assertThat(noticed.lastVerifiedAt()).isEqualTo(fresh.lastVerifiedAt());
    assertThat(host.count()).isEqualTo(1);

    host.answering(gitHub(Instant.now().plusSeconds(4)));
    around.team().request("it", "1").await("it", handled("1"));

    assertThat(around.team().await("it", Reason.TokenExpired).phase()).isEqualTo(Phase.Failed);
  }

  @Test
  @Order(2)
  void whatIsSuspendedSaysSo() {
    around.gitLab(Grant.of("alice", "api"));
    String suspended = gitLab("https://" + NAME) + ", suspend: true";

    BindingStatus status = around.team().bind("it", suspended).await("it", Phase.Suspended);

    String message = Reason.Suspended.meaning();
    assertThat(status.conditions()).as("nothing waits for it").isNullOrEmpty();
    assertThat(events("it"))
        .containsExactly("Normal Suspended: " + message + " " + Reason.Suspended.remedy());
    assertThat(printed("it")).containsEntry("STATUS", "Suspended").containsEntry("REASON", "");
    saw(Reason.Suspended, message + " " + Reason.Suspended.remedy());
  }

  @Test
  @Order(2)
  void aConfigMapMakesAPrivateAuthorityTrusted() {
    CertificateAuthority authority = CertificateAuthority.root("Corp Root CA");
    ServerIdentity identity = Surroundings.of(authority.intermediate("Corp TLS"));
    String url = around.https(identity);
    String spec = gitLab(url) + ", tls: {caConfigMapRef: {name: corp-ca, key: root.pem}}";
    around
        .team()
        .acceptCa(SECRET, authority.pem())
        .configMap("corp-ca", Map.of("ca.crt", authority.pem()))
        .bind("it", spec);
    around.team().await("it", Reason.CaNotFound);

    around.team().configMap("corp-ca", Map.of("root.pem", authority.pem())).request("it", "1");

    around.team().await("it", Phase.Bound);
    assertThat(events("it"))
        .containsExactly(
            "Warning CaNotFound: The ConfigMap corp-ca has no key root.pem. "
                + Reason.CaNotFound.remedy(),
            "Normal Bound: The access of alice to " + url + " is proven.");
  }

  @Test
  @Order(2)
  void aSelfSignedCertificateIsTrustedByItself() {
    ServerIdentity identity = CertificateAuthority.selfSigned(NAME);
    String url = around.https(identity);
    String pem = identity.certificatesPem();
    around.team().configMap("corp-ca", Map.of("ca.crt", pem)).acceptCa(SECRET, pem);

    around.team().bind("it", gitLab(url) + ", tls: {caConfigMapRef: {name: corp-ca}}");

    around.team().await("it", Phase.Bound);
  }

  @Test
  @Order(2)
  void theCertificatesInASecretAreTrustedWithoutAConfigMap() {
    CertificateAuthority authority = CertificateAuthority.root("Corp Root CA");
    String url = around.https(Surroundings.of(authority));
    around.team().bind("it", gitLab(url)).await("it", Reason.UntrustedCertificate);

    around
        .team()
        .secret(
            SECRET,
            "codesource.dev/token",
            Map.of("url", url, "token", TOKEN, "ca.crt", authority.pem()));

    around.team().await("it", Phase.Bound);
  }

  /** The one command in the message is enough, and the host is not asked before. */
  @Test
  @Order(2)
  void theCommandForACaThatIsNotAcceptedRepairsTheBinding() {
    CertificateAuthority authority = CertificateAuthority.root("Corp Root CA");
    String url = around.https(Surroundings.of(authority));
    around.team().configMap("corp-ca", Map.of("ca.crt", authority.pem()));
    BindingStatus status =
        around
            .team()
            .bind("it", gitLab(url) + ", tls: {caConfigMapRef: {name: corp-ca}}")
            .await("it", Reason.CaNotTrusted);

    Matcher command =
        Pattern.compile("kubectl (patch secret .* -p) '(.*)'\\.")
            .matcher(message(status, ConditionType.Authenticated));
    assertThat(command.find()).isTrue();
    List<String> words = new ArrayList<>(List.of(command.group(1).split(" ")));
    words.add(command.group(2));
    cluster.kubectl(words.toArray(String[]::new)).orFail();

    around.team().await("it", Phase.Bound);
  }

  @Test
  @Order(2)
  void anOutageOfABoundBindingIsAnnouncedAndSoIsItsEnd() {
    LoopbackCodeHost host = around.gitLab(Grant.of("alice", "api"));
    around.team().bind("it", gitLab(host.url())).await("it", Phase.Bound);

    host.answering((asked, grants) -> Answer.html(302, "").with("Location", "/maintenance"));
    BindingStatus out = around.team().request("it", "1").await("it", handled("1"));
    host.answering(Dialect.gitLab());
    around.team().request("it", "2").await("it", handled("2"));

    assertThat(out.phase()).isEqualTo(Phase.Bound);
    String moved =
        "%s redirects to %s/maintenance. %s"
            .formatted(host.url(), host.url(), Reason.Redirected.remedy());
    assertThat(condition(out, ConditionType.Reachable)).isEqualTo("False Redirected: " + moved);
    assertThat(condition(out, ConditionType.Ready))
        .isEqualTo(
            "True Bound: The access of alice to %s is proven. It could not be proven again since: %s"
                .formatted(host.url(), moved));
    assertThat(kstatus(out)).isEmpty();
    assertThat(events("it"))
        .containsExactly(
            "Normal Bound: The access of alice to " + host.url() + " is proven.",
            "Warning Redirected: " + moved,
            "Normal Succeeded: The host answers as the platform does.");
  }

  @Test
  @Order(3)
  void theTroubleshootingPageShowsMessagesThatWereSeen() {
    Set<Reason> here =
        EnumSet.copyOf(
            Arrays.stream(Reason.values())
                .filter(
                    reason -> ELSEWHERE.getOrDefault(reason, "ReasonsIT").startsWith("ReasonsIT"))
                .toList());
    assumeTrue(seen.keySet().equals(here), "other tests ran before");
    Troubleshooting page = Troubleshooting.page();

    assertThat(here)
        .allSatisfy(
            reason ->
                assertThat(seen.getOrDefault(reason, Set.of()))
                    .as(reason.name())
                    .containsAll(page.messages(reason)));
  }

  private void saw(Reason reason, String message) {
    seen.computeIfAbsent(reason, key -> new TreeSet<>()).add(Troubleshooting.general(message));
  }

  private void sawAll(Reason reason, BindingStatus status) {
    Objects.requireNonNull(status.conditions()).stream()
        .filter(condition -> condition.getReason().equals(reason.name()))
        .forEach(condition -> saw(reason, condition.getMessage()));
  }

  private static Grant expiringIn(int days) {
    return Grant.of("alice", "api").expiring(date(days));
  }

  private static String date(int daysAhead) {
    return LocalDate.now(ZoneOffset.UTC).plusDays(daysAhead).toString();
  }

  private static String notice(String when, int days) {
    return "The credential expires %s, at %sT00:00:00Z. %s"
        .formatted(when, date(days), Reason.TokenExpiring.remedy());
  }

  /** A GitHub that says when the token expires, to the second. */
  private static Dialect gitHub(Instant expiry) {
    String text =
        DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'")
            .withZone(ZoneOffset.UTC)
            .format(expiry);
    return (asked, grants) ->
        Dialect.gitHub().answer(asked, grants).with("GitHub-Authentication-Token-Expiration", text);
  }

  private static Predicate<BindingStatus> handled(String request) {
    return status -> request.equals(status.lastHandledRequestedAt());
  }

  private static Predicate<BindingStatus> because(ConditionType type, Reason reason) {
    return status -> Team.condition(status, type).getReason().equals(reason.name());
  }

  private static String condition(BindingStatus status, ConditionType type) {
    Condition found = Team.condition(status, type);
    return "%s %s: %s".formatted(found.getStatus(), found.getReason(), found.getMessage());
  }

  private static String message(BindingStatus status, ConditionType type) {
    return Team.condition(status, type).getMessage();
  }

  private static String steps(BindingStatus status) {
    return List.of(
            ConditionType.AddressValid,
            ConditionType.Reachable,
            ConditionType.Authenticated,
            ConditionType.ScopesSufficient,
            ConditionType.CredentialFresh)
        .stream()
        .map(type -> Team.condition(status, type).getStatus())
        .collect(Collectors.joining(" "));
  }

  /**
   * The conditions that kstatus reads, without which a resource that is not Ready is in progress.
   */
  private static List<String> kstatus(BindingStatus status) {
    Set<String> types = Set.of("Reconciling", "Stalled");
    return Objects.requireNonNull(status.conditions()).stream()
        .filter(condition -> types.contains(condition.getType()))
        .map(c -> c.getType() + " " + c.getStatus() + " " + c.getReason())
        .toList();
  }

  /** In the order of their times. */
  private List<String> events(String binding) {
    String uid = around.team().get(binding).getMetadata().getUid();
    return cluster
        .admin()
        .events()
        .v1()
        .events()
        .inNamespace(around.team().namespace())
        .list()
        .getItems()
        .stream()
        .filter(event -> uid.equals(event.getRegarding().getUid()))
        .filter(
            event -> ApiGroup.NAME.equals(event.getRegarding().getApiVersion().split("/", 2)[0]))
        .sorted(Comparator.comparing((Event event) -> event.getEventTime().getTime()))
        .map(event -> "%s %s: %s".formatted(event.getType(), event.getReason(), event.getNote()))
        .toList();
  }

  private Map<String, String> printed(String binding) {
    return KubectlTable.read(
            cluster
                .kubectl("get", "csb", binding, "-n", around.team().namespace(), "-o", "wide")
                .orFail()
                .stdout())
        .row();
  }
}
