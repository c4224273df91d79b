package dev.codesource.reason;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code docs/troubleshooting.md}, by its sections of the third level.
 *
 * @param contents what stands before the first section
 */
public record Troubleshooting(String contents, Map<String, String> sections) {

  private static final Pattern SECTION = Pattern.compile("(?ms)^### (\\S+)\n(.*?)(?=^#{1,3} |\\z)");

  private static final Pattern QUOTATION = Pattern.compile("(?m)^> (.+)$");

  public static Troubleshooting page() {
    try {
      Map<String, String> sections = new LinkedHashMap<>();
      String page = Files.readString(Path.of("docs/troubleshooting.md"));
      Matcher section = SECTION.matcher(page);
      while (section.find()) {
        if (sections.put(section.group(1), section.group(2)) != null) {
          throw new AssertionError("there are two sections " + section.group(1));
        }
      }
      return new Troubleshooting(page.substring(0, page.indexOf("\n## ")), sections);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String section(Reason reason) {
    return sections.getOrDefault(reason.name(), "");
  }

  /** The messages that the section shows, in their general form. */
  public Set<String> messages(Reason reason) {
    Set<String> messages = new TreeSet<>();
    Matcher quotation = QUOTATION.matcher(section(reason));
    while (quotation.find()) {
      messages.add(general(quotation.group(1)));
    }
    return messages;
  }

  /**
   * A message without what differs from one binding to the next: sites, dates, fingerprints,
   * digests, namespaces; and without the ports for https: a test cannot listen at the only one that
   * the chart allows by default.
   */
  public static String general(String message) {
    return message
        .replaceAll("(?:https?://)?(?:127\\.0\\.0\\.1|gitlab\\.corp\\.example)(?::\\d+)?", "SITE")
        .replaceAll("\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d:\\d\\d:\\d\\dZ)?", "DATE")
        .replaceAll("--namespace \\S+", "--namespace NAMESPACE")
        .replaceAll("https may use port [0-9, orto]+\\.", "https may use port PORTS.")
        .replaceAll("sha256:[0-9a-f]{64}", "DIGEST")
        .replaceAll("(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", "FINGERPRINT");
  }
}
