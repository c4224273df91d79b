package dev.codesource.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How long before a credential expires its owner is notified: 30, 7 and 1 days. */
public enum ExpiryNotice {
  ONE_DAY(Duration.ofDays(1), "within a day"),
  SEVEN_DAYS(Duration.ofDays(7), "within 7 days"),
  THIRTY_DAYS(Duration.ofDays(30), "within 30 days");

  private final Duration ahead;
  private final String words;

  ExpiryNotice(Duration ahead, String words) {
    this.ahead = ahead;
    this.words = words;
  }

  public Duration ahead() {
    return ahead;
  }

  String words() {
    return words;
  }

  /** The notice that is due, the most urgent one; empty: it expires later than that. */
  static Optional<ExpiryNotice> due(Instant expiresAt, Instant now) {
    return List.of(values()).stream()
        .filter(notice -> !now.isBefore(expiresAt.minus(notice.ahead)))
        .findFirst();
  }
}
