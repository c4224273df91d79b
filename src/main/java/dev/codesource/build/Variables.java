package dev.codesource.build;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What templates can use besides the groups of a pattern. */
final class Variables {

  /** Of the tags of images. */
  static final SortedSet<String> NAMES =
      new TreeSet<>(List.of("ref", "refSlug", "sha", "shortSha", "date", "time"));

  /** The shortest values that these can have; those of all others can be empty. */
  static final Map<String, String> SHORTEST =
      Map.of(
          "sha",
          "0".repeat(40),
          "shortSha",
          "0".repeat(7),
          "date",
          "0".repeat(8),
          "time",
          "0".repeat(14));

  /** Of what builders are given, once there are tags: see {@link BuildRule#variables}. */
  static final SortedSet<String> BUILD_NAMES =
      Stream.concat(
              NAMES.stream(),
              Stream.of("cloneUrl", "image", "images", "contextDir", "dockerfile", "platforms"))
          .collect(Collectors.toCollection(TreeSet::new));

  private static final int SHORT = 7;
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

  private Variables() {}

  /**
   * @param at when the commit was found; in UTC
   */
  static Map<String, String> of(GitRef ref, String sha, Instant at, Map<String, String> groups) {
    Map<String, String> values = new HashMap<>(groups);
    values.put("ref", ref.shortName());
    values.put("refSlug", ref.slug());
    values.put("sha", sha);
    values.put("shortSha", sha.substring(0, Math.min(SHORT, sha.length())));
    values.put("date", DATE.format(at.atOffset(ZoneOffset.UTC)));
    values.put("time", TIME.format(at.atOffset(ZoneOffset.UTC)));
    return values;
  }
}
