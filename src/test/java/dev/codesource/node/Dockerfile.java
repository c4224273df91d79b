package dev.codesource.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code src/main/docker/Dockerfile} says, as far as that file uses the language.
 *
 * @param base the image that it begins with, unless another is given
 * @param copies folders of the checkout, and where they are in the image
 * @param user number of user and group
 */
record Dockerfile(
    String base,
    Map<String, String> copies,
    Map<String, String> environment,
    String user,
    String folder,
    List<String> ports,
    List<String> entrypoint) {

  static final Path FILE = Path.of("src/main/docker/Dockerfile");

  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  static Dockerfile read() {
    Map<String, String> copies = new LinkedHashMap<>();
    Map<String, String> environment = new LinkedHashMap<>();
    Map<String, String> once = new LinkedHashMap<>();
    for (String line : lines()) {
      String[] words = line.split(" +", 2);
      switch (words[0]) {
        case "COPY" -> put(copies, words[1].split(" "));
        case "ENV" -> put(environment, words[1].split("=", 2));
        case "ARG", "FROM", "USER", "WORKDIR", "EXPOSE", "ENTRYPOINT" ->
            put(once, words[0], words[1]);
        default -> throw new AssertionError("this reader does not know " + line);
      }
    }
    if (!once.get("FROM").equals("${BASE}")) {
      throw new AssertionError("the base is not an argument: " + once.get("FROM"));
    }
    return new Dockerfile(
        once.get("ARG").replaceFirst("^BASE=", ""),
        copies,
        environment,
        once.get("USER"),
        once.get("WORKDIR"),
        List.of(once.get("EXPOSE").split(" ")),
        quoted(once.get("ENTRYPOINT")));
  }

  private static List<String> lines() {
    try {
      return Files.readAllLines(FILE).stream()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(Map<String, String> map, String... entry) {
    if (map.putIfAbsent(entry[0], entry[1]) != null) {
      throw new AssertionError("twice in the Dockerfile: " + entry[0]);
    }
  }

  private static List<String> quoted(String array) {
    List<String> words = new ArrayList<>();
    Matcher word = QUOTED.matcher(array);
    while (word.find()) {
      words.add(word.group(1));
    }
    return List.copyOf(words);
  }
}
