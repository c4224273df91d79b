package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.BindingSpec.CaConfigMapRef;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.cli.doctor.Check;
import dev.codesource.cli.doctor.Finding;
import dev.codesource.cli.doctor.Finding.Level;
import dev.codesource.cli.doctor.HostProbe;
import dev.codesource.cli.doctor.HostProbe.Answered;
import dev.codesource.cli.doctor.HostProbe.Subject;
import dev.codesource.cli.doctor.HostProbe.TokenAnswer;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Shard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks at one binding: as the operator sees it, and from this machine. */
final class Examination {

  /** What a browser would meet, too. */
  private static final Set<Reason> NOT_THERE =
      EnumSet.of(
          Reason.HostNotFound,
          Reason.ConnectionRefused,
          Reason.ConnectionTimedOut,
          Reason.ConnectionFailed,
          Reason.Redirected);

  /** A request from here may take as long. */
  private static final Duration REQUEST = Duration.ofSeconds(10);

  /** Beyond it certificates and tokens of a short life are refused for no other cause. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  private final Kubectl kubectl;
  private final Diary diary;
  private final Wishes wishes;
  private final Map<String, String> environment;
  private final String name;
  private JsonNode binding = Json.TREES.missingNode();
  private JsonNode secret = Json.TREES.missingNode();
  private String unreadable = "";
  private boolean answered;

  /**
   * What the user wants.
   *
   * @param request whether the operator is asked to verify the binding
   * @param host whether the code host is asked from here
   * @param token whether it is asked with the token, too
   * @param patience how long to wait for the operator
   */
  record Wishes(boolean request, boolean host, boolean token, Duration patience) {}

  Examination(
      Kubectl kubectl, Diary diary, Wishes wishes, Map<String, String> environment, String name) {
    this.kubectl = kubectl;
    this.diary = diary;
    this.wishes = wishes;
    this.environment = environment;
    this.name = name;
  }

  /** The binding, as it was seen last; a missing node: there is none. */
  JsonNode binding() {
    return binding;
  }

  /** The Secret with the token; a missing node: there is none, or it cannot be read. */
  JsonNode secret() {
    return secret;
  }

  void run() {
    binding = found(kubectl, Resources.BINDINGS, name);
    if (binding.isMissingNode()) {
      diary.add(
          Finding.bad(
                  Check.Binding.name(),
                  Level.ERROR,
                  "binding-not-found",
                  "There is no binding %s in this namespace.".formatted(name),
                  "Check the name and the namespace.")
              .with(Plugin.NAME + " list --all-namespaces"));
      return;
    }
    exists();
    if (!isSuspended()) {
      answer();
    }
    conditions();
    Subject subject = subject();
    try (HostProbe probe = new HostProbe(Clock.systemUTC(), environment, REQUEST)) {
      if (probe.knows(subject)) {
        fromHere(probe, subject);
      }
    }
    triggers();
  }

  private void exists() {
    if (!Json.text(binding, "metadata", "deletionTimestamp").isEmpty()) {
      diary.add(
          Finding.bad(
                  Check.Binding.name(),
                  Level.ERROR,
                  "being-deleted",
                  "The binding is being deleted. The operator ends what it has on the code host first.",
                  "If that lasts for more than some minutes, see the Events and the log of the operator.")
              .with(describe()));
    } else if (isSuspended()) {
      diary.add(
          Finding.bad(
                  Check.Binding.name(),
                  Level.WARNING,
                  Reason.Suspended.name(),
                  "The binding is suspended: it is not verified.",
                  Reason.Suspended.remedy())
              .with("%s resume %s%s".formatted(Plugin.NAME, name, inNamespace())));
    } else {
      diary.add(
          Finding.good(
              Check.Binding,
              "It is of %s at %s."
                  .formatted(
                      Json.text(binding, "spec", "username"),
                      Json.some(binding, "spec", "url")
                          .orElse(Json.text(binding, "spec", "platform")))));
    }
  }

  private boolean isSuspended() {
    return Json.at(binding, "spec", "suspend").asBoolean();
  }

  /** Has the operator verify the binding; if it must not be asked, looks whether it ever did. */
  private void answer() {
    if (!wishes.request()) {
      seen("It was not asked.");
      return;
    }
    String stamp = Stamp.now();
    try {
      kubectl.read(
          Change.merge(
              Resources.BINDINGS, name, Change.annotation(CodeSourceBinding.REQUESTED_AT, stamp)));
    } catch (Failure failure) {
      seen("It was not asked: " + failure.sentence());
      return;
    }
    Optional<JsonNode> found =
        kubectl.await(
            Resources.BINDINGS,
            name,
            wishes.patience(),
            object -> Json.text(object, "status", "lastHandledRequestedAt").equals(stamp));
    if (found.isEmpty()) {
      diary.silent(name, wishes.patience(), Json.text(binding, "metadata", "labels", Shard.LABEL));
      return;
    }
    answered = true;
    binding = found.get();
    diary.add(Finding.good(Check.Answer, "It has verified the binding now."));
  }

