package dev.codesource.codehost.bitbucket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.http.BoundedJson;
import java.util.List;
import java.util.Optional;

/**
 * A page of a list. Both products send an object with the array {@code values}, and tell in their
 * own ways whether there are more pages.
 *
 * @param json the object
 */
record BitbucketPage(List<ApiResponse> values, JsonNode json) {

  /** Empty: the answer is none. */
  static Optional<BitbucketPage> of(ApiResponse answer) {
    return Optional.of(answer)
        .filter(page -> page.isSuccess() && page.response().isJson())
        .flatMap(page -> BoundedJson.readList(page.response().body()))
        .filter(json -> json.path("values").isArray())
        .map(json -> new BitbucketPage(values(answer, json), json))
        .filter(page -> page.values().stream().allMatch(ApiResponse::hasJson));
  }

  private static List<ApiResponse> values(ApiResponse answer, JsonNode json) {
    return json.path("values")
        .valueStream()
        .map(value -> new ApiResponse(answer.response(), value))
        .toList();
  }

  /** Of Cloud: whether there is an address of a next page. */
  boolean hasNext() {
    return json.path("next").isTextual();
  }

  /** Of Data Center: where the next page begins; empty: this one is the last. */
  Optional<Integer> nextStart() {
    JsonNode next = json.path("nextPageStart");
    return json.path("isLastPage").asBoolean(true) || !next.canConvertToInt() || next.intValue() < 0
        ? Optional.empty()
        : Optional.of(next.intValue());
  }
}
