package dev.codesource.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.address.Origin.Scheme;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoProxyTest {

  @ParameterizedTest
  @CsvSource({
    "corp.example, corp.example, 443, true",
    "corp.example, git.corp.example, 443, true",
    "corp.example, notcorp.example, 443, false",
    "CORP.example, git.corp.example, 443, true",
    ".corp.example, git.corp.example, 443, true",
    ".corp.example, corp.example, 443, false",
    "*.corp.example, a.b.corp.example, 443, true",
    "*.corp.example, corp.example, 443, false",
    "corp.example:8080, corp.example, 8080, true",
    "corp.example:8080, corp.example, 443, false",
    ".corp.example:8080, git.corp.example, 8080, true",
    "10.0.0.0/8, 10.1.2.3, 443, true",
    "10.0.0.0/8, 11.1.2.3, 443, false",
    "10.0.0.0/8, ten.corp.example, 443, false",
    "192.0.2.1, 192.0.2.1, 443, true",
    "fd00::/8, fd12::1, 443, true",
    "fd12::1, fd12::1, 443, true",
    "*, github.com, 443, true"
  })
  void entriesAreReadAsMostProgramsReadThem(
      String entry, String host, int port, boolean isCovered) {
    assertThat(NoProxy.parse(List.of("other.example", entry)).covers(origin(host, port)))
        .isEqualTo(isCovered);
  }

  @Test
  void loopbackIsNeverBehindAProxy() {
    for (String host : List.of("localhost", "git.localhost", "127.0.0.1", "127.1.2.3", "::1")) {
      assertThat(NoProxy.NONE.covers(origin(host, 443))).as(host).isTrue();
    }
    assertThat(NoProxy.NONE.covers(origin("localhost.corp.example", 443))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a b",
        "http://corp.example",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "corp.example:99999",
        "*corp.example",
        ".10.0.0.1"
      })
  void anEntryThatWouldNotMatchWhatItSeemsToIsRefused(String entry) {
    assertThatThrownBy(() -> NoProxy.parse(List.of(entry)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Origin origin(String host, int port) {
    return new Origin(Scheme.HTTPS, host, port);
  }
}
