package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.web.console.Changes.Places;
import org.junit.jupiter.api.Test;

class PlacesTest {

  @Test
  void aSessionAUserAndAllTogetherHaveALimit() {
    Places places = new Places(2, 3, 4);

    assertThat(places.take("s1", "alice")).isPresent();
    assertThat(places.take("s1", "alice")).isPresent();
    assertThat(places.take("s1", "alice")).isEmpty();
    assertThat(places.take("s2", "alice")).isPresent();
    assertThat(places.take("s3", "alice")).isEmpty();
    assertThat(places.take("s4", "bob")).isPresent();
    assertThat(places.take("s5", "carol")).isEmpty();
  }

  @Test
  void aPlaceIsGivenBackOnceAndNothingOfItIsKept() {
    Places places = new Places(1, 1, 1);
    Places.Place place = places.take("s1", "alice").orElseThrow();

    place.close();
    place.close();

    assertThat(places.known()).isZero();
    assertThat(places.take("s1", "alice")).isPresent();
    assertThat(places.take("s2", "bob")).isEmpty();
  }
}
