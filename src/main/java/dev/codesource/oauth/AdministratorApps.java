package dev.codesource.oauth;

import dev.codesource.address.SiteUrl;
import dev.codesource.credential.OAuthClient;
import dev.codesource.credential.OAuthClientSecret;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The OAuth applications that the administrator offers to every namespace: a folder with one folder
 * for each application, which has the keys of such a Secret as files, like a mounted Secret. It is
 * read each time, so that a renewed secret needs no restart.
 */
public record AdministratorApps(Optional<Path> folder) {

  /** The application for exactly the origin of a site; or {@code OAuthNotOffered}. */
  Outcome<OAuthClient> of(SiteUrl site) {
    for (Path app : apps()) {
      if (value(app, OAuthClientSecret.URL_KEY).flatMap(AdministratorApps::site).stream()
          .anyMatch(known -> known.origin().equals(site.origin()))) {
        return OAuthClientSecret.read(
            "administrator's OAuth application " + app.getFileName(), key -> value(app, key), site);
      }
    }
    return Outcome.refused(
        Reason.OAuthNotOffered,
        "The administrator has set no OAuth application for %s, and spec.oauth.clientSecretRef names none."
            .formatted(site.origin()));
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
