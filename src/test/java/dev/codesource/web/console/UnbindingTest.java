package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UnbindingTest {

  @Test
  void whatGoesIsNamedAndTheNameIsTypedIfSomethingUsesIt() {
    Unbinding unbinding =
        Unbinding.of(
            Sample.binding(", publish: [Flux, Git], publishNames: {Git: code}", ""),
            new Panel<>(List.of(Sample.trigger("")), null));

    assertThat(String.join(" ", unbinding.goes()))
        .contains("gitlab-flux", "code", "trigger shop", "gitlab-token");
    assertThat(unbinding.wrongs(Sample.entries("confirm", "other"))).hasSize(1);
    assertThat(unbinding.wrongs(Sample.entries())).hasSize(1);
    assertThat(unbinding.wrongs(Sample.entries("confirm", "gitlab"))).isEmpty();
  }

  @Test
  void aPublishedSecretAloneAndATriggerAloneAreAUse() {
    Unbinding published =
        Unbinding.of(Sample.binding(", publish: [Git]", ""), new Panel<>(List.of(), null));
    Unbinding triggered =
        Unbinding.of(Sample.binding(""), new Panel<>(List.of(Sample.trigger("")), null));

    assertThat(published.wrongs(Sample.entries())).hasSize(1);
    assertThat(triggered.wrongs(Sample.entries())).hasSize(1);
  }

  @Test
  void aBindingThatNothingUsesNeedsNoName() {
    Unbinding unbinding = Unbinding.of(Sample.binding(""), new Panel<>(List.of(), null));

    assertThat(unbinding.wrongs(Sample.entries())).isEmpty();
  }

  @Test
  void whoMayNotSeeTheTriggersIsToldAndTypesTheName() {
    Unbinding unbinding =
        Unbinding.of(Sample.binding(""), new Panel<>(List.of(), "list codesourcetriggers"));

    assertThat(String.join(" ", unbinding.goes())).contains("list codesourcetriggers");
    assertThat(unbinding.wrongs(Sample.entries())).hasSize(1);
  }
}
