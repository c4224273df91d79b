package dev.codesource.api;

/** Rules for the text that users write in a trigger, as {@link FieldRules}. */
public final class TriggerRules {

  static final int REPOSITORY_LENGTH = 512;

  /**
   * The characters that GitLab, GitHub, Gitee, Bitbucket and Gitea allow, and ~ of personal ones.
   */
  static final String REPOSITORY = "^[A-Za-z0-9_.~-]+(/[A-Za-z0-9_.~-]+)+$";

  static final String IS_REPOSITORY =
      "self.matches(r'" + REPOSITORY + "') && !self.split('/').exists(part, part in ['.', '..'])";
  static final String REPOSITORY_WORDS =
      "repository is its path on the code host, such as group/shop, without the host's address and .git";

  static final int IMAGE_LENGTH = 255;

  /** https://github.com/distribution/reference, without tag and digest. */
  static final String IMAGE =
      "^([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$";

  static final String IS_IMAGE = "self.matches(r'" + IMAGE + "')";
  static final String IMAGE_WORDS =
      "image is a name without tag and digest, such as registry.example.com/team-a/shop";

  static final int PATTERN_LENGTH = 255;

  /** No pattern that begins so is one that people mean. */
  private static final String LONG_NAME = "^[(^]*refs/(heads|tags)/";

  static final String IS_SHORT =
      "(!has(self.branch) || !self.branch.matches(r'"
          + LONG_NAME
          + "')) && (!has(self.tag) || !self.tag.matches(r'"
          + LONG_NAME
          + "'))";

  static final String SHORT_WORDS =
      "branch and tag are names without refs/heads/ and refs/tags/: write main, not refs/heads/main";

  static final int NAME_LENGTH = 40;
  static final int SINK_LENGTH = 63;

  /** Of rules, builders and sinks. */
  static final String NAME = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  static final String HAS_BUILDERS =
      "self.rules.all(rule, !has(rule.builder) || (has(self.builders) && self.builders.exists(builder, builder.name == rule.builder)))";
  static final String HAS_BUILDERS_WORDS = "builder of a rule is the name of one of spec.builders";
  static final String SAYS_BUILDER =
      "!has(self.builders) || self.builders.size() == 1 || self.rules.all(rule, has(rule.builder))";
  static final String SAYS_BUILDER_WORDS =
      "there are several builders, so each rule says in builder which one it is for";

  static final String HAS_IMAGE =
      "has(self.image) || !has(self.builders) || !self.builders.exists(builder, has(builder.shipwright) || has(builder.kpack) || has(builder.buildkit))";
  static final String HAS_IMAGE_WORDS =
      "Shipwright, kpack and BuildKit need image, such as registry.example.com/team-a/shop";

  /** Without one they would push to Docker Hub. */
  static final String HAS_REGISTRY =
      "!has(self.image) || !has(self.builders) || !self.builders.exists(builder, has(builder.shipwright) || has(builder.kpack) || has(builder.buildkit)) || self.image.matches(r'^([^/]*[.:][^/]*|localhost)/')";

  static final String REGISTRY_WORDS =
      "image begins with its registry, such as registry.example.com/team-a/shop; for Docker Hub write docker.io/team-a/shop";

  /** Its BuildRun has one {@code output.image}. */
  static final String HAS_ONE_NAME =
      "!has(self.builders) || self.rules.all(rule, !has(rule.imageTags) || rule.imageTags.size() == 1 || !self.builders.exists(builder, has(builder.shipwright) && (!has(rule.builder) || builder.name == rule.builder)))";

  static final String ONE_NAME_WORDS =
      "Shipwright pushes an image under one name: leave one of imageTags, or make a rule for each name";

  static final String IS_BUILDER =
      "[has(self.sink), has(self.tekton), has(self.shipwright), has(self.kpack), has(self.buildkit)].filter(kind, kind).size() == 1";
  static final String BUILDER_WORDS =
      "give exactly one kind of builder: sink, tekton, shipwright, kpack or buildkit";

  static final String IS_TIMEOUT =
      "duration(self) >= duration('1m') && duration(self) <= duration('24h')";

  /** In the repository, whatever it is joined to: no part may lead out of it. */
  static final String IS_PATH =
      "self.matches(r'^[A-Za-z0-9_.@+~-]+(/[A-Za-z0-9_.@+~-]+)*$') && !self.startsWith('-') && !self.split('/').exists(part, part in ['.', '..'])";

  static final String PATH_WORDS =
      "a path in the repository, such as services/api: letters, digits and _ . @ + ~ - between slashes, without a part . or .., not beginning with -";

  /**
   * https://github.com/tektoncd/pipeline/blob/main/docs/workspaces.md names no rule; a DNS label.
   */
  static final String WORKSPACE = "^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$";

  static final int REFERENCE_LENGTH = 512;

  /** An image with tag or digest. */
  public static final String REFERENCE =
      "^([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?$";

  /** https://github.com/moby/buildkit/blob/master/README.md, BUILDKIT_HOST. */
  static final String BUILDKITD = "^tcp://[A-Za-z0-9.-]+:[0-9]{1,5}$";

  public static final int MOST_BUILDS = 20;
  public static final int MOST_HISTORY = 10;
  public static final int PARAMETERS = 50;
  public static final int PARAMETER_LENGTH = 1024;
  public static final int WORKSPACES = 20;
  public static final int PLATFORMS = 10;
  public static final int PLATFORM_LENGTH = 63;

  public static final int RULES = 50;
  public static final int BUILDERS = 10;
  public static final int IMAGE_TAGS = 10;
  public static final int IMAGE_TAG_LENGTH = 255;
  public static final int PATHS = 50;
  public static final int PATH_LENGTH = 255;

  private TriggerRules() {}
}
