package dev.codesource.web.authorize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.http.limit.RequestInterruptedException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuthorizationResourceTest {

  @Test
  void anApiServerThatDoesNotAnswerIsNoFaultOfThePage() {
    Optional<String> page =
        AuthorizationResource.attempted(
            () -> {
              throw new KubernetesClientException("Too many objects are being read at once.");
            });

    assertThat(page).isEmpty();
  }

  @Test
  void whoWaitsWhenTheOperatorStopsIsToldToComeAgain() {
    Optional<String> page =
        AuthorizationResource.attempted(
            () -> {
              throw new RequestInterruptedException(new InterruptedException());
            });

    assertThat(page).isEmpty();
  }
}
