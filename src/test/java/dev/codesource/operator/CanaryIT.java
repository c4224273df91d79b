package dev.codesource.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A token that is unlike anything else, and a search for it in all that can be seen. */
@ExtendWith(ClusterExtension.class)
class CanaryIT {

  /** Looked for without its ends, which an encoding may mix with what stands beside. */
  private final String core = UUID.randomUUID() + "+/=" + UUID.randomUUID();

  private final String canary = "glpat-" + core + "-end";

  private final Cluster cluster;
  private final List<LoopbackCodeHost> hosts = new ArrayList<>();
  private Team team;

  CanaryIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void theTokenIsNowhereButInItsSecret() throws IOException {
    team = Team.in(cluster);
    Installation installation =
        Installation.allowingLoopback(
            cluster,
            "--set",
            "operator.log.level=DEBUG",
            // Self-signed certificates are of servers on any port.
            "--set",
            "operator.address.httpsPorts={1-65535}");
    OperatorProcess operator = installation.start(Map.of());
    Map<String, String> places = new LinkedHashMap<>();
    try (operator) {
      bindInEveryWay().forEach((binding, reason) -> team.await(binding, reason));
      places.put("metrics", operator.get("/metrics"));
      places.put("health", operator.get("/q/health"));
    }
    places.put("the operator's log", String.join("\n", operator.log()));
    places.put("the API server's log of requests", Files.readString(cluster.auditLog()));
    places.put("the code hosts' request lines", requestLines().collect(Collectors.joining("\n")));
    places.putAll(objects());

    assertThat(operator.log()).as("the log says a lot").hasSizeGreaterThan(50);
    assertThat(places).containsKey("codesourcebindings.codesource.dev");
    assertThat(places.get("events.events.k8s.io")).contains("UsernameMismatch");
    places.forEach((place, text) -> assertThat(text).as(place).satisfies(this::hasNoCanary));
    hosts.forEach(LoopbackCodeHost::close);
  }

  @Test
  void theSearchFindsTheTokenInEachForm() {
    for (String prefix : List.of("", "x", "xy", "xyz")) {
      byte[] bytes = (prefix + canary).getBytes(UTF_8);
      assertThat(
              Stream.of(
                  canary,
                  Base64.getEncoder().encodeToString(bytes),
                  Base64.getUrlEncoder().encodeToString(bytes),
                  URLEncoder.encode(canary, UTF_8),
                  HexFormat.of().formatHex(bytes),
                  HexFormat.of().withUpperCase().formatHex(bytes)))
          .allMatch(text -> !forms().stream().filter(text::contains).toList().isEmpty());
    }
  }

  private Map<String, Reason> bindInEveryWay() {
    Map<String, Reason> expected = new LinkedHashMap<>();
    String good = host(Dialect.gitLab());
    hosts.getLast().grant(canary, Grant.of("alice", "api").expiring("2099-01-31"));
    bind(expected, "good", good, Reason.Bound);
    bind(
        expected,
        "malformed",
        good,
        Map.of("url", good, "token", "\"" + canary + "\""),
        Reason.CredentialMalformed);
    bind(
        expected,
        "in-two-lines",
        good,
        Map.of("url", good, "token", canary + "\n" + canary),
        Reason.CredentialMalformed);
    bind(
        expected,
        "under-another-key",
        good,
        Map.of("url", good, "password", canary),
        Reason.SecretKeyMissing);
    bind(
        expected,
        "in-the-url",
        good,
        Map.of("url", "http://alice:" + canary + "@127.0.0.1", "token", canary),
        Reason.CredentialForOtherHost);
    bind(
        expected,
        "for-another-host",
        good,
        Map.of("url", "https://" + "gitlab.com", "token", canary),
        Reason.CredentialForOtherHost);
    bind(expected, "unknown", host(Dialect.gitLab()), Reason.TokenRejected);
    String bobs = host(Dialect.gitLab());
    hosts.getLast().grant(canary, Grant.of("bob", "api"));
    bind(expected, "of-bob", bobs, Reason.UsernameMismatch);
    String narrow = host(Dialect.gitLab());
    hosts.getLast().grant(canary, Grant.of("alice", "read_api"));
    bind(expected, "narrow", narrow, Reason.InsufficientScope);
    bind(
        expected,
        "down",
        host((asked, grants) -> Answer.html(502, "<h1>Bad gateway</h1>")),
        Reason.ServerError);
    bind(
        expected,
        "limited",
        host((asked, grants) -> Answer.json(429, "{}").with("Retry-After", "60")),
        Reason.RateLimited);
    bind(expected, "self-signed", selfSigned(), Reason.SelfSignedCertificate);
    // Hosts that send the token back.
    bind(
        expected,
        "echo-in-a-message",
        host(echo(token -> Answer.json(401, "{\"message\":\"no " + token + "\"}"))),
        Reason.NotThisPlatform);
    bind(
        expected,
        "echo-as-an-account",
        host(
            echo(
                token ->
                    Answer.json(
                        200, "{\"id\":1,\"username\":\"" + token + "\",\"state\":\"active\"}"))),
        Reason.NotThisPlatform);
    bind(
        expected,
        "echo-in-html",
        host(echo(token -> Answer.html(200, "<title>" + token + "</title>"))),
        Reason.NotThisPlatform);
    bind(
        expected,
        "echo-in-a-redirect",
        host(
            echo(
                token ->
                    Answer.text(302, "")
                        .with("Location", "/login/" + token + "?t=" + token + "#" + token))),
        Reason.NotThisPlatform);
    bind(
        expected,
        "echo-in-an-encoded-redirect",
        host(
            echo(
                token ->
                    Answer.text(301, "").with("Location", "/" + URLEncoder.encode(token, UTF_8)))),
        Reason.NotThisPlatform);
    bind(
        expected,
        "echo-in-a-long-redirect",
        host(echo(token -> Answer.text(301, "").with("Location", "/" + "a".repeat(130) + token))),
        Reason.NotThisPlatform);
    bind(
        expected,
        "echo-in-an-encoding",
        host(echo(token -> Answer.json(200, "{}").with("Content-Encoding", token))),
        Reason.NotThisPlatform);
    team.secret("of-another-type-token", "Opaque", Map.of("url", good, "token", canary))
        .createGitLab("of-another-type", good, "of-another-type-token");
    expected.put("of-another-type", Reason.SecretTypeNotAllowed);
    return expected;
  }

