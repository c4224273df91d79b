package dev.codesource.operator;

import dev.codesource.cluster.Cluster;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.RawServer;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A namespace that does against the operator what bindings and Secrets allow: many hosts that never
 * answer, hosts whose answers are large in memory, a site of a shared host that breaks and asks to
 * wait for an hour, requests in a loop, and bindings that come and go.
 */
public final class HostileTenant implements AutoCloseable {

  private static final String BROKEN = "/broken";
  private static final String LIMITED_TOKEN = "glpat-of-the-hostile";

  /** As a tree in memory it takes twenty times its size. */
  private static final String LARGE_IN_MEMORY = "{\"a\":[" + "{},".repeat(340_000) + "{}]}";

  /** Each kind of binding on the shared host. */
  private static final int ON_SHARED_HOST = 20;

  private final Team team;
  private final List<RawServer> hosts = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicBoolean stopped = new AtomicBoolean();

  private HostileTenant(Cluster cluster) {
    this.team = Team.in(cluster);
  }

  /** What the shared host answers: as its platform does, except to the hostile tenant. */
  public static Dialect shared(Dialect platform) {
    return (asked, grants) ->
        asked.path().startsWith(BROKEN)
            ? Answer.html(500, "<h1>broken</h1>").with("Retry-After", "3600")
            : isLimited(asked)
                ? Answer.json(429, "{\"message\":\"Too many requests\"}")
                    .with("Retry-After", "3600")
                : platform.answer(asked, grants);
  }

  private static boolean isLimited(Asked asked) {
    return asked.token().equals(LIMITED_TOKEN);
  }

  /**
   * Begins.
   *
   * @param shared a host that other tenants use too, with the answers of {@link #shared}
   * @param silent how many hosts never answer
   * @param heavy how many hosts have answers that are large in memory
   */
  public static HostileTenant begin(
      Cluster cluster, LoopbackCodeHost shared, int silent, int heavy) {
    HostileTenant tenant = new HostileTenant(cluster);
    tenant.bindHosts("silent", silent, RawServer.silent());
    tenant.bindHosts("heavy", heavy, RawServer.answering(LARGE_IN_MEMORY));
    tenant.bindShared(shared);
    tenant.repeat(tenant::request);
    tenant.repeat(tenant::comeAndGo);
    return tenant;
  }

  private void bindHosts(String kind, int count, RawServer.Conversation conversation) {
    for (int i = 0; i < count; i++) {
      RawServer host = RawServer.start(conversation);
      hosts.add(host);
      bind(kind + "-" + i, "http://127.0.0.1:" + host.port());
    }
  }

  private void bindShared(LoopbackCodeHost shared) {
    team.token("limited", shared.url(), LIMITED_TOKEN);
    team.token("junk", shared.url(), "glpat-junk-0123456789");
    for (int i = 0; i < ON_SHARED_HOST; i++) {
      create("limited-" + i, shared.url(), "limited");
      create("junk-" + i, shared.url(), "junk");
      create("broken-" + i, shared.url() + BROKEN, "junk");
    }
  }

  private void bind(String name, String url) {
    team.token(name, url, "glpat-0123456789abcdef");
    create(name, url, name);
  }

  private void create(String name, String url, String secret) {
    team.createGitLab(name, url, secret);
    names.add(name);
  }

  private void request(int round) {
    team.request(names.get(round % names.size()), Integer.toString(round));
  }

  private void comeAndGo(int round) {
    String name = "passing-" + round;
    team.createGitLab(name, "http://127.0.0.1:" + hosts.get(round % hosts.size()).port(), "junk");
    team.resource(name).delete();
  }

  private void repeat(IntConsumer step) {
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .start(
                () ->
                    IntStream.iterate(0, round -> round + 1)
                        .takeWhile(_ -> !stopped.get())
                        .forEach(
                            round -> {
                              try {
                                step.accept(round);
                              } catch (KubernetesClientException e) {
                                // The API server defends itself too; the next round follows.
                              }
                            })));
  }

  @Override
  public void close() {
    stopped.set(true);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    for (RawServer host : hosts) {
      try {
        host.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
