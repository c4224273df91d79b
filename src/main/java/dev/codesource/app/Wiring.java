package dev.codesource.app;

import dev.codesource.address.HostPolicy;
import dev.codesource.address.PortPolicy;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.credential.CaCertificates;
import dev.codesource.credential.owned.KubernetesSecretStore;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.deploytoken.DeployTokenManager;
import dev.codesource.githubapp.InstallationTokenManager;
import dev.codesource.http.GuardedHostClient;
import dev.codesource.http.HostClient;
import dev.codesource.http.HostThreads;
import dev.codesource.http.Limits;
import dev.codesource.http.Resolver;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.oauth.AdministratorApps;
import dev.codesource.oauth.AuthorizationContextResolver;
import dev.codesource.oauth.GrantManager;
import dev.codesource.oauth.Grants;
import dev.codesource.oauth.PublicUrl;
import dev.codesource.oauth.Tokens;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.Instance;
import dev.codesource.runtime.Shard;
import dev.codesource.runtime.StartBarrier;
import dev.codesource.verification.Verifier;
import dev.codesource.web.authorize.ClusterAccess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.quarkus.arc.Unremovable;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Creates the objects of all packages from the settings. */
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

  /** Each replica needs its own name, which leader election uses. */
  @Produces
  @Singleton
  Instance instance() {
    return new Instance(settings.podName().orElseGet(() -> UUID.randomUUID().toString()));
  }

  @Produces
  @Singleton
  Shard shard() {
    return new Shard(settings.shard().index(), settings.shard().count());
  }

  /** With leader election it opens when the process becomes the leader. */
  @Produces
  @Singleton
  StartBarrier barrier(Shard shard, Clock clock) {
    StartBarrier barrier = new StartBarrier(shard, clock);
    if (!settings.leaderElection().enabled()) {
      barrier.open();
    }
    return barrier;
  }

  @Produces
  @Singleton
  CodeHosts codeHosts(Clock clock) {
    return SupportedCodeHosts.all(clock);
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
  HostLimiter hostLimiter(Clock clock) {
    return new HostLimiter(settings.host().concurrency(), clock, RandomGenerator.getDefault());
  }

  /** Of the code hosts alone; Quarkus has others for its pages and for the API server. */
  @Produces
  @Singleton
  HostThreads hostThreads() {
    return new HostThreads();
  }

  @Produces
  @Singleton
  GuardedHostClient hostClient(
      HostThreads threads,
      HostPolicy hosts,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    return new GuardedHostClient(
        threads,
        hosts::check,
        Resolver.system(),
        new Limits(
            settings.host().connectTimeout(),
            settings.host().timeout(),
            Limits.DEFAULT.requests(),
            Limits.DEFAULT.lists(),
            Limits.DEFAULT.headerBytes(),
            settings.host().concurrency(),
            Limits.DEFAULT.idle()),
        "code-source-operator/" + version);
  }

  @Produces
  @Singleton
  Verifier verifier(HostPolicy hosts, HostClient client, HostLimiter limiter, Clock clock) {
    PortPolicy ports =
        PortPolicy.parse(
            settings.address().httpPorts().orElse(""), settings.address().httpsPorts().orElse(""));
    return new Verifier(ports, hosts, client, limiter, clock);
  }

  @Produces
  @Singleton
  CaCertificates caCertificates(KubernetesClient client, ApiReads reads) {
    return new CaCertificates(client, reads);
  }

  @Produces
  @Singleton
  OwnedSecretStore ownedSecrets(KubernetesClient client, Clock clock) {
    return new KubernetesSecretStore(client, clock);
  }

  @Produces
  @Singleton
  AuthorizationContextResolver contexts(
      CodeHosts codeHosts, Verifier verifier, CaCertificates certificates) {
    return new AuthorizationContextResolver(
        codeHosts, verifier, new AdministratorApps(settings.oauth().apps()), certificates);
  }

  @Produces
  @Singleton
  Tokens tokens(
      HostClient client,
      HostLimiter limiter,
      Verifier verifier,
      OwnedSecretStore store,
      Clock clock) {
    return new Tokens(
        client, limiter, verifier, new Grants(store, settings.host().timeout(), clock), clock);
  }

  @Produces
  @Singleton
  DeployTokenManager deployTokenManager(
      HostClient client, HostLimiter limiter, OwnedSecretStore store, Clock clock) {
    return new DeployTokenManager(client, limiter, store, clock);
  }

  @Produces
  @Singleton
  InstallationTokenManager installationTokens(
      HostClient client, HostLimiter limiter, OwnedSecretStore store, Clock clock) {
    return new InstallationTokenManager(client, limiter, store, clock);
  }

  @Produces
  @Singleton
  GrantManager authorizations(Tokens tokens, OwnedSecretStore store, Clock clock) {
    return new GrantManager(
        tokens, store, settings.oauth().publicUrl().map(PublicUrl::of).map(PublicUrl::uri), clock);
  }

  /** The address of the pages, if it is set. */
  @Produces
  @Singleton
  PublicUrl.Setting publicUrl() {
    return new PublicUrl.Setting(settings.oauth().publicUrl().map(PublicUrl::of));
  }

  @Produces
  @Singleton
  ClusterAccess clusterAccess(KubernetesClient client) {
    return new ClusterAccess(client, settings.oauth().requireClusterAccess());
  }

  /**
   * No bean without leader election: the Operator SDK elects a leader as soon as there is a
   * configuration.
   */
  @Produces
  @Dependent
  @Unremovable
  @Nullable LeaderElectionConfiguration leaderElection(Leadership leadership) {
    return settings.leaderElection().enabled() ? leadership.configuration() : null;
  }

  void close(@Disposes GuardedHostClient client) {
    client.close();
  }

  void close(@Disposes HostThreads threads) {
    threads.close();
  }
}
