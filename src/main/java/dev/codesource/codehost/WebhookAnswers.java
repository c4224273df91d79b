package dev.codesource.codehost;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.Platform;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.Webhooks.Found;
import dev.codesource.codehost.Webhooks.Wanted;
import dev.codesource.http.HostRequest;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the answers of all platforms about webhooks have in common. Messages name the repository and
 * the status, and of an address only its origin: its path is known to the code host alone.
 */
public final class WebhookAnswers {

  /** The webhooks that are asked for in one page; a platform may send fewer. */
  public static final int PAGE = 100;

  /** The maximum number of pages that are read. */
  public static final int MOST_PAGES = 10;

  /** Enough to list all pages twice and to change all webhooks that are found. */
  public static final int MAX_REQUESTS = 2 * MOST_PAGES + 3 * MOST_PAGES * PAGE;

  private static final int LONGEST_URL = 8_192;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  /** RFC 8288 section 3. */
  private static final Pattern NEXT = Pattern.compile("(?i).*;\\s*rel=\"?next\"?(?:\\s*[,;].*)?");

  private final Platform platform;
  private final ApiSession api;

  /**
   * @param api a session of {@link #MAX_REQUESTS}
   */
  public WebhookAnswers(Platform platform, ApiSession api) {
    this.platform = platform;
    this.api = api;
  }

  /** What is done with webhooks. */
  public enum Doing {
    LISTING("listing the webhooks"),
    MAKING("making a webhook"),
    CHANGING("changing a webhook"),
    DELETING("deleting a webhook");

    private final String title;

    Doing(String title) {
      this.title = title;
    }

    /** As a sentence names it. */
    @Override
    public String toString() {
      return title;
    }
  }

  /** A page of a list; the answer itself, which is long, is not kept. */
  public record Page(List<Found> webhooks, boolean hasNext) {}

  /** Reads one page. */
  @FunctionalInterface
  public interface PageReader {

    /**
     * Reads a page.
     *
     * @param number from 1
     * @param before how many webhooks the pages before had
     */
    Outcome<Page> read(int number, int before);
  }

  /**
   * Reads all pages.
   *
   * @return the webhooks; or {@code TooManyWebhooks}
   */
  public Outcome<List<Found>> all(Repository repository, PageReader pages) {
    Map<String, Found> found = new LinkedHashMap<>();
    for (int number = 1; number <= MOST_PAGES; number++) {
      int before = found.size();
      Outcome<Page> read = pages.read(number, before);
      if (!(read instanceof Outcome.Done<Page>(var page))) {
        return read.map(Page::webhooks);
      }
      page.webhooks().forEach(webhook -> found.putIfAbsent(webhook.id(), webhook));
      // A page without anything new: the host does not know pages, and sends the same again.
      if (!page.hasNext() || found.size() == before) {
        return Outcome.done(List.copyOf(found.values()));
      }
    }
    return Outcome.refused(
        Reason.TooManyWebhooks,
        "%s has more than %d webhooks.".formatted(repository.path(), found.size()));
  }

  /**
   * Reads a page that is an array. Whether another follows say {@code X-Next-Page}, {@code Link} or
   * {@code X-Total-Count}; if there is none of them, a full page may not be the last.
   *
   * @param size how many webhooks were asked for
   */
  public Outcome<Page> page(
      ApiResponse answer, int before, int size, Function<ApiResponse, Outcome<Found>> reader) {
    return answer
        .elements()
        .map(elements -> page(elements, hasNext(answer, before, elements.size(), size), reader))
        .orElseGet(() -> api.notThisPlatform(answer));
  }

  /** Reads a page of which the webhooks are known, and whether another one follows. */
  public Outcome<Page> page(
      List<ApiResponse> elements, boolean hasNext, Function<ApiResponse, Outcome<Found>> reader) {
    return Outcome.all(elements, reader).map(webhooks -> new Page(webhooks, hasNext));
  }

  private static boolean hasNext(ApiResponse answer, int before, int found, int size) {
    Optional<String> next = answer.header("X-Next-Page");
    if (next.isPresent()) {
      return !next.get().isBlank();
    }
    if (answer.header("Link").filter(link -> NEXT.matcher(link).matches()).isPresent()) {
      return true;
    }
    Optional<Long> total =
        answer
            .header("X-Total-Count")
            .map(String::strip)
            .filter(count -> NUMBER.matcher(count).matches())
            .map(Long::valueOf);
    return total.map(count -> before + found < count).orElse(found >= size);
  }

