package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneLineTest {

  private static ExtLogRecord filtered(String format, Object... parameters) {
    ExtLogRecord line =
        new ExtLogRecord(
            Level.INFO, format, ExtLogRecord.FormatStyle.PRINTF, OneLineTest.class.getName());
    line.setParameters(parameters);
    assertThat(new OneLine().isLoggable(line)).isTrue();
    return line;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice\n2026-03-01 12:00:00 INFO team/b: Bound",
        "alice\r",
        "alice\u2028",
        "alice\u0085",
        "\u001b[31malice",
        "\u202eecila",
        "\u2066alice"
      })
  void aTextOfUsersOrHostsDoesNotMakeALineOfItsOwn(String hostile) {
    String message = OneLine.message(filtered("%s/%s: 100%% %s", "team", "b", hostile));

    assertThat(message).startsWith("team/b: 100% ").contains("\uFFFD");
    assertThat(message.codePoints())
        .noneMatch(Character::isISOControl)
        .noneMatch(point -> Character.getType(point) == Character.FORMAT)
        .noneMatch(point -> Character.getType(point) == Character.LINE_SEPARATOR);
  }

  @Test
  void otherMessagesStayAsTheyAre() {
    assertThat(OneLine.message(filtered("%s: 漢字 of 100%%", "a"))).isEqualTo("a: 漢字 of 100%");
  }
}
