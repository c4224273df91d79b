package dev.codesource.deploytoken;

import static dev.codesource.credential.owned.SecretFields.required;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.DeployTokens.Minted;
import dev.codesource.codehost.DeployTokens.Target;
import dev.codesource.codehost.GitLogin;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.Token;
import dev.codesource.credential.owned.SecretFields;
import dev.codesource.schedule.Lifetime;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A binding's deploy tokens as they are stored in its Secret.
 *
 * @param site that they are for, in its normal form
 * @param current the token for consumers; empty: there is none
 * @param replaced the tokens to delete when consumers have had time to read the current one
 */
record StoredDeployToken(String site, Optional<Current> current, List<Replaced> replaced) {

  private static final String TARGET = "target";
  private static final String ID = "id";
  private static final String USERNAME = "username";
  private static final String OBTAINED_AT = "obtained_at";
  private static final String EXPIRES_AT = "expires_at";
  private static final String REPLACED = "replaced";

  /** Whoever may write the Secret must not be able to name another path of the API. */
  private static final Pattern ID_FORM = Pattern.compile("\\d{1,18}");

  /** A host decides how many tokens it lists, and a Secret has a megabyte. */
  static final int MAX_REPLACED = 100;

  /** One that is in use. */
  record Current(Target target, Minted minted, Instant obtainedAt) {

    private Lifetime lifetime() {
      return new Lifetime(obtainedAt, minted.expiresAt());
    }

    /**
     * @param minimumAge the age at which it is renewed at the earliest
     */
    Instant renewAt(Duration minimumAge) {
      return lifetime().renewAt(minimumAge);
    }

    boolean isAlive(Instant now) {
      return lifetime().contains(now);
    }
  }

  /** A token that is no longer in use, or never was. */
  record Replaced(String id, Target target, Instant since) {

    static Optional<Replaced> parse(String line) {
      String[] parts = line.split(" ", 3);
      return parts.length < 3 || !ID_FORM.matcher(parts[0]).matches()
          ? Optional.empty()
          : Target.parse(parts[2])
              .map(target -> new Replaced(parts[0], target, Instant.parse(parts[1])));
    }

    @Override
    public String toString() {
      return id + " " + since + " " + target;
    }
  }

  static StoredDeployToken none(SiteUrl site) {
    return new StoredDeployToken(site.toString(), Optional.empty(), List.of());
  }

  /** Reads a Secret that the operator wrote; empty: it did not, or somebody changed it since. */
  static Optional<StoredDeployToken> of(Secret secret) {
    return SecretFields.read(
        secret,
        fields ->
            new StoredDeployToken(
                required(fields.text(CredentialSecret.URL_KEY)),
                current(fields),
                fields.text(REPLACED).stream()
                    .flatMap(String::lines)
                    .flatMap(line -> Replaced.parse(line).stream())
                    .toList()));
  }

  private static Optional<Current> current(SecretFields fields) {
    Optional<String> id = fields.text(ID).filter(text -> ID_FORM.matcher(text).matches());
    Optional<Target> target = fields.text(TARGET).flatMap(Target::parse);
    Optional<String> username = fields.text(USERNAME);
    Optional<Token> token = fields.token(CredentialSecret.TOKEN_KEY);
    Optional<Instant> obtainedAt = fields.time(OBTAINED_AT);
    Optional<Instant> expiresAt = fields.time(EXPIRES_AT);
    if (id.isEmpty()
        || target.isEmpty()
        || username.isEmpty()
        || token.isEmpty()
        || obtainedAt.isEmpty()
        || expiresAt.isEmpty()) {
      return Optional.empty();
    }
    GitLogin login = new GitLogin(username.get(), token.get());
    return Optional.of(
        new Current(target.get(), new Minted(id.get(), login, expiresAt.get()), obtainedAt.get()));
  }

  /** The keys and values to store; {@code url} restricts the token to that site. */
  Map<String, String> values() {
    SecretFields.Writer writer = new SecretFields.Writer().text(CredentialSecret.URL_KEY, site);
    current.ifPresent(
        one ->
            writer
                .text(TARGET, one.target().toString())
                .text(ID, one.minted().id())
                .text(USERNAME, one.minted().login().username())
                .token(CredentialSecret.TOKEN_KEY, one.minted().login().password())
                .time(OBTAINED_AT, one.obtainedAt())
                .time(EXPIRES_AT, one.minted().expiresAt()));
    if (!replaced.isEmpty()) {
      writer.text(
          REPLACED, replaced.stream().map(Replaced::toString).collect(Collectors.joining("\n")));
    }
    return writer.values();
  }

  /** The current token, if it is for that site and that target. */
  Optional<Current> currentFor(SiteUrl wantedSite, Target target) {
    return current.filter(one -> site.equals(wantedSite.toString()) && one.target().equals(target));
  }

  /** With another current token; the earlier one is to be deleted later. */
  StoredDeployToken using(Current next, Instant now) {
    return new StoredDeployToken(site, Optional.of(next), withCurrent(now));
  }

  StoredDeployToken usingNone(Instant now) {
    return new StoredDeployToken(site, Optional.empty(), withCurrent(now));
  }

  private List<Replaced> withCurrent(Instant now) {
    List<Replaced> all = new ArrayList<>(replaced);
    current.ifPresent(one -> all.add(new Replaced(one.minted().id(), one.target(), now)));
    return bounded(all);
  }

  /** With tokens of a target to delete that are not stored yet. */
  StoredDeployToken alsoDeleting(List<String> ids, Target target, Instant now) {
    List<Replaced> all = new ArrayList<>(replaced);
    ids.stream()
        .filter(id -> !knows(id, target))
        .forEach(id -> all.add(new Replaced(id, target, now)));
    return new StoredDeployToken(site, current, bounded(all));
  }

  /** The latest: those that are dropped expire by themselves. */
  private static List<Replaced> bounded(List<Replaced> all) {
    return List.copyOf(all.subList(Math.max(0, all.size() - MAX_REPLACED), all.size()));
  }

  private boolean knows(String id, Target target) {
    return current
            .filter(one -> one.target().equals(target) && one.minted().id().equals(id))
            .isPresent()
        || replaced.stream().anyMatch(one -> one.target().equals(target) && one.id().equals(id));
  }

  StoredDeployToken withReplaced(List<Replaced> others) {
    return new StoredDeployToken(site, current, List.copyOf(others));
  }

  boolean isEmpty() {
    return current.isEmpty() && replaced.isEmpty();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "StoredDeployToken for " + site;
  }
}
