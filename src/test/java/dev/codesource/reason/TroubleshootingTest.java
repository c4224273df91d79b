package dev.codesource.reason;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the messages shown are real is checked where they are seen: in {@code ReasonsIT}. */
class TroubleshootingTest {

  private final Troubleshooting page = Troubleshooting.page();

  @Test
  void thereIsASectionForEveryReasonAndForNothingElse() {
    assertThat(page.sections().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Reason.values()).map(Reason::name).toList());
  }

  @Test
  void theTableOfContentsHasEverySectionInTheirOrder() {
    assertThat(
            Pattern.compile("\\[(\\w+)]\\(#(\\w+)\\)")
                .matcher(page.contents())
                .results()
                .filter(link -> link.group(1).toLowerCase(Locale.ROOT).equals(link.group(2)))
                .map(link -> link.group(1)))
        .containsExactlyElementsOf(page.sections().keySet());
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void aSectionSaysWhatTheReasonSays(Reason reason) {
    assertThat(page.section(reason)).startsWith("\n" + reason.meaning()).contains(reason.remedy());
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void aSectionShowsHowItLooksWithTheRemedyAtTheEnd(Reason reason) {
    assertThat(page.messages(reason))
        .isNotEmpty()
        .allSatisfy(
            message -> assertThat(message).endsWith(Troubleshooting.general(reason.remedy())));
  }
}
