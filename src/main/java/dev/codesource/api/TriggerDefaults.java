package dev.codesource.api;

/**
 * What a trigger means that leaves out a field about builds. The CRD fills these in; a trigger that
 * is older than its field does not have them.
 */
public final class TriggerDefaults {

  /** {@code spec.serviceAccountName}. */
  public static final String SERVICE_ACCOUNT = "codesource-builder";

  /** {@code spec.concurrencyPolicy}, a {@link TriggerSpec.ConcurrencyPolicy}. */
  public static final String CONCURRENCY_POLICY = "Queue";

  /** {@code spec.maxConcurrent}. */
  public static final int CONCURRENT = 2;

  /** {@code spec.history.succeeded} and {@code spec.history.failed}. */
  public static final int HISTORY = 3;

  /** {@code spec.timeout}. */
  public static final int TIMEOUT_HOURS = 1;

  private TriggerDefaults() {}
}
