package dev.codesource.git;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.codesource.http.HostClient.Session;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostRequest.Body;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.http.HostResponse;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A repository on a git server, asked over smart HTTP (https://git-scm.com/docs/http-protocol)
 * which refs it has. Two requests with protocol 2, one with a server of protocol 0. Changes nothing
 * on the server.
 */
public final class GitServer {

  /**
   * How many bytes an answer may have: 50 000 refs with names of 80 bytes and peeled ids, and room
   * for the refs of a server of protocol 0 that are not wanted, such as those of merge requests.
   */
  static final int MAX_BODY = 16 << 20;

  /** A shorter one may be in a name by chance, and is no platform's token. */
  private static final int SHORTEST_PASSWORD = 16;

  private static final String OFFER = "application/x-git-upload-pack-advertisement";
  private static final String QUESTION = "application/x-git-upload-pack-request";
  private static final String ANSWER = "application/x-git-upload-pack-result";

  private final Session session;
  private final RefsMemory.Share memory;
  private final URI repository;
  private final Map<String, String> headers;
  private final String password;

  /**
   * @param repository its address for cloning over HTTP or HTTPS, without user and query
   * @param username for basic authentication (RFC 7617)
   * @param password never part of what is returned
   * @param memory for the refs; it is to be held as long as they are
   */
  public GitServer(
      Session session, URI repository, String username, String password, RefsMemory.Share memory) {
    this.session = session;
    this.memory = memory;
    this.repository = repository;
    this.password = password;
    this.headers =
        Map.of(
            "Authorization",
            "Basic "
                + Base64.getEncoder().encodeToString((username + ":" + password).getBytes(UTF_8)),
            "Git-Protocol",
            "version=2");
  }

  /**
   * Asks for the refs.
   *
   * @return the refs; or {@code RepositoryNotFound}, {@code RepositoryNotReadable}, {@code
   *     GitNotServed}, {@code TooManyRefs}, {@code RateLimited}, {@code ServerError}, {@code
   *     Queued}: others hold the memory for refs; or a reason of the client
   */
  public Outcome<Refs> refs(RefFilter filter) {
    LsRefs offer = LsRefs.ofOffer(filter, memory);
    HostRequest request = HostRequest.get(uri("/info/refs?service=git-upload-pack"), with(OFFER));
    return session
        .receive(request.withMaxBody(MAX_BODY), offer::read)
        .then(response -> accepted(response, OFFER))
        .then(
            _ ->
                offer.kind() == LsRefs.Kind.CAPABILITIES
                    ? ask(filter, offer)
                    : result(filter, offer));
  }

  private Outcome<Refs> ask(RefFilter filter, LsRefs offer) {
    if (!offer.isWhole() || !offer.offersLsRefs()) {
      return notServed();
    }
    LsRefs answer = LsRefs.ofAnswer(filter, memory);
    HostRequest request =
        new HostRequest(
            Method.POST,
            uri("/git-upload-pack"),
            with(ANSWER),
            Optional.of(new Body.Text(QUESTION, question(filter, offer.objectFormat()))),
            MAX_BODY);
    return session
        .receive(request, answer::read)
        .then(response -> accepted(response, ANSWER))
        .then(_ -> result(filter, answer));
  }

  private static String question(RefFilter filter, Optional<String> objectFormat) {
    StringBuilder lines = new StringBuilder(line("command=ls-refs\n"));
    objectFormat.ifPresent(format -> lines.append(line("object-format=" + format)));
    lines.append("0001").append(line("peel\n"));
    filter.prefixes().forEach(prefix -> lines.append(line("ref-prefix " + prefix + "\n")));
    return lines.append("0000").toString();
  }

  private static String line(String text) {
    return "%04x%s".formatted(text.getBytes(UTF_8).length + 4, text);
  }

  private Outcome<Refs> result(RefFilter filter, LsRefs read) {
    if (read.isTooMany()) {
      return Outcome.refused(
          Reason.TooManyRefs,
          "%s has more than %d branches and tags that may match a rule."
              .formatted(repository, filter.most()));
    }
    if (read.isOutOfMemory()) {
      return Outcome.waiting(
          Reason.Queued,
          "The operator compares as many branches and tags as it may at once.",
          Optional.empty(),
          Outcome.Scope.CREDENTIAL);
    }
    return read.isWhole() ? refs(read) : notServed();
  }

  /** The name of a ref is shown, and a hostile server could choose one that tells the password. */
  private Outcome<Refs> refs(LsRefs read) {
    Refs refs = read.refs();
    return password.length() >= SHORTEST_PASSWORD && refs.contains(password)
        ? notServed()
        : Outcome.done(refs);
  }

  private Outcome<HostResponse> accepted(HostResponse response, String mediaType) {
    int status = response.status();
    if (status == 429) {
      return Outcome.waiting(
          Reason.RateLimited,
          "The code host limits the rate of git requests.",
          Optional.empty(),
          Outcome.Scope.HOST);
    }
    if (status >= 500) {
      return Outcome.waiting(
          Reason.ServerError,
          "The code host answers a git request with the server error %d.".formatted(status));
    }
    if (status == 404 || status == 410) {
      return Outcome.refused(
          Reason.RepositoryNotFound, "There is no repository at %s.".formatted(repository));
    }
    if (status == 401 || status == 403) {
      return Outcome.refused(
          Reason.RepositoryNotReadable,
          "The code host answers %d to a request for the refs of %s."
              .formatted(status, repository));
    }
    return response.isSuccess() && isOf(response, mediaType) ? Outcome.done(response) : notServed();
  }

  /** The dumb protocol has another type (https://git-scm.com/docs/http-protocol#_dumb_clients). */
  private static boolean isOf(HostResponse response, String mediaType) {
    return response
        .header("Content-Type")
        .map(type -> type.split(";", 2)[0].strip())
        .filter(mediaType::equalsIgnoreCase)
        .isPresent();
  }

  private <T> Outcome<T> notServed() {
    return Outcome.refused(
        Reason.GitNotServed,
        "What answers at %s does not speak git's smart HTTP protocol.".formatted(repository));
  }

  private Map<String, String> with(String accept) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Accept", accept);
    return all;
  }

  private URI uri(String rest) {
    return URI.create(repository + rest);
  }
}