  private void bind(Map<String, Reason> expected, String binding, String url, Reason reason) {
    bind(expected, binding, url, Map.of("url", url, "token", canary), reason);
  }

  private void bind(
      Map<String, Reason> expected,
      String binding,
      String url,
      Map<String, String> secret,
      Reason reason) {
    team.secret(binding + "-token", "codesource.dev/token", secret)
        .createGitLab(binding, url, binding + "-token");
    expected.put(binding, reason);
  }

  private String host(Dialect dialect) {
    hosts.add(LoopbackCodeHost.http(dialect));
    return hosts.getLast().url();
  }

  private String selfSigned() {
    hosts.add(
        LoopbackCodeHost.https(
            Dialect.gitLab(), CertificateAuthority.selfSigned("127.0.0.1").sslContext()));
    return hosts.getLast().url();
  }

  private static Dialect echo(Function<String, Answer> answer) {
    return (asked, grants) -> answer.apply(asked.token());
  }

  private Stream<String> requestLines() {
    return hosts.stream().flatMap(host -> host.asked().stream()).map(Asked::target);
  }

  /** Every object that the API server shows, by kind; without the Secrets that hold the token. */
  private Map<String, String> objects() throws IOException {
    return AllObjects.byKind(
        cluster,
        secret -> {
          boolean isOwn = secret.at("/metadata/namespace").asText().equals(team.namespace());
          if (isOwn && secret.at("/metadata/name").asText().equals("good-token")) {
            assertThat(forms())
                .as("where it is, it is found")
                .anyMatch(secret.toString()::contains);
          }
          return isOwn;
        });
  }

  private void hasNoCanary(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    assertThat(forms())
        .noneMatch(text::contains)
        .noneMatch(form -> lower.contains(form.toLowerCase(Locale.ROOT)));
  }

  private List<String> forms() {
    List<String> forms = new ArrayList<>();
    forms.add(core);
    // A part is a leak too.
    forms.add(core.substring(0, 36));
    forms.add(URLEncoder.encode(core, UTF_8));
    forms.add(HexFormat.of().formatHex(core.getBytes(UTF_8)));
    forms.add(HexFormat.of().withUpperCase().formatHex(core.getBytes(UTF_8)));
    for (int offset = 0; offset < 3; offset++) {
      // Three bytes make four characters; the first and last of them depend on the neighbours.
      byte[] shifted = ("x".repeat(offset) + core).getBytes(UTF_8);
      String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      String inner = encoded.substring(4, encoded.length() - 4);
      forms.add(inner);
      forms.add(inner.replace('+', '-').replace('/', '_'));
    }
    return forms;
  }
}
