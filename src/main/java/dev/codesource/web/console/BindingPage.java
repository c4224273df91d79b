package dev.codesource.web.console;

import dev.codesource.api.BindingSpec;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One binding.
 *
 * @param path of this page
 * @param version of the binding: where a watch begins
 * @param sentence what was observed
 * @param todo what is to be done; null: nothing
 * @param authorize the page that a person has to open
 * @param code what they have to enter there
 * @param codeEnds until when
 * @param secret the Secret with the token; null: there is none
 * @param published the names of the Secrets for consumers
 * @param triggersMissing what the visitor would have to be allowed to see them; null: nothing
 * @param eventsMissing as with triggers
 */
record BindingPage(
    String namespace,
    String name,
    String path,
    String version,
    String platform,
    StatusWord status,
    @Nullable String sentence,
    @Nullable Todo todo,
    @Nullable String authorize,
    @Nullable String code,
    @Nullable String codeEnds,
    List<Step> steps,
    List<Fact> facts,
    boolean mayChange,
    boolean mayTrigger,
    boolean isSuspended,
    @Nullable String secret,
    List<String> published,
    List<TriggerRow> triggers,
    @Nullable String triggersMissing,
    List<BuildRow> builds,
    List<EventRow> events,
    @Nullable String eventsMissing,
    String kubectl,
    String yaml)
    implements ObjectPage {

  private static final String SUSPENDED =
      "This binding is suspended: its access is not proven again, and what is shown here is from"
          + " before.";

  static BindingPage of(
      CodeSourceBinding binding,
      Panel<CodeSourceTrigger> triggers,
      Panel<EventRow> events,
      boolean mayChange,
      boolean mayTrigger,
      String yaml,
      Instant now) {
    String namespace = binding.getMetadata().getNamespace();
    String name = binding.getMetadata().getName();
    BindingSpec spec = binding.getSpec();
    Conditions conditions = Conditions.of(binding);
    Optional<Authorization> authorization =
        Optional.ofNullable(binding.getStatus()).map(BindingStatus::authorization);
    boolean isSuspended = Boolean.TRUE.equals(spec.suspend());
    Optional<String> authorize =
        authorization.map(Authorization::url).filter(BindingPage::isWebPage);
    boolean isUnanswered = PendingCheck.is(binding, now);
    Optional<Reason> toDo =
        isSuspended
            ? Optional.of(Reason.Suspended)
            : conditions.toDo().filter(reason -> !isUnanswered);
    String secret =
        Optional.ofNullable(spec.tokenSecretRef()).map(BindingSpec.SecretRef::name).orElse(null);
    return new BindingPage(
        namespace,
        name,
        Paths.binding(namespace, name),
        binding.getMetadata().getResourceVersion(),
        spec.platform().name(),
        StatusWord.of(binding, now),
        isSuspended
            ? SUSPENDED
            : isUnanswered ? PendingCheck.SENTENCE : conditions.sentence().orElse(null),
        toDo.map(reason -> Todo.of(reason, binding, authorize.isPresent(), mayChange)).orElse(null),
        authorize.orElse(null),
        authorization.map(Authorization::userCode).orElse(null),
        authorization.map(Authorization::expiresAt).map(Times::shown).orElse(null),
        Step.ofBinding(conditions),
        facts(binding),
        mayChange,
        mayTrigger,
        isSuspended,
        secret,
        published(name, spec),
        triggers.rows().stream().map(trigger -> TriggerRow.of(trigger, now)).toList(),
        triggers.missing(),
        BuildRow.of(triggers.rows()),
        events.rows(),
        events.missing(),
        Stream.of(
                Kubectl.annotate(namespace, "csb", name),
                Kubectl.suspend(namespace, "csb", name, !isSuspended),
                secret == null ? "" : Kubectl.replaceToken(namespace, secret),
                Kubectl.edit(namespace, "csb", name),
                Kubectl.delete(namespace, "csb", name))
            .filter(line -> !line.isEmpty())
            .collect(Collectors.joining("\n")),
        yaml);
  }

  @Override
  public String changes() {
    return "%s?binding=%s&version=%s".formatted(Paths.changes(namespace), name, version);
  }

  /** The path of a trigger. */
  public String trigger(String trigger) {
    return Paths.trigger(namespace, trigger);
  }

  /** Where a trigger is made. */
  public String newTrigger() {
    return Paths.newTrigger(namespace, name);
  }

  /** Where a repository is looked for. */
  public String repositories() {
    return Paths.repositories(namespace, name);
  }

  private static List<Fact> facts(CodeSourceBinding binding) {
    BindingSpec spec = binding.getSpec();
    Optional<BindingStatus> status = Optional.ofNullable(binding.getStatus());
    return new Fact.Known()
        .and("Platform", spec.platform().name())
        .and("URL", status.map(BindingStatus::url).orElse(spec.url()))
        .and("Account", account(spec, status))
        .and("Registry instance", BindingRow.instance(spec))
        .and(
            "Scopes",
            status.map(BindingStatus::scopes).map(all -> String.join(", ", all)).orElse(null))
        .and("Expires", status.map(BindingStatus::expiresAt).map(Times::shown).orElse(null))
        .and(
            "Last proven", status.map(BindingStatus::lastVerifiedAt).map(Times::shown).orElse(null))
        .and("Proven again every", spec.interval())
        .all();
  }

  private static String account(BindingSpec spec, Optional<BindingStatus> status) {
    return status
        .map(BindingStatus::account)
        .map(BindingStatus.Account::id)
        .map(id -> spec.username() + " (" + id + ")")
        .orElse(spec.username());
  }

  /** As the description of {@code spec.publishNames} has it. */
  static List<String> published(String name, BindingSpec spec) {
    Map<Publication, String> names = Objects.requireNonNullElse(spec.publishNames(), Map.of());
    return Objects.requireNonNullElse(spec.publish(), List.<Publication>of()).stream()
        .map(each -> names.getOrDefault(each, name + "-" + each.name().toLowerCase(Locale.ROOT)))
        .toList();
  }

  /** Whoever may write the status can write any address there, also one that is a script. */
  private static boolean isWebPage(String url) {
    try {
      URI uri = URI.create(url);
      return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && uri.getRawAuthority() != null;
    } catch (IllegalArgumentException notOne) {
      return false;
    }
  }
}
