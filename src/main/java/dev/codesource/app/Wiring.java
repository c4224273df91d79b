package dev.codesource.app;

import static dev.codesource.app.SettingException.reading;

import dev.codesource.address.HostPolicy;
import dev.codesource.address.NoProxy;
import dev.codesource.address.PortPolicy;
import dev.codesource.builder.BuilderRuns;
import dev.codesource.builder.KubernetesRuns;
import dev.codesource.builder.NamespaceSlots;
import dev.codesource.builder.PushSecrets;
import dev.codesource.builder.RunInformers;
import dev.codesource.builder.Runs;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.CaCertificates;
import dev.codesource.credential.owned.KubernetesSecretStore;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.deploytoken.DeployTokenManager;
import dev.codesource.git.RefsMemory;
import dev.codesource.githubapp.InstallationTokenManager;
import dev.codesource.http.GuardedHostClient;
import dev.codesource.http.HostClient;
import dev.codesource.http.HostThreads;
import dev.codesource.http.Limits;
import dev.codesource.http.NameGuard;
import dev.codesource.http.Proxies;
import dev.codesource.http.Proxy;
import dev.codesource.http.Resolver;
import dev.codesource.http.TrustBundle;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.oauth.AdministratorApps;
import dev.codesource.oauth.AuthorizationContextResolver;
import dev.codesource.oauth.GrantManager;
import dev.codesource.oauth.Grants;
import dev.codesource.oauth.PublicUrl;
import dev.codesource.oauth.Tokens;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.Instance;
import dev.codesource.runtime.Pauses;
import dev.codesource.runtime.SecretMetadataClient;
import dev.codesource.runtime.Shard;
import dev.codesource.runtime.StartBarrier;
import dev.codesource.sink.Sink;
import dev.codesource.sink.Sinks;
import dev.codesource.verification.Verifier;
import dev.codesource.web.authorize.ClusterAccess;
import dev.codesource.webhook.DeliveryConfigMap;
import dev.codesource.webhook.KnownPaths;
import dev.codesource.webhook.WebhookAddress;
import dev.codesource.webhook.WebhookKeeper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.client.OidcClients;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.tls.TlsConfigurationRegistry;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Creates the objects of all packages from the settings. */
@Singleton
final class Wiring {

  /** Before the Operator SDK's observer, which has the default priority. */
  private static final int FIRST = 1;

  /** The API server's 253, without what the name of the ConfigMap of deliveries has more. */
  private static final int MAX_LEASE_NAME = 253 - DeliveryConfigMap.SUFFIX.length();

  private static final Duration LEAST_AGE = Duration.ofSeconds(5);

  /** A place for a request is held as long, and the HTTP client counts milliseconds in an int. */
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

  private final Settings settings;

  Wiring(Settings settings) {
    this.settings = settings;
  }

  /**
   * Reads all settings before anything else starts, so that a wrong one ends the start with its
   * name.
   *
   * @throws SettingException if a setting is wrong
   */
  void check(@Observes @Priority(FIRST) StartupEvent event) {
    shard();
    hostPolicy();
    portPolicy();
    proxies(hostPolicy());
    publicUrl();
    webhookAddress();
    Settings.Host host = settings.host();
    reading("host.concurrency", () -> atLeastOne(host.concurrency()));
    reading("host.connect-timeout", () -> timeout(host.connectTimeout()));
    reading("host.timeout", () -> timeout(host.timeout()));
    reading("tokens.minimum-age", () -> atLeastFiveSeconds(settings.tokens().minimumAge()));
    trustBundle();
    sinkSettings();
    reading("leader-election.lease-name", () -> leaseName(settings.leaderElection().leaseName()));
  }

  private static int atLeastOne(int number) {
    return valid(number, number >= 1, "must be at least 1");
  }

  private static Duration timeout(Duration duration) {
    return valid(
        duration,
        duration.isPositive() && duration.compareTo(LONGEST_TIMEOUT) <= 0,
        "must be longer than 0 and at most 10m");
  }

