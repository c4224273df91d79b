package dev.codesource.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void exitCodeAndBothOutputsAreKept() {
    try (ChildProcess child = bash("echo out; echo err >&2; echo $FLAVOUR; exit 7")) {
      assertThat(child.waitFor(SOON)).isEqualTo(7);
      assertThat(child.output()).containsExactly("out", "err", "sweet");
    }
  }

  @Test
  void missingProgramIsToldInItsLog() {
    try (ChildProcess child =
        ChildProcess.start("none", List.of("/no/such/program"), Map.of(), log())) {
      assertThat(child.waitFor(SOON)).isEqualTo(127);
      assertThat(child.tailOfLog()).contains("/no/such/program");
    }
  }

  @Test
  void killIsSigterm() {
    try (ChildProcess child = bash("trap 'echo bye; exit 3' TERM; echo up; sleep 60 & wait")) {
      await().until(() -> child.output().contains("up"));
      child.kill();
      assertThat(child.waitFor(SOON)).isEqualTo(3);
      assertThat(child.output()).endsWith("bye");
    }
  }

  @Test
  void killHardIsSigkill() {
    try (ChildProcess child = bash("trap '' TERM; echo up; sleep 60")) {
      await().until(() -> child.output().contains("up"));
      child.killHard();
      assertThat(child.waitFor(SOON)).isEqualTo(128 + 9);
    }
  }

  @Test
  void aChildThatIsPausedStaysAndGoesOnLater() throws Exception {
    try (ChildProcess child = bash("while :; do echo up; sleep 0.1; done")) {
      await().until(() -> child.output().contains("up"));
      child.pause();
      int before = child.output().size();
      double used = watchdogSeconds(child);
      Thread.sleep(1_000); // nothing is to happen
      assertThat(child.output()).hasSize(before);
      assertThat(child.isAlive()).isTrue();
      assertThat(watchdogSeconds(child) - used).as("it waits without work").isLessThan(0.1);
      child.resume();
      await().until(() -> child.output().size() > before);
    }
  }

  private static double watchdogSeconds(ChildProcess child) {
    return ProcessHandle.of(child.watchdogPid())
            .flatMap(watchdog -> watchdog.info().totalCpuDuration())
            .orElseThrow()
            .toMillis()
        / 1_000.0;
  }

  @Test
  void closingEndsAPausedChild() {
    ChildProcess child = bash("echo up; sleep 60");
    await().until(() -> child.output().contains("up"));
    child.pause();
    child.close();
    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void closingLetsTheChildFinish() {
    ChildProcess child = bash("trap 'sleep 1; echo finished; exit' TERM; echo up; sleep 60 & wait");
    await().until(() -> child.output().contains("up"));
    child.close();
    assertThat(child.isAlive()).isFalse();
    assertThat(child.output()).endsWith("finished");
  }

  @Test
  void closingEndsGrandchildrenThatIgnoreSigtermToo() {
    ChildProcess child = bash("trap '' TERM; sleep 60 & echo $!; wait");
    await().until(() -> !child.output().isEmpty());
    ProcessHandle grandchild =
        ProcessHandle.of(Long.parseLong(child.output().getFirst())).orElseThrow();
    child.close();
    assertThat(child.isAlive()).isFalse();
    await().atMost(SOON).until(() -> grandchild.info().command().isEmpty());
  }

  @Test
  void closingDeletesTheScratchFolder() throws Exception {
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    Files.writeString(scratch.resolve("data"), "x");
    ChildProcess.startWithScratch("sleep", List.of("sleep", "60"), Map.of(), log(), scratch)
        .close();
    assertThat(scratch).doesNotExist();
  }

  @Test
  void aChildThatEndsByItselfLeavesTheScratchFolder() throws Exception {
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    try (ChildProcess child =
        ChildProcess.startWithScratch("short", List.of("true"), Map.of(), log(), scratch)) {
      assertThat(child.waitFor(SOON)).isZero();
    }
    assertThat(scratch).exists();
  }

  @Test
  void aSignalOfTheTerminalIsNotTheWatchdogsToAnswer() throws Exception {
    try (ChildProcess child = bash("echo up; exec sleep 60")) {
      await().until(() -> !child.output().isEmpty());
      new ProcessBuilder("kill", "-INT", Long.toString(child.watchdogPid())).start().waitFor();
      Thread.sleep(300); // nothing is to happen
      assertThat(child.isAlive()).isTrue();
    }
  }

  private Path log() {
    return folder.resolve("child.log");
  }

  private ChildProcess bash(String script) {
    return ChildProcess.start(
        "bash", List.of("bash", "-c", script), Map.of("FLAVOUR", "sweet"), log());
  }
}
