package dev.codesource.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.address.HostPolicy;
import dev.codesource.address.NoProxy;
import dev.codesource.address.PortPolicy;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.CaConfigMapRef;
import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.CaConsent;
import dev.codesource.credential.Credential;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.NamedCa;
import dev.codesource.http.GuardedHostClient;
import dev.codesource.http.HostClient;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostThreads;
import dev.codesource.http.Limits;
import dev.codesource.http.Proxies;
import dev.codesource.http.Proxy;
import dev.codesource.http.Resolver;
import dev.codesource.http.TrustAnchors;
import dev.codesource.http.TrustBundle;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import dev.codesource.verification.Claim;
import dev.codesource.verification.Verifier;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Asks a code host from this machine, by the classes by which the operator asks. What the
 * administrator has set for the operator (ports, hosts, proxies, certificates) is not known here:
 * every address may be asked, and the proxy is that of the environment.
 */
public final class HostProbe implements AutoCloseable {

  /** One user, one host. */
  private static final String TENANT = "doctor";

  /** Sent in place of a token where none is to be sent; {@link Anonymous} leaves it out. */
  private static final Credential NONE = Credential.of("none");

  /** The end of the title of each page of the operator ({@code templates/frame.html}). */
  private static final String PAGE_TITLE = " - Code Source</title>";

  private final Clock clock;
  private final CodeHosts hosts;
  private final Map<String, String> environment;
  private final Duration most;
  private Optional<HostThreads> threads = Optional.empty();
  private Optional<GuardedHostClient> client = Optional.empty();

  /**
   * A probe with connections of its own.
   *
   * @param environment with {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}
   * @param most how long one request may take
   */
  public HostProbe(Clock clock, Map<String, String> environment, Duration most) {
    this.clock = clock;
    this.environment = Map.copyOf(environment);
    this.most = most;
    this.hosts = SupportedCodeHosts.all(clock);
  }

  /** Made when something is sent: its threads take a second to end. */
  private GuardedHostClient client() {
    if (client.isPresent()) {
      return client.get();
    }
    Limits usual = Limits.DEFAULT;
    HostThreads ofClient = new HostThreads();
    GuardedHostClient made =
        new GuardedHostClient(
            ofClient,
            (_, address) -> Outcome.done(address),
            proxies(environment),
            TrustBundle.NONE,
            Resolver.system(),
            new Limits(
                shorter(usual.connect(), most),
                most,
                usual.requests(),
                usual.lists(),
                usual.headerBytes(),
                usual.connectionsPerHost(),
                usual.idle()),
            "kubectl-codesource");
    threads = Optional.of(ofClient);
    client = Optional.of(made);
    return made;
  }

  /**
   * What is to be looked at.
   *
   * @param platform as {@code spec.platform} has it
   * @param url as {@code spec.url} has it; empty: the platform's public site
   * @param username as {@code spec.username} has it
   * @param namespace of the binding
   * @param secretName the Secret with the token
   * @param secret as the API server gives it; a missing node: there is none; empty: it cannot be
   *     read
   * @param configMap the ConfigMap of the CA, as the API server gives it; empty: it cannot be read
   * @param ca the ConfigMap that the binding names, and its key; empty: it names none
   */
  public record Subject(
      String platform,
      Optional<String> url,
      String username,
      String namespace,
      String secretName,
      Optional<JsonNode> secret,
      Optional<JsonNode> configMap,
      Optional<CaConfigMapRef> ca) {

    /** Without the Secret. */
    @Override
    public String toString() {
      return platform + " at " + url.orElse("its public site");
    }
  }

  /**
   * What the host said.
   *
   * @param problem why it does not answer as the platform; empty: it does
   * @param time the host's clock; empty: it did not tell it
   */
  public record Answered(Optional<Problem> problem, Optional<Instant> time) {}

  /**
   * What the host said about the token.
   *
   * @param problem why the access is not proven; empty: it is
   * @param account whose it is; empty: it is not proven
   * @param scopes that it has, in a sentence's form
   * @param expiresAt when it ends; empty: never, or it is not told
   */
  public record TokenAnswer(
      Optional<Problem> problem, String account, String scopes, Optional<Instant> expiresAt) {}