  private void seen(String why) {
    if (State.isCurrent(binding)) {
      answered = true;
      diary.add(
          Finding.unknown(
              Check.Answer, why + " What it found last is about the binding as it is."));
    } else {
      diary.silent(name, Duration.ZERO, Json.text(binding, "metadata", "labels", Shard.LABEL));
    }
  }

  private void conditions() {
    Conditions conditions = new Conditions(binding, name, inNamespace());
    conditions.findings().forEach(diary::add);
  }

  private Subject subject() {
    Optional<CaConfigMapRef> ca =
        Json.some(binding, "spec", "tls", "caConfigMapRef", "name")
            .map(
                ref ->
                    new CaConfigMapRef(
                        ref,
                        Json.some(binding, "spec", "tls", "caConfigMapRef", "key").orElse(null)));
    Optional<String> secretName = Json.some(binding, "spec", "tokenSecretRef", "name");
    Optional<JsonNode> stored = secretName.flatMap(each -> readable("secrets", each));
    stored.ifPresent(found -> secret = found);
    return new Subject(
        Json.text(binding, "spec", "platform"),
        Json.some(binding, "spec", "url"),
        Json.text(binding, "spec", "username"),
        Json.namespace(binding),
        secretName.orElse(""),
        stored,
        ca.flatMap(ref -> readable("configmaps", ref.name())),
        ca);
  }

  /** Empty: the user may not read it. */
  private Optional<JsonNode> readable(String kind, String object) {
    try {
      return Optional.of(found(kubectl, kind, object));
    } catch (Failure refused) {
      unreadable = refused.sentence();
      return Optional.empty();
    }
  }

  /** A missing node: there is none. */
  private static JsonNode found(Kubectl kubectl, String kind, String object) {
    return kubectl.read(List.of("get", kind, object, "--ignore-not-found"));
  }

  private void fromHere(HostProbe probe, Subject subject) {
    Optional<Problem> address = probe.address(subject);
    diary.add(
        address
            .map(problem -> here(Check.AddressFromHere, problem))
            .orElseGet(
                () ->
                    Finding.good(Check.AddressFromHere, probe.shown(subject) + " is an address.")));
    if (address.isPresent()) {
      return;
    }
    boolean hasCredential = credential(probe, subject);
    if (!wishes.host()) {
      diary.add(Finding.unknown(Check.HostFromHere, "The host was not asked from here."));
      return;
    }
    host(probe, subject);
    if (wishes.token()) {
      token(probe, subject, hasCredential);
    }
  }

  private boolean credential(HostProbe probe, Subject subject) {
    if (subject.secretName().isEmpty()) {
      diary.add(
          Finding.unknown(
              Check.SecretFromHere,
              "The access is authorized by OAuth: the operator keeps its token."));
      return false;
    }
    if (subject.secret().isEmpty()) {
      diary.add(
          Finding.unknown(
              Check.SecretFromHere,
              "What is in the Secret %s cannot be told: %s"
                  .formatted(subject.secretName(), unreadable)));
      return false;
    }
    Optional<Problem> problem = probe.credential(subject);
    diary.add(
        problem
            .map(each -> here(Check.SecretFromHere, each))
            .or(() -> probe.otherPlatform(subject).map(made -> ofOther(made, subject)))
            .orElseGet(
                () ->
                    Finding.good(
                        Check.SecretFromHere,
                        "The Secret %s has a credential for the site."
                            .formatted(subject.secretName()))));
    return problem.isEmpty();
  }

  private Finding ofOther(String made, Subject subject) {
    return Finding.bad(
            Check.SecretFromHere.name(),
            Level.WARNING,
            "token-of-other-platform",
            "The token in the Secret %s begins as those of %s do, and the binding is of %s."
                .formatted(subject.secretName(), made, subject.platform()),
            "Store a token of %s in it.".formatted(subject.platform()))
        .with("%s rotate %s%s".formatted(Plugin.NAME, name, inNamespace()));
  }

  private void host(HostProbe probe, Subject subject) {
    Answered here = probe.answers(subject);
    String site = probe.shown(subject);
    diary.add(
        here.problem()
            .map(
                problem ->
                    Finding.unknown(
                        Check.HostFromHere,
                        "From here: %s (%s)".formatted(problem.what(), problem.reason())))
            .orElseGet(
                () ->
                    Finding.good(
                        Check.HostFromHere,
                        "%s answers as %s does.".formatted(site, subject.platform()))));
    if (answered) {
      new Comparison(binding, site, diary.operator()).with(here.problem()).ifPresent(diary::add);
    }
    here.time().ifPresent(this::clock);
    Json.some(binding, "status", "authorization", "url")
        .filter(_ -> Json.text(binding, "status", "authorization", "userCode").isEmpty())
        .ifPresent(url -> diary.add(page(url, probe.isPageOfOperator(url))));
  }

