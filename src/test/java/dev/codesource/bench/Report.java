package dev.codesource.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was measured, as Markdown. */
final class Report {

  private static final String BEGIN = "<!-- measured -->";
  private static final String END = "<!-- end of measured -->";
  private static final double MEBI = 1024 * 1024;

  private final Plan plan;
  private final List<ColdStart> coldStarts = new ArrayList<>();
  private final Map<Integer, Map<String, Double>> limits = new TreeMap<>();

  /** Lines of the table of targets: what, measured, target, and whether it was met. */
  private final List<String> lines = new ArrayList<>();

  Report(Plan plan) {
    this.plan = plan;
  }

  void coldStart(ColdStart run) {
    coldStarts.add(run);
  }

  void limit(int bindings, Map<String, Double> rates) {
    limits.put(bindings, rates);
  }

  void firstBound(boolean cached, List<Double> seconds) {
    double median = seconds.get(seconds.size() / 2);
    line(
        "First Bound after the start of the process, %s AOT cache, 100 bindings"
            .formatted(cached ? "with" : "without"),
        "%.1f s (median of %d, %.1f to %.1f)"
            .formatted(median, seconds.size(), seconds.getFirst(), seconds.getLast()),
        cached ? "≤ 2 s" : "",
        cached ? Optional.of(median <= 2) : Optional.empty());
  }

  void restart(int bindings, Duration ready, int hostRequests, long writes, Usage usage) {
    line(
        "Restart, %d Bound: host requests".formatted(bindings),
        Integer.toString(hostRequests),
        "0",
        Optional.of(hostRequests == 0));
    line(
        "Restart, %d Bound: API writes".formatted(bindings),
        Long.toString(writes),
        "0",
        Optional.of(writes == 0));
    line(
        "Restart, %d Bound: every binding counted as Bound after".formatted(bindings),
        "%.1f s, %.1f s CPU".formatted(Fleet.seconds(ready), usage.cpuSeconds()),
        "",
        Optional.empty());
  }

  void idle(int bindings, long writes, int hostRequests, double cpuSeconds, long rss) {
    String what = "Idle for %d s, %d Bound: ".formatted(plan.idle().toSeconds(), bindings);
    line(what + "API writes", Long.toString(writes), "0", Optional.of(writes == 0));
    line(what + "host requests", Integer.toString(hostRequests), "", Optional.empty());
    line(
        what + "CPU, RSS",
        "%.2f %% of one core, %.0f MiB"
            .formatted(100 * cpuSeconds / Fleet.seconds(plan.idle()), rss / MEBI),
        "",
        Optional.empty());
  }

  void secrets(int bindings, int changes, List<Double> millis) {
    line(
        "A changed Secret to the new status, %d changes among %d".formatted(changes, bindings),
        millis.isEmpty()
            ? "no status"
            : "p50 %.0f ms, p99 %.0f ms (%d written)"
                .formatted(
                    millis.get(millis.size() / 2),
                    millis.get((int) Math.ceil(millis.size() * 0.99) - 1),
                    millis.size()),
        "",
        Optional.empty());
  }

  void failover(Duration took) {
    line(
        "Leader killed, until the other replica has written a new binding's status",
        "%.1f s".formatted(Fleet.seconds(took)),
        "",
        Optional.empty());
  }

  void hostile(List<Double> seconds, boolean alive, long peakRss, long limit) {
    String what = "A hostile tenant for %d s: ".formatted(plan.attack().toSeconds());
    line(
        what + "another tenant's new binding is Bound after",
        "p50 %.1f s, at most %.1f s (%d bindings)"
            .formatted(seconds.get(seconds.size() / 2), seconds.getLast(), seconds.size()),
        "≤ 10 s",
        Optional.of(seconds.getLast() <= 10));
    line(
        what + "the process",
        "%s, %.0f MiB at most".formatted(alive ? "goes on" : "ended", peakRss / MEBI),
        "goes on, ≤ %.0f MiB".formatted(limit / MEBI),
        Optional.of(alive && peakRss <= limit));
  }

