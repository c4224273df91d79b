package dev.codesource.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * Where a token comes from: a file, the input, or the person at the terminal. Never an argument,
 * which everybody on the machine can see.
 */
final class NewToken {

  /** No token of a platform is longer. */
  private static final int MOST = 16 << 10;

  @Option(names = "--token-stdin", description = "Read the token from the input.")
  private boolean stdin;

  @Option(names = "--token-file", paramLabel = "FILE", description = "Read the token from a file.")
  private String file = "";

  /** Whether one of the options is given. */
  boolean isGiven() {
    return stdin || !file.isEmpty();
  }

  /** The token. It is not kept in this object. */
  String read(Terminal terminal) {
    if (stdin && !file.isEmpty()) {
      throw Failure.usage("Give one of --token-stdin and --token-file.");
    }
    if (stdin) {
      return checked(read(terminal.input()));
    }
    if (!file.isEmpty()) {
      try (InputStream in = Files.newInputStream(Path.of(file))) {
        return checked(read(in));
      } catch (IOException | java.nio.file.InvalidPathException e) {
        throw Failure.failed("The file %s cannot be read.".formatted(file));
      }
    }
    Optional<String> typed = terminal.prompt().askSecret("Token (it is not shown)");
    return checked(
        typed.orElseThrow(
            () -> Failure.usage("Give the token with --token-stdin or --token-file.")));
  }

  private static String read(InputStream in) {
    try {
      byte[] bytes = in.readNBytes(MOST + 1);
      if (bytes.length > MOST) {
        throw Failure.failed("That is no token: it has more than %d bytes.".formatted(MOST));
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw Failure.failed("The input cannot be read.");
    }
  }

  private static String checked(String text) {
    String token = text.strip();
    if (token.isEmpty()) {
      throw Failure.failed("The token is empty.");
    }
    if (token.codePoints().anyMatch(point -> point <= ' ' || point > '~')) {
      throw Failure.failed(
          "That is no token: it has blanks, line breaks or other characters inside.");
    }
    return token;
  }
}
