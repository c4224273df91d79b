package dev.codesource.build;

import dev.codesource.api.TriggerSpec;
import dev.codesource.build.GitRef.Kind;
import dev.codesource.reason.Outcome;
import java.net.URI;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A rule of a trigger, ready to be used. */
public final class BuildRule {

  private static final List<String> DEFAULT_TAGS = List.of("${refSlug}-${shortSha}");

  private final String name;
  private final Kind kind;
  private final RefPattern pattern;
  private final List<ImageTag> tags;
  private final Optional<PathFilter> paths;
  private final boolean allowsMoved;
  private final Optional<Builder> builder;

  private BuildRule(
      String name,
      Kind kind,
      RefPattern pattern,
      List<ImageTag> tags,
      Optional<PathFilter> paths,
      boolean allowsMoved,
      Optional<Builder> builder) {
    this.name = name;
    this.kind = kind;
    this.pattern = pattern;
    this.tags = tags;
    this.paths = paths;
    this.allowsMoved = allowsMoved;
    this.builder = builder;
  }

  /**
   * Reads a rule.
   *
   * @return the rule; or {@code PatternInvalid} or {@code ImageTagInvalid}
   */
  public static Outcome<BuildRule> of(TriggerSpec.Rule rule) {
    Kind kind = rule.branch() == null ? Kind.TAG : Kind.BRANCH;
    String text =
        Objects.requireNonNullElse(rule.branch(), Objects.requireNonNullElse(rule.tag(), ""));
    return RefPattern.of(rule.name(), text)
        .then(
            pattern ->
                tags(rule, pattern)
                    .map(
                        tags ->
                            new BuildRule(
                                rule.name(),
                                kind,
                                pattern,
                                tags,
                                PathFilter.of(rule.paths()),
                                Boolean.TRUE.equals(rule.allowMoved()),
                                Optional.empty())));
  }

  /** The names of the groups of the pattern. */
  Set<String> groups() {
    return pattern.groups();
  }

  /** The same rule, with a builder that is told of what is due. */
  BuildRule with(Optional<Builder> other) {
    return new BuildRule(name, kind, pattern, tags, paths, allowsMoved, other);
  }

  private static Outcome<List<ImageTag>> tags(TriggerSpec.Rule rule, RefPattern pattern) {
    Set<String> variables = new HashSet<>(Variables.NAMES);
    variables.addAll(pattern.groups());
    return Outcome.all(
        Objects.requireNonNullElse(rule.imageTags(), DEFAULT_TAGS),
        template -> ImageTag.of(rule.name(), template, variables));
  }

  public String name() {
    return name;
  }

  /** Tells the rule from another one, also of the same name, that matches other refs. */
  public String key() {
    return kind + " " + pattern;
  }

  /** Empty: every change counts. */
  public Optional<PathFilter> paths() {
    return paths;
  }

  /** Whether a tag is built again that names another commit than before. */
  public boolean allowsMoved() {
    return allowsMoved;
  }

  /** What is told of commits that are due; empty: they are only shown. */
  public Optional<Builder> builder() {
    return builder;
  }

  /** With what the full name of every ref begins that this rule can match. */
  public String prefix() {
    return kind.prefix() + pattern.prefix();
  }

  /** Whether the rule builds that branch or tag. */
  public boolean matches(GitRef ref) {
    return groups(ref).isPresent();
  }

  /** What {@link #matches} costs at most, in states of the pattern times characters. */
  long steps(GitRef ref) {
    return ref.kind() == kind ? pattern.steps(ref.shortName()) : 0;
  }

  /**
   * The tags of the image of a commit.
   *
   * @param sha the commit
   * @param at when it was found
   * @return the tags, at least one; or {@code ImageTagInvalid}; empty: the rule does not match
   */
  public Optional<Outcome<List<String>>> imageTags(GitRef ref, String sha, Instant at) {
    return groups(ref).map(groups -> filled(ref, Variables.of(ref, sha, at, groups)));
  }

  /** What the templates of the rule and of its builder may use, by name. */
  public Map<String, String> variables(
      DueCommit due,
      URI cloneUrl,
      List<String> images,
      Optional<String> contextDir,
      Optional<String> dockerfile,
      List<String> platforms) {
    Map<String, String> all =
        Variables.of(due.ref(), due.sha(), due.foundAt(), groups(due.ref()).orElse(Map.of()));
    all.put("cloneUrl", cloneUrl.toString());
    all.put("image", images.isEmpty() ? "" : images.getFirst());
    all.put("images", String.join(",", images));
    all.put("contextDir", contextDir.orElse("."));
    all.put("dockerfile", dockerfile.orElse("Dockerfile"));
    all.put("platforms", String.join(",", platforms));
    return all;
  }

  private Optional<Map<String, String>> groups(GitRef ref) {
    return ref.kind() == kind ? pattern.match(ref.shortName()) : Optional.empty();
  }

  private Outcome<List<String>> filled(GitRef ref, Map<String, String> values) {
    return Outcome.all(tags, tag -> tag.fill(name, ref, values));
  }
}