  void deliveriesAtOnce(DeliveryLoad.Result result, double cores, double writes, long peakRss) {
    String what =
        "Deliveries of %d kB to %d webhooks, as many as are taken: "
            .formatted(DeliveryLoad.BODY / 1000, DeliveryLoad.WEBHOOKS);
    line(
        what + "accepted a second",
        "%.0f (%d refused; %.2f cores, %.1f writes a second)"
            .formatted(result.accepted(), result.refused(), cores, writes),
        "≥ 2000",
        Optional.of(result.accepted() >= 2_000));
    line(
        what + "peak RSS",
        "%.0f MiB".formatted(peakRss / MEBI),
        "≤ 256 MiB",
        Optional.of(peakRss / MEBI <= 256));
  }

  void deliveriesSteady(int perSecond, DeliveryLoad.Result result) {
    line(
        "Deliveries, %d a second: from delivery to answer".formatted(perSecond),
        "p50 %.0f ms, p99 %.0f ms (%d refused)"
            .formatted(result.percentile(0.5), result.percentile(0.99), result.refused()),
        "p99 ≤ 1 s",
        Optional.of(result.percentile(0.99) <= 1_000));
  }

  void triggersStarted(TriggerLoad.Start start) {
    String what = "%d triggers, each with a webhook to be made: ".formatted(start.size());
    line(what + "all Active after", "%.1f s".formatted(Fleet.seconds(start.active())));
    line(
        what + "CPU, peak RSS, live heap",
        "%.1f s, %.0f MiB, %.1f MiB"
            .formatted(
                start.usage().cpuSeconds(), start.usage().peakRss() / MEBI, start.heap() / MEBI));
    line(
        what + "requests to the API server",
        start.requests().entrySet().stream()
            .filter(kind -> kind.getKey().contains("trigger") || kind.getValue() >= start.size())
            .map(kind -> kind.getValue() + " " + kind.getKey())
            .collect(Collectors.joining(", ")));
  }

  void triggersIdle(int size, TriggerLoad.Idle idle) {
    String what = "%d triggers, no push for %d s: ".formatted(size, idle.time().toSeconds());
    line(what + "API writes", Long.toString(idle.writes()), "0", Optional.of(idle.writes() == 0));
    line(
        what + "host requests, CPU",
        "%d, %.1f %% of one core"
            .formatted(idle.hostRequests(), 100 * idle.cpuSeconds() / Fleet.seconds(idle.time())));
  }

  void triggersRestarted(int size, TriggerLoad.Restart restart) {
    String what = "%d triggers, a restart: ".formatted(size);
    line(
        what + "API writes",
        Long.toString(restart.writes()),
        "0",
        Optional.of(restart.writes() == 0));
    line(
        what + "quiet after, CPU, peak RSS, live heap",
        "%.1f s, %.1f s, %.0f MiB, %.1f MiB"
            .formatted(
                Fleet.seconds(restart.quiet()),
                restart.usage().cpuSeconds(),
                restart.usage().peakRss() / MEBI,
                restart.heap() / MEBI));
    line(
        what + "requests to the API server",
        restart.requests().entrySet().stream()
            .map(kind -> kind.getValue() + " " + kind.getKey())
            .collect(Collectors.joining(", ")));
  }

  void triggersPushed(int perSecond, List<Double> millis) {
    double p50 = millis.get(millis.size() / 2);
    double p99 = millis.get(Math.min(millis.size() - 1, (int) (millis.size() * 0.99)));
    line(
        "%d pushes, %d a second: from delivery to due".formatted(millis.size(), perSecond),
        "p50 %.0f ms, p99 %.0f ms".formatted(p50, p99),
        "p99 ≤ 1 s",
        Optional.of(p99 <= 1_000));
  }

  void page(int bindings, PageLoad.Page page) {
    double p50 = page.millis().get(page.millis().size() / 2);
    line(
        "The console's list of a namespace, %d bindings".formatted(bindings),
        "p50 %.0f ms, p98 %.0f ms, the request to the API server included"
            .formatted(p50, page.millis().get(page.millis().size() * 98 / 100)),
        "< 300 ms",
        Optional.of(p50 < 300));
    line(
        "The same page, compressed",
        "%.0f kB".formatted(page.bytes() / 1e3),
        "< 100 kB",
        Optional.of(page.bytes() < 100_000));
  }

