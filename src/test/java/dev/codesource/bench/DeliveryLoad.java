package dev.codesource.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.codesource.api.Platform;
import dev.codesource.cluster.Cluster;
import dev.codesource.operator.Installation;
import dev.codesource.operator.OperatorProcess;
import dev.codesource.operator.Team;
import dev.codesource.web.webhook.RawDelivery;
import dev.codesource.web.webhook.Signing;
import dev.codesource.webhook.InMemoryWebhooks;
import dev.codesource.webhook.StoredWebhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Deliveries that are sent to one operator: signed, of 20 kB, to many webhooks. */
final class DeliveryLoad implements AutoCloseable {

  static final int WEBHOOKS = 1_000;
  static final int BODY = 20_000;

  /** Of one namespace half of those that the operator lets wait may wait at once. */
  private static final int NAMESPACES = 4;

  /** As a proxy keeps them: fewer than the operator lets wait. */
  private static final int CONNECTIONS = 320;

  private static final Duration BETWEEN_CONNECTIONS = Duration.ofMillis(5);

  private static final byte[] CONTENT = content();

  private final OperatorProcess operator;
  private final List<byte[]> heads = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  /**
   * What was seen.
   *
   * @param accepted a second
   * @param refused how many were not accepted, in all
   * @param millis from the first byte sent to the answer, sorted
   */
  record Result(double accepted, int refused, List<Double> millis) {

    double percentile(double share) {
      return millis.isEmpty()
          ? Double.NaN
          : millis.get(Math.min(millis.size() - 1, (int) (millis.size() * share)));
    }
  }

  private DeliveryLoad(OperatorProcess operator) {
    this.operator = operator;
  }

  /** Makes the webhooks, and waits until the operator knows them. */
  static DeliveryLoad on(Cluster cluster, Installation installation) {
    List<Team> teams = Stream.generate(() -> Team.in(cluster)).limit(NAMESPACES).toList();
    List<StoredWebhook> webhooks =
        IntStream.range(0, WEBHOOKS)
            .parallel()
            .mapToObj(
                i -> {
                  Team team = teams.get(i % NAMESPACES);
                  StoredWebhook webhook =
                      InMemoryWebhooks.webhook(team.namespace(), Platform.GitHub).webhook();
                  team.secret("hook-" + i, StoredWebhook.TYPE, webhook.values());
                  return webhook;
                })
            .toList();
    DeliveryLoad load = new DeliveryLoad(installation.startInChartsMemory());
    webhooks.forEach(
        webhook ->
            load.heads.add(
                RawDelivery.head(
                        webhook.path(),
                        Signing.headers(webhook.platform(), webhook.secret(), CONTENT),
                        CONTENT.length)
                    .getBytes(UTF_8)));
    return load;
  }

  /** As many as the operator takes, one after the other on each connection. */
  Result atOnce(Duration duration) throws InterruptedException {
    return run(CONNECTIONS, duration, 0);
  }

  /** As many a second, spread over the time. */
  Result steady(int perSecond, Duration duration) throws InterruptedException {
    return run(CONNECTIONS, duration, perSecond);
  }

  private Result run(int connections, Duration duration, int perSecond)
      throws InterruptedException {
    ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger ticket = new AtomicInteger();
    long began = System.nanoTime();
    long end = began + duration.toNanos();
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      // As a proxy opens them: one after the other, each when there is something to send.
      Thread.sleep(BETWEEN_CONNECTIONS);
      senders.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    Optional<Socket> socket = Optional.empty();
                    try {
                      while (System.nanoTime() - end < 0) {
                        if (perSecond > 0) {
                          long due =
                              began + ticket.getAndIncrement() * (1_000_000_000L / perSecond);
                          if (due - end > 0) {
                            return;
                          }
                          Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
                        }
                        Socket open = socket.isPresent() ? socket.get() : connect();
                        socket = Optional.of(open);
                        if (!one(open, millis, refused)) {
                          open.close();
                          socket = Optional.empty();
                        }
                      }
                    } catch (IOException e) {
                      refused.incrementAndGet();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    } finally {
                      socket.ifPresent(DeliveryLoad::close);
                    }
                  }));
    }
    for (Thread each : senders) {
      each.join();
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    return new Result(millis.size() / seconds, refused.get(), millis.stream().sorted().toList());
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), operator.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Whether the connection can be used again. */
  private boolean one(Socket socket, ConcurrentLinkedQueue<Double> millis, AtomicInteger refused)
      throws IOException {
    byte[] head = heads.get(Math.floorMod(next.getAndIncrement() * 7, heads.size()));
    byte[] request = Arrays.copyOf(head, head.length + CONTENT.length);
    System.arraycopy(CONTENT, 0, request, head.length, CONTENT.length);
    long began = System.nanoTime();
    socket.getOutputStream().write(request);
    byte[] answer = new byte[512];
    int length = socket.getInputStream().read(answer);
    String text = new String(answer, 0, Math.max(0, length), UTF_8);
    if (RawDelivery.status(text) == 202) {
      millis.add((System.nanoTime() - began) / 1e6);
    } else {
      refused.incrementAndGet();
      if (refused.get() <= 3) {
        System.err.println("Refused: " + text.lines().findFirst().orElse("closed"));
      }
    }
    return length > 0 && !text.contains("close");
  }

  OperatorProcess operator() {
    return operator;
  }

  private static byte[] content() {
    byte[] content = new byte[BODY];
    new Random(1).nextBytes(content);
    return content;
  }

  @Override
  public void close() {
    operator.close();
  }
}
