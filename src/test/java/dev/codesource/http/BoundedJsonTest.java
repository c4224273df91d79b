package dev.codesource.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BoundedJsonTest {

  private static String array(String element, int times) {
    return "{\"a\":[" + (element + ",").repeat(times - 1) + element + "]}";
  }

  @Test
  void anAccountIsRead() {
    assertThat(BoundedJson.read(array("{\"x\":1}", 500))).isPresent();
  }

  /** 21 thousand objects in 64 KiB would be a tree of 2 MiB. */
  @Test
  void aSmallTextThatIsALargeTreeIsNot() {
    String bomb = array("{}", 21_000);
    assertThat(bomb.length()).isLessThan(HostRequest.SMALL_BODY);
    assertThat(BoundedJson.read(bomb)).isEmpty();
  }

  @Test
  void aPageOfAListIsRead() {
    String hook = "{\"id\":1,\"url\":\"" + "x".repeat(800) + "\",\"events\":[\"push\"]}";
    String page = "[" + (hook + ",").repeat(99) + hook + "]";
    assertThat(page.length()).isBetween(HostRequest.SMALL_BODY, HostRequest.LARGE_BODY);
    assertThat(BoundedJson.read(page)).hasValueSatisfying(list -> assertThat(list).hasSize(100));
  }

  /** 60 webhooks of GitLab are 60 kB with 5 000 tokens. */
  @Test
  void aShortListMayHaveManyTokensAndStillHasALimit() {
    String hook =
        IntStream.range(0, 40)
            .mapToObj("\"event_%d\":false"::formatted)
            .collect(Collectors.joining(",", "{", "}"));
    String list = "[" + (hook + ",").repeat(59) + hook + "]";
    assertThat(list.length()).isLessThan(HostRequest.SMALL_BODY);
    assertThat(BoundedJson.read(list)).isEmpty();
    assertThat(BoundedJson.readList(list)).hasValueSatisfying(all -> assertThat(all).hasSize(60));
    assertThat(BoundedJson.readList("[" + "{},".repeat(20_000) + "{}]")).isEmpty();
  }

  @Test
  void aLargeTextHasItsLimitToo() {
    assertThat(BoundedJson.read(array("{}", 80_000))).isEmpty();
  }

  @Test
  void depthNamesAndNumbersHaveLimits() {
    assertThat(BoundedJson.read("[".repeat(30) + "]".repeat(30))).isEmpty();
    assertThat(BoundedJson.read("{\"" + "n".repeat(300) + "\":1}")).isEmpty();
    assertThat(BoundedJson.read("{\"n\":" + "1".repeat(200) + "}")).isEmpty();
  }

  @Test
  void whatIsNoJsonIsNone() {
    assertThat(BoundedJson.read("")).isEmpty();
    assertThat(BoundedJson.read("<html>")).isEmpty();
    assertThat(BoundedJson.read("{} {}")).isEmpty();
    assertThat(BoundedJson.read("{\"a\":1,\"a\":2}")).isEmpty();
  }
}
