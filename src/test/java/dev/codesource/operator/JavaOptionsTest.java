package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JavaOptionsTest {
  private static final Pattern MAX_HEAP = Pattern.compile(" MaxHeapSize +:?= (\\d+)");

  /** Where memory is scarce the JVM has rules of its own. */
  @ParameterizedTest
  @ValueSource(ints = {160, 320, 400, 512, 1024})
  void theHeapIsItsShareOfTheMemoryLimit(int mebibytes) throws Exception {
    long limit = (long) mebibytes << 20;
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + JavaCommand.OPTIONS,
                "-XX:MaxRAM=" + limit,
                "-XX:+PrintFlagsFinal",
                "-version")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String flags = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher flag = MAX_HEAP.matcher(flags);

    assertThat(java.waitFor()).isZero();
    assertThat(flag.find()).isTrue();
    assertThat(Long.parseLong(flag.group(1)))
        .isCloseTo(limit * 32 / 100, Percentage.withPercentage(3));
  }
}
