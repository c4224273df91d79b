package dev.codesource.codehost;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.Platform;
import dev.codesource.http.HostRequest;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.net.HttpURLConnection;
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
 * @param absent what a 404 means, if it does not mean that the site has no such list
 */
public record RepositorySearch(Platform platform, ApiSession api, Optional<Problem> absent) {

  private static final int MOST_PAGES = 10;

  /** In the list that each site of the platform has. */
  public RepositorySearch(Platform platform, ApiSession api) {
    this(platform, api, Optional.empty());
  }

  /**
   * What was found.
   *
   * @param isComplete whether the account has no others with these words
   */
  public record Found(List<String> paths, boolean isComplete) {}

  /**
   * A page of the list.
   *
   * @param next the request for the next page; empty: this is the last one
   */
  public record Page(List<String> paths, Optional<HostRequest> next) {}

  /** Reads a page. */
  @FunctionalInterface
  public interface Reader {

    /**
     * Reads a page.
     *
     * @param number of this page, from 1
     * @return empty: the answer is no list
     */
    Optional<Page> read(ApiResponse answer, int number);
  }

  /**
   * Of a list whose pages have numbers. The last one is followed by an empty one: a server may send
   * less than it was asked for.
   *
   * @param request for a page, from 1
   * @param entries of an answer; empty: it is no list
   * @param field with the path
   */
  public Outcome<Found> inNumberedPages(
      String words,
      IntFunction<HostRequest> request,
      Function<ApiResponse, Optional<List<ApiResponse>>> entries,
      String field) {
    return find(
        words,
        request.apply(1),
        (answer, number) ->
            entries
                .apply(answer)
                .map(
                    page ->
                        new Page(
                            page.stream()
                                .flatMap(entry -> RepositoryAnswers.text(entry, field).stream())
                                .toList(),
                            page.isEmpty()
                                ? Optional.empty()
                                : Optional.of(request.apply(number + 1)))));
  }

  /**
   * The paths that have the words, in the order of the platform, at most {@value
   * CodeSourceBinding#MOST_REPOSITORIES}; or {@code RepositoryNotReadable}, or a reason of the
   * host.
   *
   * @param words compared without regard to case
   */
  public Outcome<Found> find(String words, HostRequest first, Reader reader) {
    String wanted = words.toLowerCase(Locale.ROOT);
    List<String> found = new ArrayList<>();
    Optional<HostRequest> next = Optional.of(first);
    for (int number = 1; number <= MOST_PAGES && next.isPresent(); number++) {
      Outcome<Page> read = page(next.get(), reader, number);
      if (!(read instanceof Outcome.Done<Page>(var page))) {
        return read.map(_ -> new Found(List.of(), false));
      }
      for (String path : page.paths()) {
        if (RepositoryAnswers.isPath(path)
            && path.toLowerCase(Locale.ROOT).contains(wanted)
            && !found.contains(path)) {
          if (found.size() == CodeSourceBinding.MOST_REPOSITORIES) {
            return Outcome.done(new Found(List.copyOf(found), false));
          }
          found.add(path);
        }
      }
      next = page.next();
    }
    return Outcome.done(new Found(List.copyOf(found), next.isEmpty()));
  }

  private Outcome<Page> page(HostRequest request, Reader reader, int number) {
    return api.send(request.forList())
        .then(
            answer ->
                answer.isSuccess() || answer.isHtml()
                    ? reader
                        .read(answer, number)
                        .map(Outcome::done)
                        .orElseGet(() -> api.notThisPlatform(answer))
                    : Outcome.refused(problem(answer.status())));
  }

  /** Each account has a list, if only an empty one: only 401 and 403 are about the account. */
  private Problem problem(int status) {
    String what =
        "%s answers %d to the request for the repositories of the account."
            .formatted(platform, status);
    return switch (status) {
      case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
          new Problem(Reason.RepositoryNotReadable, what);
      case HttpURLConnection.HTTP_NOT_FOUND -> absent.orElseGet(() -> noList(what));
      default -> noList(what);
    };
  }

  private static Problem noList(String what) {
    return new Problem(
        Reason.RepositoryNotReadable,
        what,
        "This says nothing about the account: the site, or a proxy before it, does not offer the list. Type the path of the repository instead.");
  }
}
