package dev.codesource.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.TimeUnit;

/**
 * The threads of the connections to code hosts, which serve nothing else. Tenants choose these
 * hosts, and what such a host sends must not delay the operator's pages, its health checks or its
 * requests to the API server.
 */
public final class HostThreads implements AutoCloseable {

  private static final int EVENT_LOOPS = 2;

  /**
   * They verify certificates, which takes longer than an event loop may be kept. Vert.x uses its
   * internal pool for that.
   */
  static final int HANDSHAKES = 4;

  private final Vertx vertx =
      Vertx.vertx(
          new VertxOptions()
              .setEventLoopPoolSize(EVENT_LOOPS)
              .setWorkerPoolSize(1)
              .setInternalBlockingPoolSize(HANDSHAKES)
              .setUseDaemonThread(true)
              .setFileSystemOptions(
                  new FileSystemOptions()
                      .setFileCachingEnabled(false)
                      .setClassPathResolvingEnabled(false)));

  Vertx vertx() {
    return vertx;
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
