package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.web.console.RepositoriesPage.Found;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepositoriesPageTest {

  private static Secret secret(Map<String, String> values) {
    SecretBuilder secret = new SecretBuilder();
    values.forEach(
        (key, value) ->
            secret.addToData(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return secret.build();
  }

  private static RepositoriesPage page(Secret secret) {
    return RepositoriesPage.of("team-a", "gitlab", "shop 1", secret);
  }

  @Test
  void theAnswerToTheseWordsIsShown() {
    RepositoriesPage page =
        page(secret(Map.of("request", "shop 1", "repositories", "group/shop\ngroup/shop-web")));

    assertThat(page.isAsked()).isFalse();
    assertThat(page.words()).isEqualTo("shop");
    assertThat(page.isIncomplete()).isFalse();
    assertThat(page.found())
        .extracting(Found::path)
        .containsExactly("group/shop", "group/shop-web");
    assertThat(page.found()).extracting(Found::query).contains("group%2Fshop");
  }

  @Test
  void theAnswerToAnotherRequestIsNone() {
    assertThat(page(secret(Map.of("request", "shop 0", "repositories", "group/web"))).isAsked())
        .isTrue();
    assertThat(RepositoriesPage.of("team-a", "gitlab", "shop 1", null).isAsked()).isTrue();
  }

  @Test
  void allThatTheOperatorStoresIsShownHoweverLongItsPathsAre() {
    String paths =
        IntStream.range(0, 50)
            .mapToObj(number -> "group/%0506d".formatted(number))
            .collect(Collectors.joining("\n"));

    assertThat(page(secret(Map.of("request", "shop 1", "repositories", paths))).found())
        .hasSize(50);
  }

  @Test
  void thatThereMayBeOthersIsTold() {
    assertThat(page(secret(Map.of("request", "shop 1", "incomplete", "true"))).isIncomplete())
        .isTrue();
  }

  @Test
  void aRefusalAndNothingAreTold() {
    assertThat(page(secret(Map.of("request", "shop 1", "problem", "No."))).problem())
        .isEqualTo("No.");
    assertThat(page(secret(Map.of("request", "shop 1", "repositories", ""))).isEmpty()).isTrue();
  }

  @Test
  void whatSomebodyElseStoredIsBounded() {
    String many =
        IntStream.range(0, 1_000).mapToObj(i -> "a/" + i).collect(Collectors.joining("\n"));

    assertThat(page(secret(Map.of("request", "shop 1", "repositories", many))).found()).hasSize(50);
    assertThat(
            page(secret(Map.of("request", "shop 1", "repositories", "x".repeat(100_000)))).found())
        .isEmpty();
    assertThat(page(new SecretBuilder().addToData("request", "%%%").build()).isAsked()).isTrue();
  }
}
