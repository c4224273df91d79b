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
 * What a code host said of tokens before, so that it can be asked whether that still holds (RFC
 * 9110 section 13.1.2) where such a question costs nothing. In memory only: after a restart each is
 * asked in full once.
 */
final class ETagCache {

  /**
   * After this an answer is asked for in full again. A 304 need not repeat the headers that speak
   * of the token (RFC 9110 section 15.4.5), and they can change while the account does not.
   */
  private static final Duration LONGEST = Duration.ofHours(24);

  /** RFC 9110 section 8.8.3, ASCII only. */
  private static final Pattern ETAG = Pattern.compile("(W/)?\"[\\x21\\x23-\\x7e]{0,200}\"");

  private final int most;

  /** By digest, those asked for in full the longest ago first. */
  private final SequencedMap<String, Earlier> answers = new LinkedHashMap<>();

  /**
   * Remembers nothing yet.
   *
   * @param most how many answers are remembered; beyond that the oldest are forgotten
   */
  ETagCache(int most) {
    this.most = most;
  }

  /**
   * What a host said, as far as it is needed again.
   *
   * @param etag by which the host knows its answer
   * @param headers by the names they are asked for with
   * @param at when it was asked for in full
   */
  record Earlier(String etag, Account account, Map<String, String> headers, Instant at) {

    /** A header of the answer that confirms this one, or else of this one (RFC 9111 s. 3.2). */
    Optional<String> header(ApiResponse confirming, String name) {
      return confirming.header(name).or(() -> Optional.ofNullable(headers.get(name)));
    }
  }

  /** What the host answered to the same question with the very same token. */
  synchronized Optional<Earlier> to(URI question, Token token, Instant now) {
    forgetOlderThan(now.minus(LONGEST));
    return Optional.ofNullable(answers.get(digest(question, token)));
  }

  /** Remembers an answer that has a validator. */
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

  /** Not the token itself, which stays in memory no longer than a request takes. */
  private static String digest(URI question, Token token) {
    try {
      byte[] parts = (question + "\0" + token.reveal()).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(parts));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
