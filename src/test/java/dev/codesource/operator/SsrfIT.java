package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.RawServer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Addresses that the operator must not be talked into connecting to. */
@ExtendWith(ClusterExtension.class)
class SsrfIT {

  private final Cluster cluster;
  private RawServer ipv4;
  private RawServer other;
  private RawServer ipv6;
  private Team team;

  SsrfIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void startServers() {
    team = Team.in(cluster);
    ipv4 = RawServer.start(RawServer.silent());
    other = RawServer.start("127.0.0.2", 0, RawServer.silent());
    ipv6 = RawServer.start("::1", 0, RawServer.silent());
  }

  @AfterEach
  void stopServers() throws IOException {
    ipv4.close();
    other.close();
    ipv6.close();
  }

  @Test
  void byDefaultNothingIsSentToTheMachineItselfNorToMetadataServices() {
    Map<String, String> urls = new LinkedHashMap<>();
    urls.put("loopback", "http://127.0.0.1:" + ipv4.port());
    urls.put("all-of-loopback", "http://127.0.0.2:" + other.port());
    urls.put("loopback-ipv6", "http://[::1]:" + ipv6.port());
    urls.put("mapped", "http://[::ffff:127.0.0.1]:" + ipv4.port());
    urls.put("nat64", "http://[64:ff9b::7f00:1]:" + ipv4.port());
    urls.put("name", "http://localhost:" + ipv4.port());
    urls.put("name-with-a-dot", "http://localhost.:" + ipv4.port());
    urls.put("name-ipv6", "http://localhost:" + ipv6.port());
    urls.put("unspecified", "http://0.0.0.0:" + ipv4.port());
    urls.put("unspecified-ipv6", "http://[::]:" + ipv6.port());
    urls.put("decimal", "http://2130706433:" + ipv4.port());
    urls.put("hexadecimal", "http://0x7f000001:" + ipv4.port());
    urls.put("octal", "http://0177.0.0.1:" + ipv4.port());
    urls.put("short", "http://127.1:" + ipv4.port());
    urls.put("full-width", "http://127。0。0。1:" + ipv4.port());
    urls.put("link-local", "http://169.254.1.1");
    urls.put("link-local-ipv6", "http://[fe80::1]");
    urls.put("metadata", "http://169.254.169.254");
    urls.put("metadata-of-aws-ipv6", "http://[fd00:ec2::254]");
    urls.put("metadata-of-alibaba-cloud", "http://100.100.100.200");
    urls.put("multicast", "http://224.0.0.1");

    try (OperatorProcess operator = Installation.of(cluster).start(Map.of())) {
      urls.forEach(this::bind);
      urls.forEach(
          (binding, url) ->
              assertThat(ready(binding))
                  .as("%s: %s", binding, url)
                  .isIn(Reason.HostNotAllowed.name(), Reason.InvalidURL.name()));
      assertThat(ready("loopback")).isEqualTo(Reason.HostNotAllowed.name());
      assertThat(ready("name")).isEqualTo(Reason.HostNotAllowed.name());
      assertThat(ready("metadata")).isEqualTo(Reason.HostNotAllowed.name());
      assertThat(operator.get("/metrics")).contains("codesource_verifications_total");
    }
    assertNobodyWasConnectedTo();
  }

  @Test
  void whatIsDeniedStaysDeniedWhateverIsAllowed() {
    Installation installation =
        Installation.of(
            cluster,
            "--set",
            "operator.address.allowedCidrs={127.0.0.0/8,::1/128}",
            "--set",
            "operator.address.deniedCidrs={127.0.0.2/32}",
            "--set",
            "operator.address.allowedHosts={127.0.0.1,127.0.0.2,localhost}",
            "--set",
            "operator.address.deniedHosts={localhost}");
    try (OperatorProcess operator = installation.start(Map.of());
        LoopbackCodeHost gitLab =
            LoopbackCodeHost.http(Dialect.gitLab()).grant("glpat-good", Grant.of("alice", "api"))) {
      bind("allowed", gitLab.url());
      bind("denied-network", "http://127.0.0.2:" + other.port());
      bind("denied-name", "http://localhost:" + ipv4.port());
      bind("not-listed", "http://[::1]:" + ipv6.port());

      team.await("allowed", Phase.Bound);
      team.await("denied-network", Reason.HostNotAllowed);
      team.await("denied-name", Reason.HostNotAllowed);
      team.await("not-listed", Reason.HostNotAllowed);
      assertThat(operator.isReady()).isTrue();
    }
    assertNobodyWasConnectedTo();
  }

  @Test
  void redirectsAreToldAndNotFollowed() throws IOException {
    Map<String, String> targets =
        Map.of(
            "to-metadata", "http://169.254.169.254/latest/meta-data/",
            "to-another-port", "http://127.0.0.1:" + ipv4.port() + "/api/v4/user",
            "to-another-host", "http://127.0.0.2:" + other.port() + "/");
    try (OperatorProcess operator = Installation.allowingLoopback(cluster).start(Map.of())) {
      for (Map.Entry<String, String> target : targets.entrySet()) {
        try (RawServer redirecting =
            RawServer.start(
                connection -> {
                  while (connection.readRequest()) {
                    connection.write(
                        "HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: "
                            + target.getValue()
                            + "\r\n\r\n");
                  }
                })) {
          bind(target.getKey(), "http://127.0.0.1:" + redirecting.port());
          team.await(target.getKey(), Reason.Redirected);
          // A second one follows if the informer sees the Secret after the first.
          assertThat(redirecting.requests()).hasSizeBetween(1, 2);
        }
      }
      assertThat(operator.isReady()).isTrue();
    }
    assertNobodyWasConnectedTo();
  }

  private void bind(String binding, String url) {
    team.token(binding + "-token", url, "glpat-good")
        .createGitLab(binding, url, binding + "-token");
  }

  private String ready(String binding) {
    return Team.condition(
            team.await(binding, status -> status.conditions() != null), ConditionType.Ready)
        .getReason();
  }

  private void assertNobodyWasConnectedTo() {
    assertThat(ipv4.accepted()).isZero();
    assertThat(other.accepted()).isZero();
    assertThat(ipv6.accepted()).isZero();
  }
}
