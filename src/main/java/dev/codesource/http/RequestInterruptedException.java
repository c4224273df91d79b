package dev.codesource.http;

/**
 * The thread was interrupted while it waited for a host: the operator is stopping. The thread's
 * interrupt flag is set again, and the request has been cancelled.
 */
public final class RequestInterruptedException extends RuntimeException {

  public RequestInterruptedException(InterruptedException cause) {
    super("interrupted while waiting for a code host", cause);
  }
}
