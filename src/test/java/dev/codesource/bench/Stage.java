package dev.codesource.bench;

import dev.codesource.cluster.Cluster;
import dev.codesource.operator.Installation;
import dev.codesource.operator.JavaCommand;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.time.Duration;

/** A cluster of its own with a code host and a fleet. */
final class Stage implements AutoCloseable {

  private final Cluster cluster = Cluster.start();
  private final LoopbackCodeHost host =
      LoopbackCodeHost.http(Dialect.gitLab())
          .grant(Fleet.TOKEN, Grant.of("alice", "api"))
          .grant(Fleet.OTHER_TOKEN, Grant.of("alice", "api"));
  private final Course course;

  Stage(int size, JavaCommand java, String... values) {
    host.forgetting();
    Installation installation = Installation.allowingLoopback(cluster, values);
    this.course =
        new Course(cluster, installation, host, Fleet.create(cluster, size, host.url()), java);
  }

  Course course() {
    return course;
  }

  void hostTakes(Duration latency) {
    host.taking(latency);
  }

  @Override
  public void close() {
    course.close();
    host.close();
    cluster.close();
  }
}
