package dev.codesource.app;

import dev.codesource.http.Printable;
import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each log message on one line. Messages repeat what users and code hosts wrote; with a line
 * break in it, such a text would look like a line of the operator.
 */
@LoggingFilter(name = "one-line")
public final class OneLine implements Filter {

  private static final ExtFormatter MESSAGE =
      new ExtFormatter() {
        @Override
        public String format(ExtLogRecord line) {
          return formatMessage(line);
        }
      };

  static @Nullable String message(ExtLogRecord line) {
    return line.getMessage() == null ? null : MESSAGE.format(line);
  }

  @Override
  public boolean isLoggable(LogRecord record) {
    ExtLogRecord wrapped = ExtLogRecord.wrap(record);
    String message = message(wrapped);
    if (message != null) {
      String printable = Printable.of(message, Integer.MAX_VALUE);
      if (!printable.equals(message)) {
        wrapped.setMessage(printable, ExtLogRecord.FormatStyle.NO_FORMAT);
        wrapped.setParameters(null);
      }
    }
    return true;
  }
}
