package dev.codesource.codehost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.codesource.http.BoundedJson;
import dev.codesource.http.HostResponse;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The answer of a code host, with its JSON parsed once. The answer is not trusted: a value is
 * present only if it has the type, the size and the characters that a platform sends.
 *
 * @param json the JSON object in the body; a missing node if there is none
 */
public record ApiResponse(HostResponse response, JsonNode json) {
  private static final int LONGEST_NAME = 255;
  private static final int MOST_SCOPES = 200;
  private static final Pattern SCOPE = Pattern.compile("[\\w.:/-]{1,100}");

  public static ApiResponse of(HostResponse response) {
    return new ApiResponse(response, read(response));
  }

  /** A body without a media type may be inspected (RFC 9110 section 8.3). */
  private static JsonNode read(HostResponse response) {
    return response.isJson() || response.header("Content-Type").isEmpty()
        ? BoundedJson.read(response.body())
            .filter(JsonNode::isObject)
            .orElseGet(MissingNode::getInstance)
        : MissingNode.getInstance();
  }

  /** The objects in a body that is an array of objects; empty: it is not one. */
  public Optional<List<ApiResponse>> elements() {
    return (response.isJson() ? BoundedJson.readList(response.body()) : Optional.<JsonNode>empty())
        .flatMap(this::objects);
  }

  private Optional<List<ApiResponse>> objects(JsonNode array) {
    return Optional.of(array)
        .filter(JsonNode::isArray)
        .map(
            elements ->
                elements.valueStream().map(each -> new ApiResponse(response, each)).toList())
        .filter(elements -> elements.stream().allMatch(ApiResponse::hasJson));
  }

  /** The objects in an array that is a field of the body; empty: it is not one. */
  public Optional<List<ApiResponse>> elements(String field) {
    return (response.isJson()
            ? BoundedJson.readList(response.body()).map(body -> body.path(field))
            : Optional.<JsonNode>empty())
        .flatMap(this::objects);
  }

  public int status() {
    return response.status();
  }

  public boolean isSuccess() {
    return response.isSuccess();
  }

  public boolean hasJson() {
    return json.isObject();
  }

  /** Whether the answer says that there is none, and not that there is another product. */
  public boolean isMissing() {
    return status() == 404 && !isHtml();
  }

  public boolean isHtml() {
    String type = response.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    return type.startsWith("text/html")
        || type.startsWith("application/xhtml")
        || (type.isEmpty() && response.body().stripLeading().startsWith("<"));
  }

  public Optional<String> header(String name) {
    return response.header(name);
  }

  /** The names of the cookies that the answer sets (RFC 6265 section 4.1.1). */
  Set<String> cookies() {
    return response.headers().getOrDefault("set-cookie", List.of()).stream()
        .map(cookie -> cookie.split("=", 2)[0].strip())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** A name of a person or a machine. */
  public Optional<String> name(String field) {
    return Optional.of(json.path(field))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .filter(ApiResponse::isName);
  }

  /**
   * Whether a text can be shown as a name: not blank, limited in length, only printable characters.
   */
  public static boolean isName(String text) {
    return !text.isBlank()
        && text.length() <= LONGEST_NAME
        && text.codePoints().allMatch(ApiResponse::isPrinted);
  }

  static boolean isPrinted(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** An identifier: a whole number, or a text with the limits of a name. */
  public Optional<String> id(String field) {
    JsonNode value = json.path(field);
    if (value.isIntegralNumber()) {
      return Optional.of(value.asText()).filter(number -> !number.startsWith("-"));
    }
    return name(field);
  }

  /** A text to be compared with known ones, in lower case, and never shown; empty if absent. */
  public String words(String... path) {
    JsonNode value = json;
    for (String field : path) {
      value = value.path(field);
    }
    return value.isTextual() ? value.textValue().toLowerCase(Locale.ROOT) : "";
  }

  /**
   * Whether the body has these words somewhere, in any case: of refusals whose place in the JSON
   * differs from version to version.
   */
  public boolean mentions(String words) {
    return response.body().toLowerCase(Locale.ROOT).contains(words);
  }

  /** Whether the field is present and has the given value. */
  public boolean says(String field, boolean what) {
    JsonNode value = json.path(field);
    return value.isBoolean() && value.booleanValue() == what;
  }

  /** An array of scopes, or a text with scopes separated by spaces or commas. */
  public Optional<SortedSet<String>> scopes(String... path) {
    JsonNode value = json;
    for (String field : path) {
      value = value.path(field);
    }
    if (value.isTextual()) {
      return scopesIn(value.textValue());
    }
    if (!value.isArray() || value.size() > MOST_SCOPES) {
      return Optional.empty();
    }
    SortedSet<String> scopes = new TreeSet<>();
    for (JsonNode scope : value) {
      if (!scope.isTextual() || !SCOPE.matcher(scope.textValue()).matches()) {
        return Optional.empty();
      }
      scopes.add(scope.textValue());
    }
    return Optional.of(scopes);
  }

  /**
   * Scopes separated by spaces or commas, as in {@code X-OAuth-Scopes}; empty if any is not one.
   */
  public static Optional<SortedSet<String>> scopesIn(String list) {
    SortedSet<String> scopes = new TreeSet<>();
    for (String scope : list.strip().split("[\\s,]+", MOST_SCOPES + 1)) {
      if (scope.isEmpty()) {
        continue;
      }
      if (!SCOPE.matcher(scope).matches()) {
        return Optional.empty();
      }
      scopes.add(scope);
    }
    return Optional.of(scopes);
  }

  /** Without the body: it may carry anything. */
  @Override
  public String toString() {
    return response.toString();
  }
}