  /** Less would have a host, or who deletes a Secret, cause requests in a loop. */
  private static Duration atLeastFiveSeconds(Duration age) {
    return valid(age, age.compareTo(LEAST_AGE) >= 0, "must be at least 5s");
  }

  /** With room for the number of a shard, too. */
  private static String leaseName(String name) {
    return valid(
        name,
        name.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
            && name.length() <= MAX_LEASE_NAME,
        "is not a name for a Lease: lower-case letters, digits, '-' and '.', at most %d characters"
            .formatted(MAX_LEASE_NAME));
  }

  private static <T> T valid(T value, boolean isValid, String otherwise) {
    if (!isValid) {
      throw new IllegalArgumentException("\"%s\" %s.".formatted(value, otherwise));
    }
    return value;
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
    Settings.Shards shards = settings.shard();
    return reading("shard.index", () -> new Shard(shards.index(), shards.count()));
  }

  /** It opens when the process becomes the leader. */
  @Produces
  @Singleton
  StartBarrier barrier(Shard shard, Clock clock) {
    return new StartBarrier(shard, clock);
  }

  @Produces
  @Singleton
  CodeHosts codeHosts(Clock clock) {
    return SupportedCodeHosts.all(clock);
  }

  @Produces
  @Singleton
  HostPolicy hostPolicy() {
    return new AddressSettings(settings.address()).hosts();
  }

  private PortPolicy portPolicy() {
    return new AddressSettings(settings.address()).ports();
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
        proxies(hosts),
        trustBundle(),
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
  static BuildSettings builds(Settings settings) {
    return BuildSettings.of(settings);
  }

  @Produces
  @Singleton
  static NamespaceSlots slots(BuildSettings settings) {
    return new NamespaceSlots(settings.maxConcurrentPerNamespace());
  }

  @Produces
  @Singleton
  Runs runs(
      KubernetesClient client,
      BuildSettings builds,
      ApiReads reads,
      Clock clock,
      @ConfigProperty(name = "quarkus.operator-sdk.namespaces") Optional<Set<String>> watched) {
    BuilderRuns objects =
        new BuilderRuns(builds.buildkitImage(), Map.copyOf(builds.buildkitResources()));
    return new KubernetesRuns(
        client,
        new RunInformers(client, builds.kinds(), WatchedNamespaces.of(client, watched), clock),
        objects,
        reads,
        clock,
        builds.serviceAccounts(),
        builds.clusterRolePrefix());
  }

  @Produces
  @Singleton
  static PushSecrets pushSecrets(KubernetesClient client) {
    return PushSecrets.of(new SecretMetadataClient(client));
  }

  void close(@Disposes Runs runs) {
    runs.close();
  }

  private List<Sink> sinkSettings() {
    return SinkSettings.of(settings.sinks().orElse(List.of()));
  }

  /**
   * With a client of their own: the administrator chose their addresses, which may be refused to
   * tenants.
   */
  @Produces
  @Singleton
  Sinks sinks(
      HostThreads threads,
      OidcClients clients,
      TlsConfigurationRegistry tls,
      Clock clock,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    List<Sink> sinks = sinkSettings();
    GuardedHostClient client =
        new GuardedHostClient(
            threads,
            (_, address) -> Outcome.done(address),
            proxies(Outcome::done),
            trustBundle(),
            Resolver.system(),
            new Limits(
                settings.host().connectTimeout(),
                settings.host().timeout(),
                Sinks.requests(sinks.size()),
                Limits.DEFAULT.lists(),
                Limits.DEFAULT.headerBytes(),
                Sinks.requests(sinks.size()),
                Limits.DEFAULT.idle()),
            "code-source-operator/" + version);
    return new Sinks(
        sinks,
        client,
        new Sinks.Authorizing(
            clients::newClient,
            each -> tls.register(each.getName(), each),
            trustBundle(),
            settings.host().timeout()),
        clock,
        RandomGenerator.getDefault());
  }

  private TrustBundle trustBundle() {
    return settings
        .trustBundle()
        .map(file -> reading("trust-bundle", () -> TrustBundle.in(file)))
        .orElse(TrustBundle.NONE);
  }

  private Proxies proxies(HostPolicy hosts) {
    return proxies(hosts::checkUnresolved);
  }

  private Proxies proxies(NameGuard guard) {
    Settings.Proxy proxy = settings.proxy();
    Optional<Proxy.Login> login =
        proxy
            .username()
            .map(
                name ->
                    reading(
                        "proxy.username",
                        () -> new Proxy.Login(name, proxy.password().orElse(""))));
    return new Proxies(
        proxy.http().map(url -> reading("proxy.http", () -> Proxy.parse(url, login))),
        proxy.https().map(url -> reading("proxy.https", () -> Proxy.parse(url, login))),
        reading("proxy.no-proxy", () -> NoProxy.parse(proxy.noProxy().orElse(List.of()))),
        guard);
  }

  @Produces
  @Singleton
  Verifier verifier(HostPolicy hosts, HostClient client, HostLimiter limiter, Clock clock) {
    return new Verifier(portPolicy(), hosts, client, limiter, clock);
  }

  @Produces
  @Singleton
  CaCertificates caCertificates(KubernetesClient client, ApiReads reads) {
    return new CaCertificates(client, reads);
  }

  @Produces
  @Singleton
  RefsMemory refsMemory() {
    return RefsMemory.ofHeap(Runtime.getRuntime().maxMemory());
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
        client,
        limiter,
        verifier,
        new Grants(store, settings.host().timeout(), settings.tokens().minimumAge(), clock),
        clock);
  }

