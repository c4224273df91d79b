package dev.codesource.codehost.github;

import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.Proof.Account;
import dev.codesource.credential.Token;
import dev.codesource.digest.Sha256;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;

/**
 * A cache of a code host's answers about tokens, for conditional requests (RFC 9110 section 13.1.2)
 * where they do not count against a rate limit. In memory only: after a restart the first request
 * for each token is unconditional.
 */
final class ETagCache {

  /**
   * The maximum age of an entry. A 304 need not repeat the headers about the token (RFC 9110
   * section 15.4.5), and they can change while the account does not.
   */
  private static final Duration LONGEST = Duration.ofHours(24);

  /** RFC 9110 section 8.8.3, ASCII only; at most 200 characters. */
  private static final Pattern ETAG = Pattern.compile("(W/)?\"[\\x21\\x23-\\x7e]{0,196}\"");

  /** GitHub has about 40 scopes. */
  private static final int MOST_SCOPES = 64;

  private static final int LONGEST_SCOPES = 1000;

  private final int most;
  private final int mostOfOrigin;

  /** By origin and digest, those asked for in full the longest ago first. */
  private final Map<String, SequencedMap<String, Earlier>> answers = new HashMap<>();

  private int count;

  /**
   * Creates an empty cache.
   *
   * @param most how many answers are remembered; beyond that the oldest of the origin with the most
   *     answers are forgotten
   * @param mostOfOrigin how many answers of one origin are remembered, so that one host does not
   *     take the place of all others
   */
  ETagCache(int most, int mostOfOrigin) {
    this.most = most;
    this.mostOfOrigin = mostOfOrigin;
  }

  /**
   * What a host said, as far as it is needed again, and parsed: headers can be long.
   *
   * @param etag by which the host knows its answer
   * @param scopes empty: the host did not tell
   * @param expiresAt empty: the host did not tell
   * @param at when it was asked for in full
   */
  record Earlier(
      String etag,
      Account account,
      Optional<SortedSet<String>> scopes,
      Optional<Instant> expiresAt,
      Instant at) {}

  /** The cached answer to the same request with the same token. */
  synchronized Optional<Earlier> to(URI question, Token token, Instant now) {
    forgetOlderThan(now.minus(LONGEST));
    return Optional.ofNullable(answers.get(origin(question)))
        .map(of -> of.get(digest(question, token)));
  }

  /** Remembers an answer that has a validator. An answer with very many scopes is not kept. */
  synchronized void remember(
      URI question,
      Token token,
      ApiResponse answer,
      Account account,
      Optional<SortedSet<String>> scopes,
      Optional<Instant> expiresAt,
      Instant now) {
    forget(question, token);
    Optional<String> etag = answer.header("ETag").filter(tag -> ETAG.matcher(tag).matches());
    if (etag.isEmpty() || scopes.filter(ETagCache::isTooMuch).isPresent()) {
      return;
    }
    SequencedMap<String, Earlier> ofOrigin =
        answers.computeIfAbsent(origin(question), _ -> new LinkedHashMap<>());
    ofOrigin.putLast(
        digest(question, token), new Earlier(etag.get(), account, scopes, expiresAt, now));
    count++;
    if (ofOrigin.size() > mostOfOrigin) {
      ofOrigin.pollFirstEntry();
      count--;
    } else if (count > most) {
      answers.values().stream()
          .max(Comparator.comparingInt(Map::size))
          .ifPresent(
              largest -> {
                largest.pollFirstEntry();
                count--;
              });
      answers.values().removeIf(Map::isEmpty);
    }
  }

  private static boolean isTooMuch(Set<String> scopes) {
    return scopes.size() > MOST_SCOPES
        || scopes.stream().mapToInt(String::length).sum() > LONGEST_SCOPES;
  }

  synchronized void forget(URI question, Token token) {
    SequencedMap<String, Earlier> ofOrigin = answers.get(origin(question));
    if (ofOrigin != null && ofOrigin.remove(digest(question, token)) != null) {
      count--;
      if (ofOrigin.isEmpty()) {
        answers.remove(origin(question));
      }
    }
  }

  synchronized int remembered() {
    return count;
  }

  private void forgetOlderThan(Instant end) {
    for (SequencedMap<String, Earlier> ofOrigin : answers.values()) {
      while (!ofOrigin.isEmpty() && !ofOrigin.firstEntry().getValue().at().isAfter(end)) {
        ofOrigin.pollFirstEntry();
        count--;
      }
    }
    answers.values().removeIf(Map::isEmpty);
  }

  private static String origin(URI question) {
    return question.getScheme() + "://" + question.getRawAuthority();
  }

  /** A digest, since the token itself must not stay in memory longer than a request takes. */
  private static String digest(URI question, Token token) {
    return Sha256.hex(question + "\0" + token.reveal());
  }
}