  void openPages(PageLoad.Open open) {
    line(
        "%d open pages of the console: watches of the API server".formatted(open.pages()),
        Long.toString(open.watches()),
        "1 each",
        Optional.of(open.watches() == open.pages()));
    line(
        "The same, %d s in which nothing happens: requests to the API server"
            .formatted(open.idle().toSeconds()),
        "%d; the console has %.0f MiB".formatted(open.requests(), open.usage().rss() / MEBI),
        "0",
        Optional.of(open.requests() == 0));
  }

  private void line(String what, String measured, String target, Optional<Boolean> met) {
    lines.add(row(what, measured, target, met.map(is -> is ? "met" : "**missed**").orElse("")));
  }

  private void line(String what, String measured) {
    line(what, measured, "", Optional.empty());
  }

  private static String row(Object... cells) {
    return Stream.of(cells).map(Object::toString).collect(Collectors.joining(" | ", "| ", " |"));
  }

  private Optional<Double> limitOf(int bindings) {
    return Optional.ofNullable(limits.get(bindings))
        .flatMap(rates -> rates.values().stream().max(Comparator.naturalOrder()));
  }

  private void targets() {
    for (ColdStart run : coldStarts) {
      String what =
          "Cold, %d bindings, %d ms, %d process%s: "
              .formatted(
                  run.bindings(),
                  run.latency().toMillis(),
                  run.processes(),
                  run.processes() == 1 ? "" : "es");
      boolean large = run.bindings() >= 10_000;
      limitOf(run.bindings())
          .ifPresent(
              limit ->
                  line(
                      what + "rate, of the limit",
                      "%.2f".formatted(run.rate() / limit),
                      large && run.processes() == 1 ? "≥ 0.6" : "",
                      large && run.processes() == 1
                          ? Optional.of(run.rate() / limit >= 0.6)
                          : Optional.empty()));
      line(
          what + "status writes a binding",
          "%.3f".formatted((double) run.statusWrites() / run.bindings()),
          "1",
          Optional.of(run.statusWrites() == run.bindings()));
      double target = run.bindings() <= 100 ? 160 : 256;
      if (run.bindings() == 100 || run.bindings() == 10_000) {
        line(
            what + "peak RSS",
            "%.0f MiB".formatted(run.peakRss() / MEBI),
            "≤ %.0f MiB".formatted(target),
            Optional.of(run.peakRss() / MEBI <= target));
      }
      if (run.latency().isPositive()) {
        line(
            what + "requests at once to the host",
            Integer.toString(run.mostInFlight()),
            "≤ " + run.hostConcurrency(),
            Optional.of(run.mostInFlight() <= run.hostConcurrency()));
      }
    }
    costOfOneMore();
  }

  private void costOfOneMore() {
    List<ColdStart> plain =
        coldStarts.stream()
            .filter(run -> run.latency().isZero() && run.processes() == 1)
            .sorted(Comparator.comparing(ColdStart::bindings))
            .toList();
    if (plain.size() > 1) {
      ColdStart few = plain.getFirst();
      ColdStart many = plain.getLast();
      line(
          "One more binding (with its Secret): live heap, from %d to %d"
              .formatted(few.bindings(), many.bindings()),
          "%d bytes".formatted((many.heap() - few.heap()) / (many.bindings() - few.bindings())),
          "",
          Optional.empty());
    }
  }

  private List<String> coldTable() {
    List<String> table = new ArrayList<>();
    header(
        table,
        "Bindings",
        "Host latency",
        "Processes",
        "Host requests at once",
        "First Bound",
        "All Bound",
        "Rate",
        "Of the limit",
        "Host requests a binding",
        "CPU",
        "CPU a binding",
        "Peak RSS",
        "Live heap");
    for (ColdStart run : coldStarts) {
      table.add(
          row(
              run.bindings(),
              run.latency().toMillis() + " ms",
              run.processes(),
              // Each process has a limit of its own, and the host counts them together.
              run.processes() > 1 ? "" : run.mostInFlight() + " of " + run.hostConcurrency(),
              "%.1f s".formatted(Fleet.seconds(run.firstBound())),
              "%.1f s".formatted(Fleet.seconds(run.allBound())),
              "%.0f/s".formatted(run.rate()),
              limitOf(run.bindings()).map(limit -> "%.2f".formatted(run.rate() / limit)).orElse(""),
              "%.2f".formatted((double) run.hostRequests() / run.bindings()),
              "%.1f s".formatted(run.cpuSeconds()),
              "%.1f ms".formatted(1000 * run.cpuSeconds() / run.bindings()),
              "%.0f MiB".formatted(run.peakRss() / MEBI),
              "%.1f MiB".formatted(run.heap() / MEBI)));
    }
    return table;
  }

