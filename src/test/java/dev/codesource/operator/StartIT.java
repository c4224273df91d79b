package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged operator with a setting that it cannot start with. It needs no API server. */
class StartIT {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODESOURCE_ADDRESS_DENIED_CIDRS | 10.0.0.0/33 | codesource.address.denied-cidrs",
        "CODESOURCE_ADDRESS_ALLOWED_CIDRS | 10.0.0.1/8 | write 10.0.0.0/8",
        "CODESOURCE_ADDRESS_ALLOWED_HOSTS | git.example.com:8080 |"
            + " codesource.address.allowed-hosts",
        "CODESOURCE_ADDRESS_HTTPS_PORTS | 70000 | CODESOURCE_ADDRESS_HTTPS_PORTS",
        "CODESOURCE_SHARD_INDEX | 3 | codesource.shard.index",
        "CODESOURCE_OAUTH_PUBLIC_URL | http://codesource.example.com/pages |"
            + " codesource.oauth.public-url",
        "CODESOURCE_HOST_CONCURRENCY | 0 | codesource.host.concurrency",
        "CODESOURCE_HOST_TIMEOUT | soon | codesource.host.timeout",
        "CODESOURCE_LEADER_ELECTION_LEASE_NAME | My Lease | codesource.leader-election.lease-name"
      })
  void aWrongSettingEndsTheStartWithOneLineThatNamesIt(String variable, String value, String words)
      throws IOException {
    try (OperatorProcess operator = OperatorProcess.run(nowhere(), Map.of(variable, value))) {
      assertThat(operator.awaitEnd(Duration.ofSeconds(90))).isEqualTo(1);
      assertThat(operator.log())
          .singleElement()
          .asString()
          .contains("ERROR", "The operator cannot start. ", words)
          .doesNotContain("\uFFFD");
    }
  }

  private Path nowhere() throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: nowhere
        contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
        clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
        users: [{name: nobody, user: {token: none}}]
        """);
  }
}
