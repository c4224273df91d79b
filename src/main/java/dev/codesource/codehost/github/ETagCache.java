package dev.codesource.codehost.github;

import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.Proof.Account;
import dev.codesource.credential.Token;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
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

  /** RFC 9110 section 8.8.3, ASCII only. */
  private static final Pattern ETAG = Pattern.compile("(W/)?\"[\\x21\\x23-\\x7e]{0,200}\"");

  private final int most;

  /** By digest, the oldest entries first. */
  private final SequencedMap<String, Earlier> answers = new LinkedHashMap<>();

  /**
   * Creates an empty cache.
   *
   * @param most the maximum number of entries; beyond it the oldest are removed
   */
  ETagCache(int most) {
    this.most = most;
  }

  /**
   * The parts of an answer that are needed again.
   *
   * @param etag the validator of the answer
   * @param headers by the names that they are read with
   * @param at when the full answer was received
   */
  record Earlier(String etag, Account account, Map<String, String> headers, Instant at) {

    /** A header of the 304, or else of this answer (RFC 9111 section 3.2). */
    Optional<String> header(ApiResponse confirming, String name) {
      return confirming.header(name).or(() -> Optional.ofNullable(headers.get(name)));
    }
  }

  /** The cached answer to the same request with the same token. */
  synchronized Optional<Earlier> to(URI question, Token token, Instant now) {
    forgetOlderThan(now.minus(LONGEST));
    return Optional.ofNullable(answers.get(digest(question, token)));
  }

  /** Caches an answer that has a validator. */
  synchronized void remember(
      URI question,
      Token token,
      ApiResponse answer,
      Account account,
      Instant now,
      String... headers) {
    String digest = digest(question, token);
    answers.remove(digest);
    Optional<String> etag = answer.header("ETag").filter(tag -> ETAG.matcher(tag).matches());
    if (etag.isEmpty()) {
      return;
    }
    Map<String, String> kept = new LinkedHashMap<>();
    for (String name : headers) {
      answer.header(name).ifPresent(value -> kept.put(name, value));
    }
    answers.putLast(digest, new Earlier(etag.get(), account, Map.copyOf(kept), now));
    while (answers.size() > most) {
      answers.pollFirstEntry();
    }
  }

  synchronized void forget(URI question, Token token) {
    answers.remove(digest(question, token));
  }

  synchronized int remembered() {
    return answers.size();
  }

  private void forgetOlderThan(Instant end) {
    while (!answers.isEmpty() && !answers.firstEntry().getValue().at().isAfter(end)) {
      answers.pollFirstEntry();
    }
  }

  /** A digest, since the token itself must not stay in memory longer than a request takes. */
  private static String digest(URI question, Token token) {
    try {
      byte[] parts = (question + "\0" + token.reveal()).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(parts));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