  /** Whether this version knows the platform. */
  public boolean knows(Subject subject) {
    return platform(subject).isPresent();
  }

  /** Why the URL is not the address of a site; empty: it is. Sends no request. */
  public Optional<Problem> address(Subject subject) {
    return problem(site(subject));
  }

  /** Why the Secret has no credential for the site; empty: it has. Sends no request. */
  public Optional<Problem> credential(Subject subject) {
    return problem(site(subject).then(site -> credential(subject, site)));
  }

  /** The platform that has made the token, by how it begins, if that is another one. */
  public Optional<String> otherPlatform(Subject subject) {
    return site(subject).then(site -> credential(subject, site))
            instanceof Outcome.Done<Credential>(var credential)
        ? hosts
            .madeBy(credential.token())
            .map(Platform::name)
            .filter(made -> !made.equals(subject.platform()))
        : Optional.empty();
  }

  /** The site in its normal form. */
  public String shown(Subject subject) {
    return site(subject) instanceof Outcome.Done<SiteUrl>(var site)
        ? site.toString()
        : subject.url().orElse("");
  }

  /** Asks the host, without a token, whether it answers as the platform does. */
  public Answered answers(Subject subject) {
    Anonymous anonymous = new Anonymous(client());
    Outcome<Proof> outcome =
        claim(subject, Outcome.done(NONE)).then(claim -> verifier(anonymous).prove(claim));
    // Whatever it says of the access, it answers as the platform does.
    return new Answered(problem(outcome).filter(HostProbe::isOfTheWay), anonymous.time());
  }

  /** Asks the host about the token of the Secret. */
  public TokenAnswer token(Subject subject) {
    Outcome<Proof> outcome =
        claim(subject, site(subject).then(site -> credential(subject, site)))
            .then(claim -> verifier(client()).prove(claim));
    if (!(outcome instanceof Outcome.Done<Proof>(var proof))) {
      return new TokenAnswer(problem(outcome), "", "", Optional.empty());
    }
    String scopes =
        switch (proof.scopes()) {
          case Scopes.Known(var granted, var _) -> String.join(", ", granted);
          case Scopes.Unknown _ -> "";
        };
    return new TokenAnswer(Optional.empty(), proof.account().username(), scopes, proof.expiresAt());
  }

  /**
   * Opens a page of the operator, as a browser does.
   *
   * @param url as the status of the binding has it
   * @return whether it is a page of the operator; or why there is none
   */
  public Outcome<Boolean> isPageOfOperator(String url) {
    try {
      return client()
          .open(TENANT, Optional.empty())
          .send(new HostRequest(HostRequest.Method.GET, new URI(url), Map.of(), Optional.empty()))
          .map(answer -> answer.body().contains(PAGE_TITLE));
    } catch (URISyntaxException | IllegalArgumentException noUrl) {
      return Outcome.done(false);
    }
  }

  /**
   * Whether the host did not answer as the platform does, so that nothing is known of the token.
   */
  public static boolean isOfTheWay(Problem problem) {
    Stage stage = problem.reason().stage();
    return stage == Stage.HOST || stage == Stage.ADDRESS || problem.reason() == Reason.CaNotTrusted;
  }

  private Verifier verifier(HostClient by) {
    return new Verifier(
        PortPolicy.DEFAULT,
        HostPolicy.DEFAULT,
        by,
        new HostLimiter(1, clock, ThreadLocalRandom.current()),
        clock);
  }

  private Outcome<Claim> claim(Subject subject, Outcome<Credential> credential) {
    return site(subject)
        .then(
            site ->
                credential.then(
                    known ->
                        anchors(subject)
                            .map(
                                anchors ->
                                    new Claim(
                                        TENANT,
                                        host(subject),
                                        site,
                                        subject.username(),
                                        known,
                                        anchors))));
  }

