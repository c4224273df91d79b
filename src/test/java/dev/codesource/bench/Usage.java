package dev.codesource.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process has used.
 *
 * @param cpuSeconds user and system time, of all processors (proc_pid_stat(5))
 * @param rss its memory now, in bytes (proc_pid_status(5), VmRSS)
 * @param peakRss the most that it has been (VmHWM)
 */
record Usage(double cpuSeconds, long rss, long peakRss) {

  /** The unit of times in /proc, fixed at 1/100 s by the kernel's ABI on all its platforms. */
  private static final double TICKS_PER_SECOND = 100;

  static Usage of(long pid) {
    Path folder = Path.of("/proc", Long.toString(pid));
    try {
      String stat = Files.readString(folder.resolve("stat"));
      // The second field is a name in parentheses, which may hold blanks.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      double cpu = (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
      return new Usage(cpu, bytes(folder, "VmRSS"), bytes(folder, "VmHWM"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long bytes(Path folder, String field) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith(field + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    }
  }
}
