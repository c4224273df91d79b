package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.web.console.TriggersPage.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class TriggersPageTest {

  @Test
  void eachTriggerIsShownWithItsStateAndItsLastBuild() {
    Row row =
        Row.of(
            Sample.trigger(
                "phase: Active, rules: [{name: main, lastBuild: {ref: refs/heads/main, sha:"
                    + " abcdef0123, state: Delivered, foundAt: '2026-11-30T11:00:00Z', images:"
                    + " ['r/i:1']}}, {name: old, lastBuild: {ref: refs/heads/old, sha: 0123456789,"
                    + " state: Failed, foundAt: '2026-11-30T10:00:00Z'}}]"),
            Sample.NOW);

    assertThat(row.status().word()).isEqualTo("Active");
    assertThat(row.binding()).isEqualTo("gitlab");
    assertThat(row.image()).isEqualTo("r/i:1");
    assertThat(row.last().state().word()).isEqualTo("Delivered");
    assertThat(row.last().commit()).isEqualTo("abcdef01");
  }

  @Test
  void whatWasNeverBuiltShowsTheImageThatWouldBe() {
    Row row = Row.of(Sample.trigger(""), Sample.NOW);

    assertThat(row.last()).isNull();
    assertThat(row.image()).isEqualTo("registry.example.com/team-a/shop");
  }

  @Test
  void thePageIsToldOfTheChangesOfAllTriggers() {
    TriggersPage page = new TriggersPage("team-a", "7", List.of(), false);

    assertThat(page.changes()).isEqualTo("/ns/team-a/changes?trigger=*&version=7");
    assertThat(new Changes.Wanted("team-a", "", "*", "7").isValid()).isTrue();
    assertThat(new Changes.Wanted("team-a", "", "**", "7").isValid()).isFalse();
    assertThat(new Changes.Wanted("team-a", "*", "", "7").isValid()).isFalse();
  }
}
