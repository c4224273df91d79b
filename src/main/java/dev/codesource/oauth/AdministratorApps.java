package dev.codesource.oauth;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.Flow;
import dev.codesource.credential.OAuthClient;
import dev.codesource.credential.OAuthClientSecret;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The OAuth applications that the administrator offers to every namespace: a folder with one folder
 * for each application, which has the keys of such a Secret as files, like a mounted Secret. It is
 * read each time, so that a renewed secret needs no restart.
 */
public record AdministratorApps(Optional<Path> folder) {

  /** The flows that may be used, by their names in spec.oauth.flow. Without the file all may be. */
  private static final String FLOWS = "flows";

  /** What spec.oauth.scopes may contain. Without the file it is not limited. */
  private static final String SCOPES = "scopes";

  /**
   * The application whose site is a site, or the nearest above it, for any use; or {@code
   * OAuthNotOffered}.
   */
  Outcome<OAuthClient> of(SiteUrl site) {
    return app(site).then(app -> read(app, site));
  }

  /**
   * As {@link #of(SiteUrl)}, where the administrator allows the flow and the scopes.
   *
   * @param scopes that the binding asks for; empty: those that the platform needs
   */
  Outcome<OAuthClient> of(SiteUrl site, Flow flow, List<String> scopes) {
    return app(site).then(app -> allowed(app, flow, scopes)).then(app -> read(app, site));
  }

  private record App(Path folder, SiteUrl site) {}

  private static Outcome<OAuthClient> read(Path app, SiteUrl site) {
    return OAuthClientSecret.readOfAdministrator(title(app), key -> value(app, key), site);
  }

  private static Outcome<Path> allowed(Path app, Flow flow, List<String> scopes) {
    if (words(app, FLOWS).filter(flows -> !flows.contains(flow.name())).isPresent()) {
      return Outcome.refused(
          Reason.OAuthNotOffered,
          "The %s does not allow spec.oauth.flow %s.".formatted(title(app), flow));
    }
    Set<String> more = new TreeSet<>(scopes);
    more.removeAll(words(app, SCOPES).orElse(more));
    return more.isEmpty()
        ? Outcome.done(app)
        : Outcome.refused(
            Reason.OAuthNotOffered,
            "The %s does not allow all of spec.oauth.scopes.".formatted(title(app)));
  }

  private static Optional<Set<String>> words(Path app, String key) {
    return value(app, key).map(text -> Set.copyOf(List.of(text.strip().split("[\\s,]+"))));
  }

  private static String title(Path app) {
    return "administrator's OAuth application " + app.getFileName();
  }

  private Outcome<Path> app(SiteUrl site) {
    return apps().stream()
        .flatMap(folder -> app(folder).stream())
        .filter(app -> app.site().covers(site))
        .max(Comparator.comparingInt(app -> app.site().path().length()))
        .map(App::folder)
        .map(Outcome::done)
        .orElseGet(
            () ->
                Outcome.refused(
                    Reason.OAuthNotOffered,
                    "The administrator has set no OAuth application for %s, and spec.oauth.clientSecretRef names none."
                        .formatted(site)));
  }

  private static Optional<App> app(Path folder) {
    return value(folder, OAuthClientSecret.URL_KEY)
        .flatMap(AdministratorApps::site)
        .map(site -> new App(folder, site));
  }

  private List<Path> apps() {
    if (folder.filter(Files::isDirectory).isEmpty()) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder.get())) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<SiteUrl> site(String url) {
    return SiteUrl.parse(url.strip()) instanceof Outcome.Done<SiteUrl>(var site)
        ? Optional.of(site)
        : Optional.empty();
  }

  private static Optional<String> value(Path app, String key) {
    Path file = app.resolve(key);
    try {
      return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
