package dev.codesource.codehost.gitea;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeliveryContract;
import dev.codesource.codehost.DeliveryHeaders;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GiteaDeliveriesTest extends DeliveryContract {
  private static final String OWN = "x-gitea-signature";
  private static final String USUAL = "x-hub-signature-256";

  @Override
  protected Platform platform() {
    return Platform.Gitea;
  }

  @Override
  protected Set<String> products() {
    return Set.of("gitea");
  }

  @Override
  protected Optional<DeliveryCheck> begin(DeliveryHeaders headers, String secret, Clock clock) {
    return GiteaDeliveries.begin(headers, secret);
  }

  @Override
  protected Map<String, String> genuine() {
    return Map.of(OWN, hexSignature());
  }

  @Test
  void believesTheUsualHeaderWhereItsOwnIsMissingOrEmpty() {
    String usual = "sha256=" + hexSignature();
    assertThat(isGenuine(Map.of(USUAL, usual), SECRET, BODY)).isTrue();
    assertThat(isGenuine(Map.of(OWN, "", USUAL, usual), SECRET, BODY)).isTrue();
    assertThat(begun(Map.of(USUAL, hexSignature()), SECRET)).as("without its prefix").isEmpty();
    assertThat(begun(Map.of(OWN, "", USUAL, ""), SECRET)).isEmpty();
  }

  @Test
  void aWrongHeaderOfItsOwnIsNotMadeGoodByAnother() {
    String usual = "sha256=" + hexSignature();
    assertThat(isGenuine(Map.of(OWN, "0".repeat(64), USUAL, usual), SECRET, BODY)).isFalse();
    assertThat(begun(Map.of(OWN, "failfailfailfail", USUAL, usual), SECRET)).isEmpty();
    assertThat(begun(Map.of(OWN, "0".repeat(2_000), USUAL, usual), SECRET)).isEmpty();
  }
}