  @Produces
  @Singleton
  DeployTokenManager deployTokenManager(
      HostClient client, HostLimiter limiter, OwnedSecretStore store, Clock clock) {
    return new DeployTokenManager(
        client, limiter, store, new Pauses(settings.tokens().minimumAge()), clock);
  }

  @Produces
  @Singleton
  InstallationTokenManager installationTokens(
      HostClient client, HostLimiter limiter, OwnedSecretStore store, Clock clock) {
    return new InstallationTokenManager(
        client, limiter, store, new Pauses(settings.tokens().minimumAge()), clock);
  }

  @Produces
  @Singleton
  GrantManager authorizations(Tokens tokens, OwnedSecretStore store, Clock clock) {
    return new GrantManager(tokens, store, publicUrl().url(), clock);
  }

  /** The address of the pages, if it is set. */
  @Produces
  @Singleton
  PublicUrl.Setting publicUrl() {
    return reading(
        "oauth.public-url",
        () -> new PublicUrl.Setting(settings.oauth().publicUrl().map(PublicUrl::of)));
  }

  /** Where code hosts send deliveries to, if it is set. */
  @Produces
  @Singleton
  WebhookAddress webhookAddress() {
    return reading("webhook.public-url", () -> WebhookAddress.at(settings.webhook().publicUrl()));
  }

  @Produces
  @Singleton
  WebhookKeeper webhookKeeper(
      HostClient client,
      HostLimiter limiter,
      OwnedSecretStore store,
      WebhookAddress address,
      KnownPaths paths,
      Clock clock) {
    return new WebhookKeeper(client, limiter, store, address, paths, clock);
  }

  @Produces
  @Singleton
  ClusterAccess clusterAccess(KubernetesClient client) {
    return new ClusterAccess(client, settings.oauth().requireClusterAccess());
  }

  /** The Operator SDK elects a leader because there is this bean. */
  @Produces
  @Singleton
  @Unremovable
  LeaderElectionConfiguration leaderElection(Leadership leadership) {
    return leadership.configuration();
  }

  void close(@Disposes GuardedHostClient client) {
    client.close();
  }

  void close(@Disposes Sinks sinks) {
    sinks.close();
  }

  void close(@Disposes HostThreads threads) {
    threads.close();
  }
}
