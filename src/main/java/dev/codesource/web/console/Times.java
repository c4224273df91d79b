package dev.codesource.web.console;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Times of the API server (RFC 3339), as people read them. */
final class Times {

  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Times() {}

  /** Empty: there is none, or it is not one. */
  static Optional<Instant> read(@Nullable String time) {
    if (time == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(time, Instant::from));
    } catch (DateTimeParseException notOne) {
      return Optional.empty();
    }
  }

  static String minute(Instant time) {
    return MINUTES.format(time);
  }

  /** To the minute, as {@code 2027-01-31 08:15 UTC}; null: there is none. */
  static @Nullable String shown(@Nullable String time) {
    return read(time).map(Times::minute).orElse(null);
  }
}
