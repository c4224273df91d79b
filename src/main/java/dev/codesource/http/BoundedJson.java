package dev.codesource.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;

/**
 * Reads JSON of strangers. A small text can be a large tree: {@code {"a":[{},{},…]}} takes twenty
 * times its size in memory. So the number of tokens is limited, too, and the reading of a text that
 * has more ends there.
 */
public final class BoundedJson {

  /** Deeper than any answer of a code host. */
  private static final int MAX_DEPTH = 20;

  /** The account with the most fields has about 200. */
  private static final int SMALL_TOKENS = 4_096;

  /** A page of 100 objects with 80 fields each. */
  private static final int LARGE_TOKENS = 16_384;

  private static final JsonMapper SMALL = mapper(SMALL_TOKENS);
  private static final JsonMapper LARGE = mapper(LARGE_TOKENS);

  private BoundedJson() {}

  /** The JSON value in a body; empty: there is none, or it is larger than what was asked for. */
  public static Optional<JsonNode> read(String body) {
    return read(body, body.length() <= HostRequest.SMALL_BODY ? SMALL : LARGE);
  }

  /** As {@link #read}, for a body that has to be a list: also a short one can have many tokens. */
  public static Optional<JsonNode> readList(String body) {
    return read(body, LARGE);
  }

  private static Optional<JsonNode> read(String body, JsonMapper mapper) {
    try {
      return Optional.ofNullable(mapper.readTree(body)).filter(node -> !node.isMissingNode());
    } catch (JsonProcessingException notJson) {
      return Optional.empty();
    }
  }

  private static JsonMapper mapper(int maxTokens) {
    return JsonMapper.builder(
            JsonFactory.builder()
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxTokenCount(maxTokens)
                        .maxNameLength(200)
                        .maxNumberLength(100)
                        .build())
                .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .build();
  }
}
