package dev.codesource.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The desired state of a trigger, as the user writes it. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(value = TriggerRules.HAS_BUILDERS, message = TriggerRules.HAS_BUILDERS_WORDS)
@ValidationRule(value = TriggerRules.SAYS_BUILDER, message = TriggerRules.SAYS_BUILDER_WORDS)
@ValidationRule(value = TriggerRules.HAS_IMAGE, message = TriggerRules.HAS_IMAGE_WORDS)
@ValidationRule(value = TriggerRules.HAS_REGISTRY, message = TriggerRules.REGISTRY_WORDS)
@ValidationRule(value = TriggerRules.HAS_ONE_NAME, message = TriggerRules.ONE_NAME_WORDS)
public record TriggerSpec(
    @JsonPropertyDescription("The binding with whose credential the repository is read.") @Required
        BindingRef bindingRef,
    @JsonPropertyDescription(
            "The path of the repository on the code host, as its address has it: group/shop. On Bitbucket Data Center the key of the project and the name in the address: SHOP/api.")
        @Required
        @Size(min = 3, max = TriggerRules.REPOSITORY_LENGTH)
        @Pattern(TriggerRules.REPOSITORY)
        @ValidationRule(value = TriggerRules.IS_REPOSITORY, message = TriggerRules.REPOSITORY_WORDS)
        String repository,
    @JsonPropertyDescription(
            "How pushes are noticed: Webhook, by a webhook that the operator keeps at the code host, and by asking at the interval; or Poll, by asking alone. Default: Webhook where the administrator has set an address for deliveries, else Poll.")
        TriggerStatus.@Nullable Mode mode,
    @JsonPropertyDescription(
            "How often the branches and tags are compared with those that were seen, as a Go duration of at least 1m. The operator varies it by up to a tenth in both directions. Default: 10m with a webhook that works, else 2m.")
        @Nullable
        @Size(max = FieldRules.INTERVAL_LENGTH)
        @Pattern(FieldRules.INTERVAL)
        @ValidationRule(value = FieldRules.IS_INTERVAL, message = FieldRules.INTERVAL_WORDS)
        @ValidationRule(
            value = FieldRules.IS_USUAL_INTERVAL,
            message = "interval must be between 1m and 8760h, such as 10m")
        String interval,
    @JsonPropertyDescription(
            "The image that is built, with its registry and without tag: registry.example.com/team-a/shop. Shipwright, kpack and BuildKit need it. Without it the tags alone are reported.")
        @Nullable
        @Size(min = 1, max = TriggerRules.IMAGE_LENGTH)
        @Pattern(TriggerRules.IMAGE)
        @ValidationRule(value = TriggerRules.IS_IMAGE, message = TriggerRules.IMAGE_WORDS)
        String image,
    @JsonPropertyDescription(
            "What is built, in 1 to 50 rules. Every rule that matches a branch or tag counts.")
        @Required
        List<Rule> rules,
    @JsonPropertyDescription(
            "What builds commits that are due, or is told of them: at most 10. Without any, they are only shown in status.")
        @Nullable List<Builder> builders,
    @JsonPropertyDescription(
            "The ServiceAccount of this namespace that creates the builds, and as which they run. It is one of those that the administrator allows, and needs a RoleBinding for the kind of the builder. A sink needs none.")
        @Default(TriggerDefaults.SERVICE_ACCOUNT)
        @Nullable
        @Size(min = 1, max = FieldRules.NAME_LENGTH)
        @Pattern(FieldRules.NAME)
        @ValidationRule(value = FieldRules.IS_NAME, message = FieldRules.NAME_WORDS)
        String serviceAccountName,
    @JsonPropertyDescription(
            "The Secret with which Shipwright and BuildKit push the image, of type kubernetes.io/dockerconfigjson, in this namespace. Tekton and kpack take those of the ServiceAccount.")
        @Nullable PushSecretRef pushSecretRef,
    @JsonPropertyDescription(
            "What happens when a branch is pushed while a rule builds it. Allow: both are built. Queue: the newest commit is built next, and those in between are not. Replace: the build in progress is cancelled. Tags are always built.")
        @Default(TriggerDefaults.CONCURRENCY_POLICY)
        @Nullable ConcurrencyPolicy concurrencyPolicy,
    @JsonPropertyDescription(
            "How many builds of the trigger are in progress at once, 1 to 20. The administrator may have set a limit for the namespace, too.")
        @Default("" + TriggerDefaults.CONCURRENT)
        @Nullable
        @Min(1)
        @Max(TriggerRules.MOST_BUILDS)
        Integer maxConcurrent,
    @JsonPropertyDescription("How many ended builds of each rule are kept.")
        @Nullable History history,
    @JsonPropertyDescription(
            "How long a build may take, as a Go duration from 1m to 24h. The builder ends it after that. What is still there 10 minutes later is deleted and is Cancelled.")
        @Default(TriggerDefaults.TIMEOUT_HOURS + "h")
        @Nullable
        @Size(max = FieldRules.INTERVAL_LENGTH)
        @Pattern(FieldRules.INTERVAL)
        @ValidationRule(value = FieldRules.IS_INTERVAL, message = FieldRules.INTERVAL_WORDS)
        @ValidationRule(
            value = TriggerRules.IS_TIMEOUT,
            message = "timeout must be between 1m and 24h, such as 1h")
        String timeout,
    @JsonPropertyDescription(
            "Report each build as a status of its commit on the code host. The credential of the binding must be allowed to; Gitee has no statuses.")
        @Default("false")
        @Nullable Boolean commitStatus,
    @JsonPropertyDescription(
            "Ask nothing and start nothing. When it ends, the newest commit of each branch that was pushed and every new tag are due, and nothing in between.")
        @Default("false")
        @Nullable Boolean suspend) {

  /** A binding in the same namespace. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record BindingRef(
      @JsonPropertyDescription("The name of the CodeSourceBinding.")
          @Required
          @Size(min = 1, max = FieldRules.NAME_LENGTH)
          @Pattern(FieldRules.NAME)
          @ValidationRule(value = FieldRules.IS_NAME, message = FieldRules.NAME_WORDS)
          String name) {}

  /** Which branches or tags are built, and what the images are called. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.branch) != has(self.tag)",
      message = "give exactly one of branch and tag")
  @ValidationRule(value = TriggerRules.IS_SHORT, message = TriggerRules.SHORT_WORDS)
  @ValidationRule(
      value = "!has(self.paths) || has(self.branch)",
      message =
          "paths is for branches only: a tag names a whole state of the code, not a change of it")
  @ValidationRule(
      value = "!has(self.allowMoved) || has(self.tag)",
      message = "allowMoved is for tags only: branches always move")
  public record Rule(
      @JsonPropertyDescription("The name of the rule, in status and in the names of builds.")
          @Required
          @Size(min = 1, max = TriggerRules.NAME_LENGTH)
          @Pattern(TriggerRules.NAME)
          String name,
      @JsonPropertyDescription(
              "A regular expression (RE2) for the names of branches, without refs/heads/. It must match the whole name: main, or release-(?<version>[0-9.]+).")
          @Nullable
          @Size(min = 1, max = TriggerRules.PATTERN_LENGTH)
          String branch,
      @JsonPropertyDescription(
              "A regular expression (RE2) for the names of tags, without refs/tags/. It must match the whole name: v(?<version>[0-9.]+).")
          @Nullable
          @Size(min = 1, max = TriggerRules.PATTERN_LENGTH)
          String tag,
      @JsonPropertyDescription("Build only if one of these files was changed.")
          @Nullable Paths paths,
      @JsonPropertyDescription(
              "The tags of the image, at most 10. ${…} stands for a named group of the pattern, or for ref, refSlug, sha, shortSha, date or time. Shipwright takes one. Default: ${refSlug}-${shortSha}.")
          @Nullable List<String> imageTags,
      @JsonPropertyDescription(
              "Build a tag again that was moved to another commit. Default: false.")
          @Nullable Boolean allowMoved,
      @JsonPropertyDescription(
              "The name of one of spec.builders. It may be left out where there is one.")
          @Nullable
          @Size(min = 1, max = TriggerRules.NAME_LENGTH)
          String builder,
      @JsonPropertyDescription(
              "The folder of the repository that is built: services/api. Default: the root.")
          @Nullable
          @Size(min = 1, max = TriggerRules.PATH_LENGTH)
          @ValidationRule(value = TriggerRules.IS_PATH, message = TriggerRules.PATH_WORDS)
          String contextDir,
      @JsonPropertyDescription(
              "The Dockerfile, in contextDir. Default: Dockerfile. kpack needs none.")
          @Nullable
          @Size(min = 1, max = TriggerRules.PATH_LENGTH)
          @ValidationRule(value = TriggerRules.IS_PATH, message = TriggerRules.PATH_WORDS)
          String dockerfile,
      @JsonPropertyDescription(
              "Arguments of the build. Values take the same ${…} as imageTags; ${image} is the first name of the image.")
          @Nullable Map<String, String> buildArgs,
      @JsonPropertyDescription(
              "The platforms that are built: linux/amd64, linux/arm64. Default: that of the node. For BuildKit, for strategies of Shipwright that have the parameter platforms, and for pipelines that take them as a parameter.")
          @Nullable List<String> platforms) {}

  /** Files by glob patterns: * is part of a name, ** any number of folders, ? one character. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Paths(
      @JsonPropertyDescription("The files that count. Default: all.")
          @Nullable List<String> include,
      @JsonPropertyDescription("The files that do not count, also if include names them.")
          @Nullable List<String> exclude) {}

  /** What builds a commit, or is told of it. Exactly one of its kinds is given. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(value = TriggerRules.IS_BUILDER, message = TriggerRules.BUILDER_WORDS)
  public record Builder(
      @JsonPropertyDescription("The name of the builder, for spec.rules[].builder.")
          @Required
          @Size(min = 1, max = TriggerRules.NAME_LENGTH)
          @Pattern(TriggerRules.NAME)
          String name,
      @JsonPropertyDescription("An HTTP endpoint that gets a CloudEvent for each commit.")
          @Nullable Sink sink,
      @JsonPropertyDescription("A PipelineRun or a TaskRun of Tekton for each commit.")
          @Nullable Tekton tekton,
      @JsonPropertyDescription("A BuildRun of Shipwright for each commit.")
          @Nullable Shipwright shipwright,
      @JsonPropertyDescription("A Build of kpack for each commit.") @Nullable Kpack kpack,
      @JsonPropertyDescription(
              "A Job for each commit that builds with BuildKit: on its own, or on a buildkitd at an address.")
          @Nullable BuildKit buildkit) {}

  /** An endpoint that the administrator has set up. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Sink(
      @JsonPropertyDescription("The name that the administrator gave it in operator.sinks.")
          @Required
          @Size(min = 1, max = TriggerRules.SINK_LENGTH)
          @Pattern(TriggerRules.NAME)
          String name) {}

  /** An object of this namespace. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ObjectName(
      @JsonPropertyDescription("Its name.")
          @Required
          @Size(min = 1, max = FieldRules.NAME_LENGTH)
          @Pattern(FieldRules.NAME)
          String name) {}

  /** A Pipeline or a Task of this namespace, and what it is given. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.pipelineRef) != has(self.taskRef)",
      message = "give exactly one of pipelineRef and taskRef")
  public record Tekton(
      @JsonPropertyDescription("A Pipeline of this namespace.") @Nullable ObjectName pipelineRef,
      @JsonPropertyDescription("A Task of this namespace.") @Nullable ObjectName taskRef,
      @JsonPropertyDescription(
              "The parameters, by the name that the Pipeline or Task gives them. ${…} stands for cloneUrl, sha, shortSha, ref, refSlug, image, images (separated by commas), contextDir, dockerfile, platforms (separated by commas), date, time, or a named group of the pattern of the rule.")
          @Nullable Map<String, String> params,
      @JsonPropertyDescription("The workspaces, by the name that the Pipeline or Task gives them.")
          @Nullable List<Workspace> workspaces) {}

  /** A workspace of a run. Exactly one of its kinds is given. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "[has(self.emptyDir) && self.emptyDir, has(self.secretName), has(self.claimName), has(self.size)].filter(each, each).size() == 1",
      message = "give exactly one of emptyDir: true, secretName, claimName and size")
  public record Workspace(
      @JsonPropertyDescription("The name that the Pipeline or Task gives it.")
          @Required
          @Size(min = 1, max = 63)
          @Pattern(TriggerRules.WORKSPACE)
          String name,
      @JsonPropertyDescription("An empty folder, which ends with the run.")
          @Nullable Boolean emptyDir,
      @JsonPropertyDescription("A Secret of this namespace.")
          @Nullable
          @Size(min = 1, max = FieldRules.NAME_LENGTH)
          @Pattern(FieldRules.NAME)
          String secretName,
      @JsonPropertyDescription("A PersistentVolumeClaim of this namespace.")
          @Nullable
          @Size(min = 1, max = FieldRules.NAME_LENGTH)
          @Pattern(FieldRules.NAME)
          String claimName,
      @JsonPropertyDescription(
              "A new PersistentVolumeClaim for each run, of this size, such as 1Gi.")
          @Nullable
          @Size(max = 20)
          @Pattern("^[1-9][0-9]*(Mi|Gi|Ti)$")
          String size) {}

  /** How Shipwright builds. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Shipwright(
      @JsonPropertyDescription("The strategy.") @Required Strategy strategy,
      @JsonPropertyDescription(
              "Parameters of the strategy. ${…} stands for what the parameters of Tekton take.")
          @Nullable Map<String, String> params) {}

  /** A strategy of Shipwright. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Strategy(
      @JsonPropertyDescription("ClusterBuildStrategy, or BuildStrategy of this namespace.")
          @Default("ClusterBuildStrategy")
          @Nullable StrategyKind kind,
      @JsonPropertyDescription("Its name.")
          @Required
          @Size(min = 1, max = FieldRules.NAME_LENGTH)
          @Pattern(FieldRules.NAME)
          String name) {}

  /** The kinds of strategies that Shipwright has. */
  public enum StrategyKind {
    ClusterBuildStrategy,
    BuildStrategy
  }

  /** How kpack builds. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Kpack(
      @JsonPropertyDescription(
              "The image with the buildpacks, such as paketobuildpacks/builder-jammy-base; of a Builder or ClusterBuilder of kpack: its status.latestImage.")
          @Required
          @Size(min = 1, max = TriggerRules.REFERENCE_LENGTH)
          @Pattern(TriggerRules.REFERENCE)
          String builderImage) {}

  /** How BuildKit is reached. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!has(self.clientSecretRef) || has(self.address)",
      message = "clientSecretRef is for an address")
  public record BuildKit(
      @JsonPropertyDescription(
              "The address of a buildkitd: tcp://buildkitd.build.svc:1234. Default: the Job runs BuildKit itself, without root; its pods do not fit Pod Security baseline.")
          @Nullable
          @Size(min = 1, max = 255)
          @Pattern(TriggerRules.BUILDKITD)
          String address,
      @JsonPropertyDescription(
              "The Secret with ca.pem, cert.pem and key.pem by which the client and the buildkitd know each other.")
          @Nullable ObjectName clientSecretRef) {}

  /** A Secret in the same namespace. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PushSecretRef(
      @JsonPropertyDescription("The name of the Secret.")
          @Required
          @Size(min = 1, max = FieldRules.NAME_LENGTH)
          @Pattern(FieldRules.NAME)
          @ValidationRule(value = FieldRules.IS_NAME, message = FieldRules.NAME_WORDS)
          String name) {}

  /** What happens when a branch is pushed while a rule builds it. */
  public enum ConcurrencyPolicy {
    /** Both are built. */
    Allow,
    /** The newest commit is built next. */
    Queue,
    /** The build in progress is cancelled. */
    Replace
  }

  /** How many ended builds of each rule are kept. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record History(
      @JsonPropertyDescription("Of those that succeeded, 0 to 10.")
          @Default("" + TriggerDefaults.HISTORY)
          @Nullable
          @Min(0)
          @Max(TriggerRules.MOST_HISTORY)
          Integer succeeded,
      @JsonPropertyDescription("Of those that failed or were cancelled, 0 to 10.")
          @Default("" + TriggerDefaults.HISTORY)
          @Nullable
          @Min(0)
          @Max(TriggerRules.MOST_HISTORY)
          Integer failed) {}
}
