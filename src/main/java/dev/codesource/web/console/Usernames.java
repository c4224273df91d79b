package dev.codesource.web.console;

import dev.codesource.digest.Sha256;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * How the API server calls the owners of tokens. It is asked once for each token, and what it said
 * of the last ones is kept, by their digests: for what is shown only, since it decides again at
 * each request.
 */
public final class Usernames {

  private static final int MOST_KEPT = 1_000;

  /** In characters, of what is shown and kept in a cookie. */
  private static final int LONGEST = 250;

  private static final String ANONYMOUS = "system:anonymous";

  private final VisitorClients clients;
  private final LoginLimit limit;
  private final SequencedMap<String, String> known = new LinkedHashMap<>();

  /** So many ask whose their tokens are that this one is not asked about now. */
  static final class Busy extends KubernetesClientException {
    private static final long serialVersionUID = 1;

    Busy() {
      super("Too many tokens are asked about at once", 429, null);
    }
  }

  /** Asks with the clients of visitors. */
  public Usernames(VisitorClients clients) {
    this(clients, new LoginLimit());
  }

  Usernames(VisitorClients clients, LoginLimit limit) {
    this.clients = clients;
    this.limit = limit;
  }

  /**
   * Asks the API server whose a token is, however often it was asked before.
   *
   * @return empty: nobody's
   * @throws Busy if there is no place for it
   * @throws KubernetesClientException if the API server refuses the token, or does not answer
   */
  Optional<String> ask(BearerToken token) {
    return limit.within(() -> askNow(token), Busy::new);
  }

  private Optional<String> askNow(BearerToken token) {
    try (KubernetesClient api = clients.of(token)) {
      SelfSubjectReview review = api.resource(new SelfSubjectReview()).create();
      return Optional.ofNullable(review.getStatus())
          .flatMap(status -> Optional.ofNullable(status.getUserInfo()))
          .map(UserInfo::getUsername)
          .filter(name -> !name.isBlank() && !name.equals(ANONYMOUS))
          .map(name -> name.length() > LONGEST ? name.substring(0, LONGEST) + "…" : name);
    }
  }

  /** As {@link #ask}, but once for each token. */
  Optional<String> of(BearerToken token) {
    String digest =
        HexFormat.of().formatHex(Sha256.of(token.value().getBytes(StandardCharsets.UTF_8)));
    Optional<String> before = remembered(digest);
    if (before.isPresent()) {
      return before;
    }
    Optional<String> name = ask(token);
    name.ifPresent(each -> remember(digest, each));
    return name;
  }

  /** Whose token it is, as a visitor whose session begins now; else as {@link #of}. */
  Optional<Visitor> visitor(BearerToken token, Instant now) {
    return of(token).map(name -> Visitor.of(token, name, now));
  }

  private Optional<String> remembered(String digest) {
    synchronized (known) {
      return Optional.ofNullable(known.get(digest));
    }
  }

  private void remember(String digest, String name) {
    synchronized (known) {
      known.putLast(digest, name);
      if (known.size() > MOST_KEPT) {
        known.pollFirstEntry();
      }
    }
  }
}