  /** A certificate that Java does not trust may be one that the browser trusts. */
  private static Finding page(String url, Outcome<Boolean> answer) {
    return switch (answer) {
      case Outcome.Done<Boolean>(var isOurs) when isOurs ->
          Finding.good(Check.AuthorizationPage, url + " answers.");
      case Outcome.Done<Boolean> _ -> noPage(url + " answers, and is not a page of the operator.");
      case Outcome.Refused<Boolean>(var problem) -> noPage(url, problem);
      case Outcome.Waiting<Boolean>(var problem, var _, var _) -> noPage(url, problem);
    };
  }

  private static Finding noPage(String url, Problem problem) {
    return NOT_THERE.contains(problem.reason())
        ? noPage("%s does not answer this machine (%s).".formatted(url, problem.reason()))
        : Finding.unknown(
            Check.AuthorizationPage,
            "Whether %s answers a browser cannot be told (%s).".formatted(url, problem.reason()));
  }

  private static Finding noPage(String sentence) {
    return Finding.bad(
        Check.AuthorizationPage.name(),
        Level.WARNING,
        "no-authorization-page",
        sentence,
        "The Ingress or HTTPRoute must lead the host of oauth.publicUrl (the chart's value) to the operator, and its name must be in the DNS.");
  }

  private void clock(Instant ofHost) {
    Duration difference = Duration.between(ofHost, Instant.now()).abs();
    diary.add(
        difference.compareTo(SKEW) > 0
            ? Finding.bad(
                Check.Clock.name(),
                Level.WARNING,
                "clocks-differ",
                "The clocks of this machine and of the host differ by %d s."
                    .formatted(difference.toSeconds()),
                "Set the one that is wrong: certificates and tokens are valid by it.")
            : Finding.good(Check.Clock, "The clocks agree."));
  }

  private void token(HostProbe probe, Subject subject, boolean hasCredential) {
    if (!hasCredential) {
      diary.add(Finding.unknown(Check.TokenFromHere, "There is no token here that could be sent."));
      return;
    }
    TokenAnswer answer = probe.token(subject);
    if (answer.problem().isPresent()) {
      Problem problem = answer.problem().get();
      diary.add(
          HostProbe.isOfTheWay(problem)
              ? Finding.unknown(
                  Check.TokenFromHere,
                  "The host does not answer this machine (%s).".formatted(problem.reason()))
              : here(Check.TokenFromHere, problem));
      return;
    }
    diary.add(
        Finding.good(
            Check.TokenFromHere,
            "The host accepts it: it is of %s, %s, and %s."
                .formatted(
                    answer.account(),
                    answer.scopes().isEmpty()
                        ? "the host does not tell its scopes"
                        : "has the scopes " + answer.scopes(),
                    answer
                        .expiresAt()
                        .map(end -> "ends at " + end)
                        .orElse("no end of it is told"))));
    new Comparison(binding, probe.shown(subject), diary.operator())
        .withProvenToken()
        .filter(each -> answered)
        .ifPresent(diary::add);
  }

  /** What the operator says, too, is not said a second time. */
  private Finding here(Check check, Problem problem) {
    Conditions conditions = new Conditions(binding, name, inNamespace());
    return diary.hasProblem(problem.reason().name())
        ? Finding.bad(
            check.name(),
            Level.ERROR,
            problem.reason().name(),
            "From here it is the same: " + problem.reason() + ".",
            "")
        : Finding.bad(
                check.name(),
                Level.ERROR,
                problem.reason().name(),
                problem.what(),
                problem.remedy())
            .with(conditions.command(problem.reason()));
  }

  private void triggers() {
    try {
      List<JsonNode> triggers =
          Json.elements(
                  kubectl.read(
                      List.of(
                          "get",
                          Resources.TRIGGERS,
                          "--field-selector=spec.bindingRef.name=" + name)),
                  "items")
              .toList();
      diary.triggers(triggers);
      if (triggers.isEmpty()) {
        return;
      }
      List<Finding> wrong = triggers.stream().flatMap(Conditions::ofTrigger).toList();
      if (wrong.isEmpty()) {
        diary.add(
            Finding.good(
                Check.Triggers, "%d of the binding are ready.".formatted(triggers.size())));
      }
      wrong.forEach(diary::add);
    } catch (Failure failure) {
      diary.add(Finding.unknown(Check.Triggers, failure.sentence()));
    }
  }

  private String describe() {
    return "kubectl describe %s %s%s".formatted(Resources.BINDINGS, name, inNamespace());
  }

  private String inNamespace() {
    return " -n " + Json.namespace(binding);
  }
}
