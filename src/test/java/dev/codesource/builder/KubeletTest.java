package dev.codesource.builder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeletTest {

  /**
   * As the kubelet reads a text, from left to right: two dollars are one, and a reference to a
   * variable that there is is its value (k8s.io/kubernetes/third_party/forked/golang/expansion).
   */
  private static String read(String text, Map<String, String> variables) {
    return Pattern.compile("\\$\\$|\\$\\((?<name>[^)]*)\\)")
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group().equals("$$")
                        ? "$"
                        : variables.getOrDefault(found.group("name"), found.group())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text",
        "$",
        "$$",
        "$(HOME)",
        "$$(HOME)",
        "$$$(HOME)",
        "$$$$(HOME)$",
        "a$(HOME)b$(OTHER)",
        "$(HO$(HOME)ME)",
        "${HOME}",
        "$(HOME",
        "$HOME"
      })
  void whatTheKubeletReadsIsTheText(String text) {
    assertThat(read(Kubelet.literally(text), Map.of("HOME", "/secret"))).isEqualTo(text);
  }
}
