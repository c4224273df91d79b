package dev.codesource.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WebhookInformerTest {

  private static Secret secret(String namespace, String name, String made) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .withCreationTimestamp(made)
        .endMetadata()
        .build();
  }

  /** Whoever stores the path of another one's webhook is later. */
  @Test
  void aPathIsThatOfTheOldestSecretAndThenOfTheFirstName() {
    List<Secret> inOrder =
        List.of(
            secret("team-z", "z", "2026-11-30T06:07:08Z"),
            secret("team-a", "b", "2026-11-30T06:07:09Z"),
            secret("team-b", "a", "2026-11-30T06:07:09Z"),
            secret("team-b", "b", "2026-11-30T06:07:09Z"));
    List<Secret> shuffled = new ArrayList<>(inOrder);
    Collections.shuffle(shuffled, new Random(1));

    assertThat(shuffled.stream().sorted(WebhookInformer.OLDEST_FIRST)).isEqualTo(inOrder);
  }
}
