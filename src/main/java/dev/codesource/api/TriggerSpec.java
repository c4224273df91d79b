package dev.codesource.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The desired state of a trigger, as the user writes it. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(value = TriggerRules.HAS_BUILDERS, message = TriggerRules.HAS_BUILDERS_WORDS)
@ValidationRule(value = TriggerRules.SAYS_BUILDER, message = TriggerRules.SAYS_BUILDER_WORDS)
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
            "The image that is built, without tag: registry.example.com/team-a/shop.")
        @Nullable
        @Size(min = 1, max = TriggerRules.IMAGE_LENGTH)
        @Pattern(TriggerRules.IMAGE)
        @ValidationRule(value = TriggerRules.IS_IMAGE, message = TriggerRules.IMAGE_WORDS)
        String image,
    @JsonPropertyDescription("What is built. Every rule that matches a branch or tag counts.")
        @Required
        List<Rule> rules,
    @JsonPropertyDescription(
            "What is told of commits that are due, so that it builds them. Without any, they are only shown in status.")
        @Nullable List<Builder> builders,
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
              "The tags of the image. ${…} stands for a named group of the pattern, or for ref, refSlug, sha, shortSha, date or time.")
          @Nullable List<String> imageTags,
      @JsonPropertyDescription("Build a tag again that was moved to another commit.")
          @Nullable Boolean allowMoved,
      @JsonPropertyDescription(
              "The name of one of spec.builders. It may be left out where there is one.")
          @Nullable
          @Size(min = 1, max = TriggerRules.NAME_LENGTH)
          String builder) {}

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
  @ValidationRule(
      value = "has(self.sink)",
      message = "give the kind of the builder, which is sink: {name: …}")
  public record Builder(
      @JsonPropertyDescription("The name of the builder, for spec.rules[].builder.")
          @Required
          @Size(min = 1, max = TriggerRules.NAME_LENGTH)
          @Pattern(TriggerRules.NAME)
          String name,
      @JsonPropertyDescription("An HTTP endpoint that gets a CloudEvent for each commit.")
          @Nullable Sink sink) {}

  /** An endpoint that the administrator has set up. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Sink(
      @JsonPropertyDescription("The name that the administrator gave it in operator.sinks.")
          @Required
          @Size(min = 1, max = TriggerRules.SINK_LENGTH)
          @Pattern(TriggerRules.NAME)
          String name) {}
}
