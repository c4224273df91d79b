package dev.codesource.codehost;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.digest.Sha256;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * What the requests and answers of all platforms about commit statuses have in common. Messages
 * name the repository, the status code, and what the platform asks of who sets a status.
 */
public final class CommitStatusAnswers {

  /** Enough for a status of each rule on some commits. */
  public static final int MAX_REQUESTS = 1_000;

  /** The characters of a description where a platform documents no limit. */
  public static final int USUAL_LENGTH = 255;

  /** The characters of a link where a platform documents no limit. */
  public static final int LONGEST_LINK = 2_000;

  private static final String DOING = "setting the status of a commit";
  private static final String CUT = "\u2026";
  private static final int DIGITS = 10;

  private final Platform platform;
  private final ApiSession api;
  private final RepositoryAnswers repositories;
  private final String needed;

  /**
   * @param api a session of {@link #MAX_REQUESTS}
   * @param needed what the platform asks of the account and its token; completes "it needs …"
   */
  public CommitStatusAnswers(Platform platform, SiteUrl site, ApiSession api, String needed) {
    this.platform = platform;
    this.api = api;
    this.repositories = new RepositoryAnswers(platform, site, api);
    this.needed = needed;
  }

  /** Whether there can be a commit of this name; nothing else is asked for. */
  public static boolean isCommit(CommitStatus status) {
    return RepositoryAnswers.areCommits(status.sha(), status.sha());
  }

  /** A description of at most this many characters. */
  public static String description(CommitStatus status, int most) {
    String text = status.description();
    return text.length() <= most ? text : text.substring(0, most - CUT.length()) + CUT;
  }

  /**
   * A name of at most this many characters. One that is too long ends in a digest of the whole
   * name, so that no two become the same.
   */
  public static String context(CommitStatus status, int most) {
    String name = status.context();
    return name.length() <= most
        ? name
        : name.substring(0, most - DIGITS - 1) + "-" + Sha256.hex(name).substring(0, DIGITS);
  }

  /**
   * A link of at most this many characters; one that is longer would lead nowhere if it was cut.
   */
  public static Optional<String> link(CommitStatus status, int most) {
    return status.link().map(URI::toASCIIString).filter(text -> text.length() <= most);
  }

  /** Sends a status. */
  public Outcome<ApiResponse> post(
      URI uri, Map<String, String> headers, ObjectNode body, Repository repository) {
    return repositories.orMoved(
        api.send(
            new HostRequest(
                Method.POST, uri, headers, Optional.of(HostRequest.Body.json(body.toString())))),
        RepositoryAnswers.named(repository.path()));
  }

  /** The answer to a status that was taken, with the status in it. */
  public Outcome<Boolean> shown(ApiResponse answer) {
    return answer.hasJson() ? Outcome.done(true) : api.notThisPlatform(answer);
  }

  /** The answer to a status that was taken, with nothing in it. */
  public Outcome<Boolean> shownWithoutBody(ApiResponse answer) {
    return answer.isHtml() ? api.notThisPlatform(answer) : Outcome.done(true);
  }

  /** The refusal of a status code that is none of the special cases of the platform. */
  public Outcome<Boolean> refusal(ApiResponse answer, Repository repository) {
    if (answer.isHtml() || answer.status() < 400) {
      return api.notThisPlatform(answer);
    }
    return answer.status() == 401 || answer.status() == 403
        ? forbidden(answer, repository)
        : Outcome.refused(Reason.CommitStatusRefused, sentence(answer, repository) + ".");
  }

  /** The refusal for an account or a token that may not set statuses. */
  public Outcome<Boolean> forbidden(ApiResponse answer, Repository repository) {
    return Outcome.refused(
        Reason.CommitStatusForbidden,
        "%s: it needs %s.".formatted(sentence(answer, repository), needed));
  }

  private String sentence(ApiResponse answer, Repository repository) {
    return RepositoryAnswers.answered(platform, answer, DOING, repository);
  }

  /** The refusal for a repository that is not there, or is not shown to the account. */
  public Outcome<Boolean> noRepository(Repository repository) {
    return repositories.notFound(RepositoryAnswers.named(repository.path()));
  }
}
