package dev.codesource.app;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/**
 * Whether the operator sees what happens in the cluster. Each watch ends in less than a minute
 * ({@link BoundedRequests}), so every informer asks for one and gets one again and again.
 *
 * <p>An informer that asks in vain makes the operator not ready: the API server is away, or refuses
 * the watch, and a restart would not help. An informer that no longer asks makes it not live, so
 * that the kubelet restarts it. A replica that waits for its turn has no informers but those of
 * webhooks, and is both.
 *
 * <p>An informer whose last version the API server no longer has (410 Gone) lists everything before
 * it asks for a watch again. Each page of the list counts as asking: a long list is no silence, and
 * a restart would only begin it anew. The first list, before the first watch, is not counted at
 * all.
 */
@Singleton
final class WatchHealth implements Interceptor {

  /** The longest watch, the longest silence after it, and no more than a moment. */
  static final Duration BLIND = Duration.ofSeconds(100);

  /** Far longer than the time between two attempts, which is half a minute at most. */
  static final Duration STOPPED = Duration.ofMinutes(5);

  /**
   * When a watch, or the list before it, was last asked for, and when a watch was last granted, as
   * {@link System#nanoTime} tells.
   *
   * @param granted that of the first attempt until one succeeds
   */
  private record Watch(long asked, long granted) {}

  private final Map<String, Watch> watches = new ConcurrentHashMap<>();
  private final LongSupplier nanos;

  @Inject
  WatchHealth() {
    this(System::nanoTime);
  }

  WatchHealth(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    long now = nanos.getAsLong();
    if (BoundedRequests.isWatch(request.uri())) {
      watches.compute(
          key(request.uri()),
          (_, before) -> before == null ? new Watch(now, now) : new Watch(now, before.granted()));
    } else if (request.method().equals("GET")) {
      watches.computeIfPresent(key(request.uri()), (_, before) -> new Watch(now, before.granted()));
    }
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (BoundedRequests.isWatch(request.uri()) && isGranted(response.code())) {
      long now = nanos.getAsLong();
      watches.put(key(request.uri()), new Watch(now, now));
    }
  }

  /** 101: as a WebSocket (RFC 6455 section 4.1). */
  private static boolean isGranted(int status) {
    return status == 101 || status == 200;
  }

  /** What is watched: without that which differs from one watch of it to the next. */
  private static String key(URI uri) {
    return BoundedRequests.parameters(uri)
        .filter(
            parameter ->
                parameter.startsWith("labelSelector=") || parameter.startsWith("fieldSelector="))
        .sorted()
        .collect(Collectors.joining("&", uri.getRawPath() + "?", ""));
  }

  @Produces
  @Singleton
  @Readiness
  HealthCheck sees() {
    return () -> response("Watches are granted", Watch::granted, BLIND);
  }

  @Produces
  @Singleton
  @Liveness
  HealthCheck asks() {
    return () -> response("Watches or lists are asked for", Watch::asked, STOPPED);
  }

  /** The data name what is not watched, and for how many seconds. */
  private HealthCheckResponse response(String name, Function<Watch, Long> last, Duration longest) {
    long now = nanos.getAsLong();
    HealthCheckResponseBuilder response = HealthCheckResponse.named(name).up();
    watches.forEach(
        (what, watch) -> {
          Duration since = Duration.ofNanos(now - last.apply(watch));
          if (since.compareTo(longest) > 0) {
            response.down().withData(what, since.toSeconds());
          }
        });
    return response.build();
  }
}
