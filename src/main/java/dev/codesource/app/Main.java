package dev.codesource.app;

import dev.codesource.http.Printable;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Starts the operator, and decides what its end looks like: the exit code is 0 after an orderly
 * stop, also by SIGTERM, and 1 when it could not start. A wrong setting is told in one line; a
 * stack trace would hide it.
 */
@QuarkusMain
public final class Main {

  private static final Logger LOG = Logger.getLogger("dev.codesource.app");

  /** Longer than an orderly stop takes, and shorter than a pod's grace period of 30 s. */
  private static final Duration LONGEST_STOP = Duration.ofSeconds(25);

  private static final CountDownLatch ENDED = new CountDownLatch(1);

  private Main() {}

  /** Runs until the process is told to stop. */
  public static void main(String... arguments) {
    Runtime.getRuntime().addShutdownHook(new Thread(Main::awaitEnd, "await-end"));
    Quarkus.run(null, Main::end, arguments);
  }

  /**
   * Quarkus lets the JVM end before it calls {@link #end}, or after: without this it is by chance.
   */
  private static void awaitEnd() {
    try {
      boolean ended = ENDED.await(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        System.err.println("The operator has not stopped in time.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void end(int code, @Nullable Throwable failure) {
    if (failure != null) {
      tell(failure);
    }
    System.out.flush();
    System.err.flush();
    if (ApplicationLifecycleManager.isVmShuttingDown()) {
      // The JVM would end with 128 + the number of the signal, which tools take for a crash.
      Runtime.getRuntime().halt(code);
    }
    ENDED.countDown();
    System.exit(code);
  }

  private static void tell(Throwable failure) {
    Optional<Throwable> wrong = wrongSetting(failure);
    if (wrong.isEmpty()) {
      LOG.error("The operator cannot start.", failure);
    } else if (wrong.get() instanceof ConfigValidationException) {
      // Logging is configured by the same settings, so it is not ready.
      System.err.println("ERROR The operator cannot start. " + sentence(wrong.get()));
    } else {
      LOG.errorf("The operator cannot start. %s", sentence(wrong.get()));
    }
  }

  private static Optional<Throwable> wrongSetting(Throwable failure) {
    @Nullable Throwable cause = failure;
    while (cause != null && !isOfSettings(cause)) {
      cause = cause.getCause();
    }
    return Optional.ofNullable(cause);
  }

  /** What an administrator can mend says so itself. */
  private static String sentence(Throwable wrong) {
    return Printable.of(
        String.valueOf(wrong.getMessage()).strip().replaceAll("\\s+", " "), Integer.MAX_VALUE);
  }

  private static boolean isOfSettings(Throwable cause) {
    return cause instanceof SettingException
        || cause instanceof ConfigValidationException
        || cause instanceof ConfigurationException
        || cause instanceof QuarkusBindException;
  }
}
