package dev.codesource.http;

import dev.codesource.address.NoProxy;
import dev.codesource.address.Origin;
import dev.codesource.reason.Outcome;
import java.util.Optional;

/**
 * Which requests go through a proxy.
 *
 * @param http for URLs with http
 * @param https for URLs with https
 * @param except what is reached without
 * @param guard of what is reached through one
 */
public record Proxies(
    Optional<Proxy> http, Optional<Proxy> https, NoProxy except, NameGuard guard) {

  /** Every host is reached without a proxy. */
  public static final Proxies NONE =
      new Proxies(Optional.empty(), Optional.empty(), NoProxy.NONE, Outcome::done);

  Optional<Proxy> of(Origin origin) {
    Optional<Proxy> proxy =
        switch (origin.scheme()) {
          case HTTP -> http;
          case HTTPS -> https;
        };
    return proxy.filter(_ -> !except.covers(origin));
  }
}
