package dev.codesource.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What one replica has noted. All webhooks that one write notes get the same number, which is
 * greater than those of all writes before. So a reader that remembers one number knows what is new.
 *
 * <p>Old notes are left out. The text says up to which number, so that a reader that has not read
 * that far knows that it has missed something.
 *
 * <p>As text it is one line with the number up to which notes are left out, and one line for each
 * write: its number, and the UIDs of the Secrets. Not safe for use by several threads.
 */
final class ReplicaNotes {

  /** With 37 bytes each; those of 40 replicas have room in the 1 MiB of a ConfigMap. */
  static final int MOST = 500;

  /** Longer than a leader is blind before its readiness tells. */
  static final Duration KEPT = Duration.ofMinutes(2);

  /** By UID; the oldest is first. */
  private final SequencedMap<String, Long> numbers = new LinkedHashMap<>();

  private long missing;
  private long last;

  /** Reads the text. What nobody of the operator has written is left out. */
  static ReplicaNotes of(String text) {
    ReplicaNotes notes = new ReplicaNotes();
    List<String> lines = text.lines().limit(MOST + 1L).toList();
    for (int i = 0; i < lines.size(); i++) {
      String[] words = lines.get(i).split(" ");
      long number = number(words[0]);
      notes.last = Math.max(notes.last, number);
      if (i == 0) {
        notes.missing = number;
      } else {
        Arrays.stream(words).skip(1).limit(MOST).forEach(uid -> notes.numbers.putLast(uid, number));
      }
    }
    notes.leaveOut(0);
    return notes;
  }

  private static long number(String text) {
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Adds the notes of one write: {@value #MOST} at most. */
  void add(Collection<String> uids, Instant now) {
    last = Math.max(last + 1, now.toEpochMilli());
    uids.forEach(uid -> numbers.putLast(uid, last));
    leaveOut(now.minus(KEPT).toEpochMilli());
  }

  private void leaveOut(long before) {
    while (numbers.size() > MOST
        || (!numbers.isEmpty() && numbers.firstEntry().getValue() < before)) {
      missing = Math.max(missing, numbers.pollFirstEntry().getValue());
    }
  }

  /** The number of the last write; 0: there was none. It is a time in milliseconds since 1970. */
  long last() {
    return last;
  }

  /** The webhooks that were noted after this number. */
  Set<String> after(long number) {
    Set<String> uids = new LinkedHashSet<>();
    numbers.forEach(
        (uid, each) -> {
          if (each > number) {
            uids.add(uid);
          }
        });
    return uids;
  }

  /** Whether {@link #after} has all that were noted after this number. */
  boolean isCompleteAfter(long number) {
    return number >= missing;
  }

  String text() {
    StringBuilder text = new StringBuilder().append(missing);
    long line = -1;
    for (Map.Entry<String, Long> each : numbers.entrySet()) {
      if (each.getValue() != line) {
        line = each.getValue();
        text.append('\n').append(line);
      }
      text.append(' ').append(each.getKey());
    }
    return text.append('\n').toString();
  }
}
