package dev.codesource.app;

import dev.codesource.http.Printable;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.util.Optional;
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

  private Main() {}

  /** Runs until the process is told to stop. */
  public static void main(String... arguments) {
    Quarkus.run(null, Main::end, arguments);
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
