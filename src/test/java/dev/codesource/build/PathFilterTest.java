package dev.codesource.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.TriggerSpec.Paths;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathFilterTest {

  private static PathFilter filter(List<String> include, List<String> exclude) {
    return PathFilter.of(new Paths(include, exclude)).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "api/**, api/a.java, true",
    "api/**, api/a/b.java, true",
    "api/**, apis/a.java, false",
    "api/**, x/api/a.java, false",
    "**/*.md, README.md, true",
    "**/*.md, docs/a/b.md, true",
    "**/*.md, docs/a.mdx, false",
    "*.md, docs/a.md, false",
    "*.md, a.md, true",
    "a?c, abc, true",
    "a?c, a/c, false",
    "a.c, abc, false",
    "docs, docs/a.md, false",
    "'a[b](c)', 'a[b](c)', true",
    "**, any/thing, true",
  })
  void patternsMeanWhatTheyMeanElsewhere(String pattern, String file, boolean counts) {
    assertThat(filter(List.of(pattern), List.of()).matches(List.of(file))).isEqualTo(counts);
  }

  @Test
  void oneFileThatCountsIsEnough() {
    PathFilter filter = filter(List.of("api/**"), List.of("**/*.md"));
    assertThat(filter.matches(List.of("web/x", "api/README.md"))).isFalse();
    assertThat(filter.matches(List.of("web/x", "api/README.md", "api/x"))).isTrue();
    assertThat(filter.matches(List.of())).isFalse();
  }

  @Test
  void withoutIncludeAllFilesCountButThoseExcluded() {
    PathFilter filter = PathFilter.of(new Paths(null, List.of("docs/**"))).orElseThrow();
    assertThat(filter.matches(List.of("docs/a"))).isFalse();
    assertThat(filter.matches(List.of("src/a"))).isTrue();
    assertThat(PathFilter.of(null)).isEmpty();
  }

  @Test
  @Timeout(10)
  void hostilePatternsTakeNoLonger() {
    PathFilter filter = filter(List.of("**/".repeat(80) + "x", "*a".repeat(120)), List.of());
    assertThat(filter.matches(List.of("a/".repeat(2000) + "y"))).isFalse();
  }
}
