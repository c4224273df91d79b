package dev.codesource.codehost;

import dev.codesource.api.Platform;
import dev.codesource.http.HostRequest;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Looks through the list of an account's repositories for those whose path has some words. Not all
 * platforms can search in it, so the paths are compared here, too.
 *
 * @param api a session of {@link RepositoryAnswers#MAX_REQUESTS}
 */
public record RepositorySearch(Platform platform, ApiSession api) {

  /** More are not shown: a person types more words. */
  public static final int MOST_FOUND = 50;

  private static final int MOST_PAGES = 10;

  /**
   * How a platform lists the repositories of an account.
   *
   * @param size how many are asked for; a page with fewer is the last one
   * @param request for a page, from 1
   * @param entries of an answer; empty: it is no list
   * @param field with the path
   */
  public record Listing(
      int size,
      IntFunction<HostRequest> request,
      Function<ApiResponse, Optional<List<ApiResponse>>> entries,
      String field) {}

  /**
   * The paths that have the words, in the order of the platform, at most {@value #MOST_FOUND}; or
   * {@code RepositoryNotReadable}, or a reason of the host.
   *
   * @param words compared without regard to case
   */
  public Outcome<List<String>> find(String words, Listing listing) {
    String wanted = words.toLowerCase(Locale.ROOT);
    List<String> found = new ArrayList<>();
    for (int number = 1; number <= MOST_PAGES && found.size() < MOST_FOUND; number++) {
      Outcome<List<ApiResponse>> page = page(listing, number);
      if (!(page instanceof Outcome.Done<List<ApiResponse>>(var entries))) {
        return page.map(_ -> List.of());
      }
      entries.stream()
          .flatMap(entry -> RepositoryAnswers.text(entry, listing.field()).stream())
          .filter(RepositoryAnswers::isPath)
          .filter(path -> path.toLowerCase(Locale.ROOT).contains(wanted))
          .filter(path -> !found.contains(path))
          .limit(MOST_FOUND - found.size())
          .forEach(found::add);
      if (entries.size() < listing.size()) {
        break;
      }
    }
    return Outcome.done(List.copyOf(found));
  }

  private Outcome<List<ApiResponse>> page(Listing listing, int number) {
    return api.send(listing.request().apply(number).forList())
        .then(
            answer ->
                answer.isSuccess() || answer.isHtml()
                    ? read(listing, answer)
                    : Outcome.refused(
                        Reason.RepositoryNotReadable,
                        "%s answers %d to the request for the repositories of the account."
                            .formatted(platform, answer.status())));
  }

  private Outcome<List<ApiResponse>> read(Listing listing, ApiResponse answer) {
    return listing
        .entries()
        .apply(answer)
        .map(Outcome::done)
        .orElseGet(() -> api.notThisPlatform(answer));
  }
}