  private List<String> requestTable() {
    List<String> kinds =
        coldStarts.stream()
            .flatMap(run -> run.requests().keySet().stream())
            .distinct()
            .sorted()
            .toList();
    List<String> table = new ArrayList<>();
    header(
        table,
        Stream.concat(
                Stream.of("Request"),
                coldStarts.stream()
                    .map(
                        run ->
                            "%d, %d ms, %d×"
                                .formatted(
                                    run.bindings(), run.latency().toMillis(), run.processes())))
            .toArray());
    for (String kind : kinds) {
      table.add(
          row(
              Stream.concat(
                      Stream.of("`" + kind + "`"),
                      coldStarts.stream().map(run -> run.requests().getOrDefault(kind, 0L)))
                  .toArray()));
    }
    return table;
  }

  private List<String> limitTable() {
    List<String> table = new ArrayList<>();
    List<String> kinds =
        limits.values().stream()
            .flatMap(rates -> rates.keySet().stream())
            .distinct()
            .sorted()
            .toList();
    header(table, Stream.concat(Stream.of("Bindings"), kinds.stream()).toArray());
    limits.forEach(
        (bindings, rates) ->
            table.add(
                row(
                    Stream.concat(
                            Stream.of(bindings),
                            kinds.stream()
                                .map(kind -> "%.0f/s".formatted(rates.getOrDefault(kind, 0.0))))
                        .toArray())));
    return table;
  }

  private static void header(List<String> table, Object... cells) {
    table.add(row(cells));
    table.add(row(Stream.of(cells).map(cell -> "---").toArray()));
  }

  /** Prints the tables and puts them into the document, in the place of the former ones. */
  void write() throws IOException {
    int measured = lines.size();
    targets();
    List<String> all = new ArrayList<>();
    all.add(BEGIN);
    all.add("");
    all.add(machine());
    all.add("");
    all.add("### Against the targets");
    all.add("");
    header(all, "What", "Measured", "Target", "");
    all.addAll(lines);
    all.add("");
    all.add("### The limit: status writes a second, by kind of patch and number of workers");
    all.add("");
    all.addAll(limitTable());
    all.add("");
    all.add("### Cold starts");
    all.add("");
    all.addAll(coldTable());
    all.add("");
    all.add("### Requests to the API server in cold starts");
    all.add("");
    all.addAll(requestTable());
    all.add("");
    all.add(END);
    String text = String.join("\n", all);
    System.out.println(text);
    Path out = plan.out();
    String before = Files.exists(out) ? Files.readString(out) : BEGIN + "\n" + END + "\n";
    Files.writeString(
        out,
        before.substring(0, before.indexOf(BEGIN))
            + text
            + before.substring(before.indexOf(END) + END.length()));
    // More may be measured.
    lines.subList(measured, lines.size()).clear();
  }

  private static String machine() throws IOException {
    String cpu = field(Path.of("/proc/cpuinfo"), "model name");
    String memory = field(Path.of("/proc/meminfo"), "MemTotal");
    return "Measured on %s: %d × %s, %s of memory, Linux %s, Java %s. The API server, etcd, the code host, the operator and the measuring client share these processors."
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            cpu,
            "%.0f GiB".formatted(Long.parseLong(memory.replaceAll("[^0-9]", "")) / MEBI),
            System.getProperty("os.version"),
            Runtime.version());
  }

  private static String field(Path file, String name) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT)))
          .map(line -> line.replaceFirst("[^:]*:\\s*", ""))
          .findFirst()
          .orElse("?");
    }
  }
}
