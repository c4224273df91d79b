package dev.codesource.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A client that does nothing but write: bodies are made beforehand, answers are not read, and some
 * workers keep as many requests under way.
 */
record ApiWriter(KubernetesClient client, int workers) {

  static final String CREATE = "application/json";
  static final String APPLY = "application/apply-patch+yaml";
  static final String MERGE = "application/merge-patch+json";

  /** A write; {@link #CREATE} is a POST, the others patches. */
  record Write(String path, String contentType, String body) {}

  /** Writes all and says how long it took. */
  Duration write(List<Write> writes) {
    AtomicInteger next = new AtomicInteger();
    long began = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<? extends Future<?>> done =
          IntStream.range(0, workers)
              .mapToObj(
                  worker ->
                      threads.submit(
                          () -> {
                            for (int i = next.getAndIncrement();
                                i < writes.size();
                                i = next.getAndIncrement()) {
                              send(writes.get(i));
                            }
                          }))
              .toList();
      for (Future<?> each : done) {
        each.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private void send(Write write) {
    HttpRequest.Builder request =
        client
            .getHttpClient()
            .newHttpRequestBuilder()
            .uri(URI.create(client.getMasterUrl() + write.path()));
    if (write.contentType().equals(CREATE)) {
      request.post(CREATE, write.body());
    } else {
      request.method("PATCH", write.contentType(), write.body());
    }
    try {
      HttpResponse<byte[]> response =
          client.getHttpClient().sendAsync(request.build(), byte[].class).get(60, TimeUnit.SECONDS);
      if (!response.isSuccessful()) {
        throw new IllegalStateException(
            write.path() + ": " + response.code() + " " + new String(response.body()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(write.path(), e);
    }
  }
}
