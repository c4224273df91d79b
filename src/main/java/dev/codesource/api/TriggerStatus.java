package dev.codesource.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The observed state of a trigger. Times are RFC 3339 in UTC. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TriggerStatus(
    @JsonPropertyDescription("The phase of the trigger: Pending, Active, Failed or Suspended.")
        @Nullable Phase phase,
    @JsonPropertyDescription(
            "The generation of the trigger that this status describes; -1: the operator has not looked at the trigger yet.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "How pushes are noticed now: Webhook, by deliveries of the code host, and by asking at the interval; or Poll, by asking alone.")
        @Nullable Mode mode,
    @JsonPropertyDescription("The repository as the code host has it.")
        @Nullable Repository repository,
    @JsonPropertyDescription("The webhook at the code host, if there is to be one.")
        @Nullable Webhook webhook,
    @JsonPropertyDescription("What each rule built last; rules that built nothing are not listed.")
        @Nullable List<RuleStatus> rules,
    @JsonPropertyDescription("What is being built, and what is to be; left out if that is nothing.")
        @Nullable BuildCounts builds,
    @JsonPropertyDescription("The answer to the annotation codesource.dev/explain.")
        @Nullable Explanation explanation,
    @JsonPropertyDescription(
            "The value of the annotation codesource.dev/requested-at that was last handled.")
        @Nullable String lastHandledRequestedAt,
    @JsonPropertyDescription(
            "The value of the annotation codesource.dev/build that was last handled.")
        @Nullable String lastHandledBuild,
    @JsonPropertyDescription(
            "RulesValid, BindingReady, RepositoryFound, with a webhook WebhookReady and with a builder BuilderReady, and the summaries Ready, Reconciling and Stalled.")
        @Nullable List<Condition> conditions) {

  /** With another webhook. */
  public TriggerStatus with(Webhook other) {
    return new TriggerStatus(
        phase,
        observedGeneration,
        mode,
        repository,
        other,
        rules,
        builds,
        explanation,
        lastHandledRequestedAt,
        lastHandledBuild,
        conditions);
  }

  /** With other states of the rules. */
  public TriggerStatus with(List<RuleStatus> others) {
    return new TriggerStatus(
        phase,
        observedGeneration,
        mode,
        repository,
        webhook,
        others,
        builds,
        explanation,
        lastHandledRequestedAt,
        lastHandledBuild,
        conditions);
  }

  /** The state of a trigger in one word. */
  public enum Phase {
    Pending,
    Active,
    Failed,
    Suspended
  }

  /** How pushes are noticed. */
  public enum Mode {
    Webhook,
    Poll
  }

  /** Why a commit is due. */
  public enum FoundBy {
    Webhook,
    Poll,
    /** A user asked for it. */
    Annotation
  }

  /** Whether deliveries can be expected. */
  public enum WebhookState {
    /** The webhook is as it should be. */
    Active,
    /** It is as it should be, and something was pushed of which no delivery told. */
    Silent,
    /** It could not be made, compared or deleted. */
    Failed
  }

  /** A webhook, which all triggers of a binding and a repository share. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Webhook(
      @JsonPropertyDescription("The code host's own identifier.") @Nullable String id,
      @JsonPropertyDescription(
              "Active: it is as it should be; Silent: it is, and something was pushed of which no delivery told; Failed: it could not be made, compared or deleted. The condition WebhookReady says why.")
          @Nullable WebhookState state,
      @JsonPropertyDescription("The Secret in which the operator keeps it.")
          @Nullable String secretName,
      @JsonPropertyDescription("Since when deliveries are signed with the present secret.")
          @Nullable String secretRotatedAt,
      @JsonPropertyDescription("When a delivery came, updated once an hour at most.")
          @Nullable String lastDeliveryAt,
      @JsonPropertyDescription(
              "The value of the annotation codesource.dev/rotate-webhook-secret that was last handled.")
          @Nullable String lastHandledRotation) {}

  /** A repository on a code host. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Repository(
      @JsonPropertyDescription(
              "The code host's own identifier. The trigger stays with it when the repository is renamed.")
          @Nullable String id,
      @JsonPropertyDescription("Its path now.") @Nullable String path,
      @JsonPropertyDescription("Its address for git.") @Nullable String cloneUrl) {}

  /** What became of one rule. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RuleStatus(
      @JsonPropertyDescription("The name of the rule.") @Nullable String name,
      @JsonPropertyDescription("The newest commit that is due by this rule.")
          @Nullable LastBuild lastBuild,
      @JsonPropertyDescription("The builds of this rule that there are, the newest first.")
          @Nullable List<BuildStatus> builds) {}

  /** The states of a commit that a rule builds. */
  public enum BuildState {
    /** It is noticed, and its builder is yet to be told. */
    Due,
    /** A sink was told. */
    Delivered,
    /** The builder has the build, and has not started it. */
    Pending,
    Running,
    Succeeded,
    Failed,
    Cancelled;

    /** Whether nothing follows. */
    public boolean isEnd() {
      return this == Delivered || this == Succeeded || this == Failed || this == Cancelled;
    }
  }

  /** The object that builds. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record BuildObject(
      @JsonPropertyDescription("Its kind: PipelineRun, TaskRun, BuildRun, Build or Job.")
          @Nullable String kind,
      @JsonPropertyDescription("Its name.") @Nullable String name) {}

  /** How many builds and commits are not done with. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BuildCounts(
      @JsonPropertyDescription("The builds in the cluster that have not ended.")
          @Nullable Integer running,
      @JsonPropertyDescription("The commits of which a builder or a sink is yet to be told.")
          @Nullable Integer waiting) {}

  /** A build. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BuildStatus(
      @JsonPropertyDescription("The object that builds.") @Nullable BuildObject object,
      @JsonPropertyDescription("The full name of the branch or tag.") @Nullable String ref,
      @JsonPropertyDescription("The commit.") @Nullable String sha,
      @JsonPropertyDescription("Pending, Running, Succeeded, Failed or Cancelled.")
          @Nullable BuildState state,
      @JsonPropertyDescription("What the builder says of it.") @Nullable String message,
      @JsonPropertyDescription("The first name of the image.") @Nullable String image,
      @JsonPropertyDescription("The digest of the image.") @Nullable String digest,
      @JsonPropertyDescription("When it started.") @Nullable String startedAt,
      @JsonPropertyDescription("When it ended.") @Nullable String finishedAt,
      @JsonPropertyDescription("The state that the code host was told, with commitStatus.")
          @Nullable BuildState reported) {

    /** The same build, of whose state the code host knows. */
    public BuildStatus withReported(BuildState told) {
      return new BuildStatus(
          object, ref, sha, state, message, image, digest, startedAt, finishedAt, told);
    }
  }

  /** A commit that a rule builds. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record LastBuild(
      @JsonPropertyDescription("The full name of the branch or tag.") @Nullable String ref,
      @JsonPropertyDescription("The commit.") @Nullable String sha,
      @JsonPropertyDescription("The names of the image, with their tags.")
          @Nullable List<String> images,
      @JsonPropertyDescription(
              "Why it is due: Webhook, a delivery told of the push; Poll, the comparison at the interval found it; Annotation, codesource.dev/build asked for it.")
          @Nullable FoundBy foundBy,
      @JsonPropertyDescription("When it was noticed.") @Nullable String foundAt,
      @JsonPropertyDescription(
              "Due: it is only noticed, or its builder is yet to be told; Delivered: the sink was told; else the state of the build.")
          @Nullable BuildState state,
      @JsonPropertyDescription("When the sink was told.") @Nullable String deliveredAt,
      @JsonPropertyDescription("The object that builds.") @Nullable BuildObject object,
      @JsonPropertyDescription("The digest of the image.") @Nullable String digest,
      @JsonPropertyDescription("When the build started.") @Nullable String startedAt,
      @JsonPropertyDescription("When the build ended.") @Nullable String finishedAt,
      @JsonPropertyDescription("What the builder says of a build that failed.")
          @Nullable String message) {}

  /** Which rules a branch or tag matches. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Explanation(
      @JsonPropertyDescription("What was asked for.") @Nullable String ref,
      @JsonPropertyDescription("The rules that match; empty: none.")
          @Nullable List<ExplainedRule> rules,
      @JsonPropertyDescription("Why it could not be explained.") @Nullable String message) {}

  /** A rule that matches. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ExplainedRule(
      @JsonPropertyDescription("The name of the rule.") @Nullable String name,
      @JsonPropertyDescription(
              "The names of the image, with their tags; sha and times are those of the explanation.")
          @Nullable List<String> images,
      @JsonPropertyDescription("Why it makes no usable name.") @Nullable String message) {}
}
