package dev.codesource.app;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Bounds the requests to the API server whose silence would otherwise not be noticed, or too late.
 *
 * <p>A watch asks the API server to end it in less than a minute; the client itself would ask for
 * ten. The next watch begins where it ended, so nothing is listed again. A request for a Lease must
 * fail early enough that another one, on another connection, can renew the Lease in time.
 */
final class BoundedRequests implements Interceptor {

  /** What the API server is asked for at most, in {@code timeoutSeconds}. */
  static final Duration LONGEST_WATCH = Duration.ofSeconds(40);

  /** Spread, so that the watches of all informers and replicas do not end together. */
  private static final Duration SHORTEST_WATCH = Duration.ofSeconds(30);

  /** The Operator SDK's leader has to renew its Lease within 10 s. */
  private static final Duration LEASE = Duration.ofSeconds(2);

  private static final String TIMEOUT = "timeoutSeconds=";

  private final LongSupplier seconds;

  BoundedRequests() {
    this(
        () ->
            ThreadLocalRandom.current()
                .nextLong(SHORTEST_WATCH.toSeconds(), LONGEST_WATCH.toSeconds() + 1));
  }

  BoundedRequests(LongSupplier seconds) {
    this.seconds = seconds;
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (isWatch(request.uri())) {
      builder.uri(bounded(request.uri()));
    } else if (builder instanceof HttpRequest.Builder ordinary && isLease(request.uri())) {
      ordinary.timeout(LEASE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  static boolean isWatch(URI uri) {
    return parameters(uri).anyMatch("watch=true"::equals);
  }

  private static boolean isLease(URI uri) {
    return uri.getPath().contains("/apis/coordination.k8s.io/");
  }

  private URI bounded(URI uri) {
    String query =
        Stream.concat(
                parameters(uri).filter(parameter -> !parameter.startsWith(TIMEOUT)),
                Stream.of(TIMEOUT + seconds.getAsLong()))
            .collect(Collectors.joining("&"));
    String all = uri.toString();
    return URI.create(all.substring(0, all.indexOf('?') + 1) + query);
  }

  /** As they stand in the query, still encoded. */
  static Stream<String> parameters(URI uri) {
    return Optional.ofNullable(uri.getRawQuery()).stream()
        .flatMap(query -> Arrays.stream(query.split("&")));
  }
}
