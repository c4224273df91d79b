package dev.codesource.web.console;

import dev.codesource.reason.Reason;
import org.jspecify.annotations.Nullable;

/** What a reason means. */
record HelpPage(
    String reason, String meaning, @Nullable String remedy, String condition, String again) {

  static HelpPage of(Reason reason) {
    return new HelpPage(
        reason.name(),
        reason.meaning(),
        reason.remedy().isEmpty() ? null : reason.remedy(),
        reason.stage().condition().name(),
        switch (reason.recheck()) {
          case SOON -> "The operator tries again by itself.";
          case AT_INTERVAL -> "The operator checks again at the interval, and after a change.";
          case ON_CHANGE -> "The operator checks again after a change.";
        });
  }
}