  /** As far as it can be said without the administrator's settings. */
  private Outcome<SiteUrl> site(Subject subject) {
    return Verifier.written(host(subject), subject.url());
  }

  private Outcome<Credential> credential(Subject subject, SiteUrl site) {
    JsonNode stored = subject.secret().orElseThrow();
    if (stored.isMissingNode()) {
      return CredentialSecret.notFound(subject.namespace(), subject.secretName(), site);
    }
    Secret secret = secret(stored);
    if (!CredentialSecret.TYPE.equals(secret.getType())) {
      return CredentialSecret.otherType(
          secret.getMetadata().getNamespace(), secret.getMetadata().getName(), site);
    }
    return host(subject).installationTokens().isPresent()
        ? CredentialSecret.readOfAppToo(secret, site, clock)
        : CredentialSecret.read(secret, site);
  }

  /** Without the Secret nothing is known of what it trusts; then only the public authorities. */
  private static Outcome<Optional<TrustAnchors>> anchors(Subject subject) {
    return subject
        .secret()
        .filter(stored -> !stored.isMissingNode())
        .map(HostProbe::secret)
        .map(CredentialSecret::caConsent)
        .map(consent -> consent.then(each -> chosen(subject, each)))
        .orElseGet(() -> Outcome.done(Optional.empty()));
  }

  private static Outcome<Optional<TrustAnchors>> chosen(Subject subject, CaConsent consent) {
    return consent.choose(
        subject.ca(),
        ref ->
            NamedCa.of(
                ref,
                subject
                    .configMap()
                    .filter(found -> !found.isMissingNode())
                    .map(HostProbe::configMap)));
  }

  private CodeHost host(Subject subject) {
    return hosts.of(platform(subject).orElseThrow());
  }

  private static Optional<Platform> platform(Subject subject) {
    return Platform.named(subject.platform());
  }

  private static Secret secret(JsonNode object) {
    return new SecretBuilder()
        .withMetadata(metadata(object))
        .withType(object.path("type").asText())
        .withData(texts(object.path("data")))
        .build();
  }

  private static ConfigMap configMap(JsonNode object) {
    return new ConfigMapBuilder()
        .withMetadata(metadata(object))
        .withData(texts(object.path("data")))
        .build();
  }

  private static ObjectMeta metadata(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    return new ObjectMetaBuilder()
        .withName(metadata.path("name").asText())
        .withNamespace(metadata.path("namespace").asText())
        .withUid(metadata.path("uid").asText())
        .withResourceVersion(metadata.path("resourceVersion").asText())
        .build();
  }

  private static Map<String, String> texts(JsonNode fields) {
    Map<String, String> texts = new LinkedHashMap<>();
    fields.properties().forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
    return texts;
  }

  private static Optional<Problem> problem(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Done<?> _ -> Optional.empty();
      case Outcome.Refused<?>(var problem) -> Optional.of(problem);
      case Outcome.Waiting<?>(var problem, var _, var _) -> Optional.of(problem);
    };
  }

  /** What cannot be read as a proxy is left out: other programs have forms of their own. */
  private static Proxies proxies(Map<String, String> environment) {
    try {
      return new Proxies(
          proxy(environment, "http_proxy"),
          proxy(environment, "https_proxy"),
          NoProxy.parse(
              Arrays.stream(value(environment, "no_proxy").orElse("").split(","))
                  .map(String::strip)
                  .filter(each -> !each.isEmpty())
                  .toList()),
          Outcome::done);
    } catch (IllegalArgumentException notUnderstood) {
      return Proxies.NONE;
    }
  }

  private static Optional<Proxy> proxy(Map<String, String> environment, String name) {
    return value(environment, name)
        .map(url -> Proxy.parse(url.replaceFirst("/$", ""), Optional.empty()));
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return List.of(name, name.toUpperCase(Locale.ROOT)).stream()
        .map(each -> environment.getOrDefault(each, ""))
        .filter(each -> !each.isBlank())
        .findFirst();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  @Override
  public void close() {
    client.ifPresent(GuardedHostClient::close);
    threads.ifPresent(HostThreads::close);
  }
}
