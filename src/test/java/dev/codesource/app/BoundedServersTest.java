package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.web.console.Changes;
import org.junit.jupiter.api.Test;

class BoundedServersTest {

  /** Those beyond would be among the connections that nobody can take the place of. */
  @Test
  void openPagesOfTheConsoleLeaveRoomForThoseWhoOpenOne() {
    assertThat(Changes.MOST).isLessThanOrEqualTo(BoundedServers.MOST_SMALL);
  }
}
