package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.codesource.cli.doctor.Finding;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ComparisonTest {

  private static final String SITE = "https://git.example.com";

  private static Comparison there(Reason reason, String what) throws JsonProcessingException {
    String status =
        Doctored.status(
            SITE,
            new dev.codesource.status.Finding.NotProven(new Problem(reason, what), false),
            new dev.codesource.status.Publishing.NotAsked());
    return new Comparison(
        Json.TREES.readTree(Doctored.binding(SITE, status)), SITE, Optional.of("system"));
  }

  private static String certificate(String issuer) {
    return "The certificate of git.example.com:443 has no chain to a trusted authority (subject CN=git.example.com, issuer %s, valid from 2026-01-01 to 2027-01-01; the host sends 1)."
        .formatted(issuer);
  }

  static Stream<Reason> ofTheHost() {
    return Arrays.stream(Reason.values())
        .filter(Reason::isOutage)
        .filter(reason -> reason != Reason.Queued && reason != Reason.RateLimited);
  }

  @ParameterizedTest
  @MethodSource("ofTheHost")
  void whateverTheOperatorAloneMeetsIsSoughtOnItsSide(Reason reason)
      throws JsonProcessingException {
    Finding finding = there(reason, "It was seen.").with(Optional.empty()).orElseThrow();

    assertThat(finding.id()).isEqualTo(reason.name());
    assertThat(finding.sentence()).contains("answers this machine, and not the operator");
    assertThat(finding.remedy()).isNotBlank();
    assertThat(finding.command()).startsWith("kubectl get ");
  }

  @ParameterizedTest
  @CsvSource({
    "HostNotFound, dnsConfig, coredns",
    "ConnectionTimedOut, NetworkPolicy, networkpolicies",
    "ProxyRefused, proxy.noProxy, deployments",
    "UntrustedCertificate, trustBundle, deployments"
  })
  void theRemedyIsOfWhatDiffers(Reason reason, String remedy, String command)
      throws JsonProcessingException {
    Finding finding = there(reason, "It was seen.").with(Optional.empty()).orElseThrow();

    assertThat(finding.remedy()).contains(remedy);
    assertThat(finding.command()).contains(command);
  }

  @Test
  void anotherIssuerTellsOfAProxyThatIntercepts() throws JsonProcessingException {
    Finding finding =
        there(Reason.UntrustedCertificate, certificate("CN=Corp Proxy, O=Corp"))
            .with(
                Optional.of(
                    new Problem(
                        Reason.UntrustedCertificate, certificate("CN=Real Authority, O=Corp"))))
            .orElseThrow();

    assertThat(finding.sentence())
        .contains("(CN=Corp Proxy, O=Corp)", "(CN=Real Authority, O=Corp)", "a proxy intercepts");
  }

  @Test
  void theSameIssuerIsNoProxy() throws JsonProcessingException {
    Problem here = new Problem(Reason.UntrustedCertificate, certificate("CN=Corp"));

    assertThat(
            there(Reason.UntrustedCertificate, certificate("CN=Corp"))
                .with(Optional.of(here))
                .orElseThrow()
                .sentence())
        .startsWith("From here it is the same");
  }

  /** They say nothing of the way to the host. */
  @ParameterizedTest
  @CsvSource({"Queued", "RateLimited", "TokenRejected", "SecretNotFound"})
  void whatIsNotOfTheWayIsNotCompared(Reason reason) throws JsonProcessingException {
    assertThat(there(reason, "It was seen.").with(Optional.empty())).isEmpty();
  }
}
