package dev.codesource.runtime;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Map;

/**
 * Counts reconciliations. Replaces the Operator SDK's own metrics, which register one name with two
 * sets of labels: the Prometheus registry then throws an exception while an event is handled.
 */
@Singleton
final class ReconciliationMetrics implements Metrics {

  private final Counter succeeded;
  private final Counter failed;

  ReconciliationMetrics(MeterRegistry registry) {
    succeeded = counter(registry, "success");
    failed = counter(registry, "error");
  }

  private static Counter counter(MeterRegistry registry, String result) {
    return Counter.builder("codesource.reconciliations")
        .description("Reconciliations, with a verification or without, by result")
        .tag("result", result)
        .register(registry);
  }

  @Override
  public void reconciliationSucceeded(HasMetadata resource, Map<String, Object> metadata) {
    succeeded.increment();
  }

  @Override
  public void reconciliationFailed(
      HasMetadata resource,
      RetryInfo retryInfo,
      Exception exception,
      Map<String, Object> metadata) {
    failed.increment();
  }
}
