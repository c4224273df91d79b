package dev.codesource.bench;

import dev.codesource.cluster.AuditEvent;
import dev.codesource.cluster.AuditTail;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a user has asked of the API server. */
record Requests(List<AuditTail.Entry> entries) {

  private static final Set<String> READS = Set.of("get", "list", "watch");

  static Requests by(String user, Stream<AuditTail.Entry> entries) {
    return new Requests(
        entries
            .filter(entry -> entry.event().user().equals(user))
            .collect(Collectors.toCollection(ArrayList::new)));
  }

  private static boolean isStatusWrite(AuditEvent event) {
    return event.subresource().equals("status")
        && event.resource().equals("codesourcebindings")
        && event.code() < 300;
  }

  /** When statuses were written, in order. */
  List<Instant> statusWrites() {
    return statusWriteEntries().stream().map(AuditTail.Entry::answeredAt).toList();
  }

  List<AuditTail.Entry> statusWriteEntries() {
    return entries.stream()
        .filter(entry -> isStatusWrite(entry.event()))
        .sorted(Comparator.comparing(AuditTail.Entry::answeredAt))
        .toList();
  }

  /** Writes of anything that is stored, but a Lease. */
  long writes() {
    return count(
        event ->
            !READS.contains(event.verb())
                && !event.resource().equals("leases")
                && !event.resource().endsWith("reviews"));
  }

  long count(Predicate<AuditEvent> what) {
    return entries.stream().map(AuditTail.Entry::event).filter(what).count();
  }

  /** How many of each kind, such as {@code patch codesourcebindings/status}. */
  Map<String, Long> byKind() {
    return entries.stream()
        .map(AuditTail.Entry::event)
        .filter(event -> !event.resource().equals("leases"))
        .collect(
            Collectors.groupingBy(
                event ->
                    event.verb()
                        + " "
                        + event.resource()
                        + (event.subresource().isEmpty() ? "" : "/" + event.subresource()),
                TreeMap::new,
                Collectors.counting()));
  }
}
