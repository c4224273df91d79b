package dev.codesource.settings;

import dev.codesource.address.HostPolicy;
import dev.codesource.address.PortPolicy;
import dev.codesource.host.GuardedHostClient;
import dev.codesource.host.HostClient;
import dev.codesource.host.HostGate;
import dev.codesource.host.Limits;
import dev.codesource.host.Resolver;
import dev.codesource.platform.CodeHosts;
import dev.codesource.verification.Verifier;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkiverse.operatorsdk.runtime.api.ConfigurationServiceCustomizer;
import io.quarkus.arc.Unremovable;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Makes the rooms' objects from the settings. */
@Singleton
final class Wiring {

  private final Settings settings;

  Wiring(Settings settings) {
    this.settings = settings;
  }

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  CodeHosts codeHosts(Clock clock) {
    return CodeHosts.all(clock);
  }

  @Produces
  @Singleton
  HostPolicy hostPolicy() {
    Settings.Address address = settings.address();
    return HostPolicy.parse(
        address.allowedHosts().orElse(List.of()),
        address.deniedHosts().orElse(List.of()),
        address.allowedCidrs().orElse(List.of()),
        address.deniedCidrs().orElse(List.of()));
  }

  @Produces
  @Singleton
  HostGate hostGate(Clock clock) {
    return new HostGate(settings.host().concurrency(), clock, RandomGenerator.getDefault());
  }

  @Produces
  @Singleton
  GuardedHostClient hostClient(
      Vertx vertx,
      HostPolicy hosts,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    return new GuardedHostClient(
        vertx,
        hosts::check,
        Resolver.system(),
        new Limits(
            settings.host().connectTimeout(),
            settings.host().timeout(),
            Limits.DEFAULT.bodyBytes(),
            Limits.DEFAULT.headerBytes(),
            settings.host().concurrency(),
            Limits.DEFAULT.idle()),
        "code-source-operator/" + version);
  }

  @Produces
  @Singleton
  Verifier verifier(HostPolicy hosts, HostClient client, HostGate gate, Clock clock) {
    PortPolicy ports =
        PortPolicy.parse(
            settings.address().httpPorts().orElse(""), settings.address().httpsPorts().orElse(""));
    return new Verifier(ports, hosts, client, gate, clock);
  }

  /** None unless it is asked for: JOSDK elects a leader as soon as there is a configuration. */
  @Produces
  @Dependent
  @Unremovable
  @Nullable LeaderElectionConfiguration leaderElection() {
    Settings.LeaderElection election = settings.leaderElection();
    if (!election.enabled()) {
      return null;
    }
    LeaderElectionConfigurationBuilder lease =
        LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(election.leaseName());
    election.namespace().ifPresent(lease::withLeaseNamespace);
    return lease.build();
  }

  /**
   * A virtual thread for each reconciliation: one that waits for a code host costs next to nothing,
   * so a slow host does not hold up the bindings of others.
   */
  @Singleton
  @Unremovable
  record VirtualThreads(KubernetesClient client) implements ConfigurationServiceCustomizer {
    @Override
    public Consumer<ConfigurationServiceOverrider> overrider() {
      return configuration ->
          configuration
              .withKubernetesClient(client)
              .withExecutorService(Executors.newVirtualThreadPerTaskExecutor());
    }
  }

  void close(@Disposes GuardedHostClient client) {
    client.close();
  }
}
