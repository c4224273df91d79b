package dev.codesource.settings;

import dev.codesource.address.HostPolicy;
import dev.codesource.address.PortPolicy;
import dev.codesource.credential.CaCertificates;
import dev.codesource.deploytoken.Custodian;
import dev.codesource.host.GuardedHostClient;
import dev.codesource.host.HostClient;
import dev.codesource.host.HostGate;
import dev.codesource.host.Limits;
import dev.codesource.host.Resolver;
import dev.codesource.installation.InstallationTokens;
import dev.codesource.oauth.AdministratorApps;
import dev.codesource.oauth.Authorizations;
import dev.codesource.oauth.Grants;
import dev.codesource.oauth.Parties;
import dev.codesource.oauth.PublicUrl;
import dev.codesource.oauth.Tokens;
import dev.codesource.oauth.Vault;
import dev.codesource.page.ClusterAccess;
import dev.codesource.platform.CodeHosts;
import dev.codesource.shard.Shard;
import dev.codesource.shard.Turn;
import dev.codesource.verification.Verifier;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.quarkus.arc.Unremovable;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
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
  Shard shard() {
    return new Shard(settings.shard().index(), settings.shard().count());
  }

  /** With leader election it comes when the process leads. */
  @Produces
  @Singleton
  Turn turn(Shard shard, Clock clock) {
    Turn turn = new Turn(shard, clock);
    if (!settings.leaderElection().enabled()) {
      turn.take();
    }
    return turn;
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

  @Produces
  @Singleton
  CaCertificates caCertificates(KubernetesClient client) {
    return new CaCertificates(client);
  }

  @Produces
  @Singleton
  Vault vault(KubernetesClient client) {
    return new Vault(client);
  }

  @Produces
  @Singleton
  Parties parties(CodeHosts codeHosts, Verifier verifier, CaCertificates certificates) {
    return new Parties(
        codeHosts, verifier, new AdministratorApps(settings.oauth().apps()), certificates);
  }

  @Produces
  @Singleton
  Tokens tokens(HostClient client, HostGate gate, Verifier verifier, Vault vault, Clock clock) {
    return new Tokens(
        client, gate, verifier, new Grants(vault, settings.host().timeout(), clock), clock);
  }

  @Produces
  @Singleton
  Custodian custodian(HostClient client, HostGate gate, Vault vault, Clock clock) {
    return new Custodian(client, gate, vault, clock);
  }

  @Produces
  @Singleton
  InstallationTokens installationTokens(
      HostClient client, HostGate gate, Vault vault, Clock clock) {
    return new InstallationTokens(client, gate, vault, clock);
  }

  @Produces
  @Singleton
  Authorizations authorizations(Tokens tokens, Vault vault, Clock clock) {
    return new Authorizations(
        tokens, vault, settings.oauth().publicUrl().map(PublicUrl::of).map(PublicUrl::uri), clock);
  }

  /** The pages, if there is an address for them. */
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

  /** None unless it is asked for: JOSDK elects a leader as soon as there is a configuration. */
  @Produces
  @Dependent
  @Unremovable
  @Nullable LeaderElectionConfiguration leaderElection(Leadership leadership) {
    return settings.leaderElection().enabled() ? leadership.configuration() : null;
  }

  void close(@Disposes GuardedHostClient client) {
    client.close();
  }
}