  /** The identifier of a webhook that is a number; empty: it is none. */
  public static Optional<String> number(ApiResponse answer) {
    return answer.id("id").filter(WebhookAnswers::isNumber);
  }

  /** Whether a text is an identifier where identifiers are numbers. */
  public static boolean isNumber(String id) {
    return NUMBER.matcher(id).matches();
  }

  /**
   * A webhook as the platform has it.
   *
   * @param id empty: the answer has none
   * @param url the field with the address
   */
  public Outcome<Found> found(
      Optional<String> id, JsonNode url, boolean isAsWanted, Optional<String> disabled) {
    if (id.isEmpty()) {
      return api.lacks("id");
    }
    return url.isTextual() && url.textValue().length() <= LONGEST_URL
        ? Outcome.done(new Found(id.get(), url.textValue(), isAsWanted, disabled))
        : api.lacks("url");
  }

  /** The webhook in the answer to what was wanted: it also has to have the address. */
  public Outcome<Found> made(
      ApiResponse answer, Wanted wanted, Function<ApiResponse, Outcome<Found>> reader) {
    if (!answer.hasJson()) {
      return api.notThisPlatform(answer);
    }
    return reader
        .apply(answer)
        .map(
            found ->
                new Found(
                    found.id(),
                    found.url(),
                    found.isAsWanted() && found.url().equals(wanted.url().toString()),
                    found.disabled()));
  }

  /**
   * The webhook in the answer to a request that makes it.
   *
   * @param otherwise why there is none
   */
  public Outcome<Found> made(
      ApiResponse answer,
      Wanted wanted,
      Function<ApiResponse, Outcome<Found>> reader,
      Function<ApiResponse, Outcome<Found>> otherwise) {
    return answer.isSuccess() ? made(answer, wanted, reader) : otherwise.apply(answer);
  }

  /**
   * The webhook in the answer to a request that changes it; empty: it is gone.
   *
   * @param isOfWebhook whether what is missing is the webhook, and not its repository
   * @param otherwise why it is not changed
   */
  public Outcome<Optional<Found>> changed(
      ApiResponse answer,
      Wanted wanted,
      Function<ApiResponse, Outcome<Found>> reader,
      Predicate<ApiResponse> isOfWebhook,
      Function<ApiResponse, Outcome<Optional<Found>>> otherwise) {
    if (answer.isSuccess()) {
      return made(answer, wanted, reader).map(Optional::of);
    }
    return answer.isMissing() && isOfWebhook.test(answer)
        ? Outcome.done(Optional.empty())
        : otherwise.apply(answer);
  }

  /** Whether an array has exactly these events, in any order. */
  public static boolean areExactly(Set<String> events, JsonNode array) {
    return array.isArray()
        && array.size() == events.size()
        && array.valueStream().allMatch(each -> events.contains(each.asText()))
        && array.valueStream().distinct().count() == events.size();
  }

  /**
   * Whether a webhook is gone after a request to delete it.
   *
   * @param otherwise why it is not
   */
  public static Outcome<Boolean> deleted(
      ApiResponse answer, Function<ApiResponse, Outcome<Boolean>> otherwise) {
    return answer.isSuccess() || answer.isMissing() ? Outcome.done(true) : otherwise.apply(answer);
  }

  /** The refusal of a status that is none of the special cases of the platform. */
  public <T> Outcome<T> refusal(ApiResponse answer, Repository repository, Doing doing) {
    return answer.status() >= 400 && answer.status() < 500 && !answer.isHtml()
        ? Outcome.refused(Reason.WebhookNotPermitted, sentence(answer, repository, doing) + ".")
        : api.notThisPlatform(answer);
  }

  public <T> Outcome<T> limitReached(ApiResponse answer, Repository repository) {
    return Outcome.refused(
        Reason.WebhookLimitReached,
        sentence(answer, repository, Doing.MAKING) + ": it has as many as it may have.");
  }

  /**
   * The refusal of a request that is not valid: of all that is sent, only the address differs from
   * one installation of the operator to the next.
   */
  public <T> Outcome<T> addressRefused(Wanted wanted) {
    return Outcome.refused(
        Reason.WebhookAddressRefused,
        "%s does not send to %s."
            .formatted(platform, HostRequest.get(wanted.url(), Map.of()).origin()));
  }

  private String sentence(ApiResponse answer, Repository repository, Doing doing) {
    return RepositoryAnswers.answered(platform, answer, doing.toString(), repository);
  }
}
