package dev.codesource.web.console;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Optional;

/**
 * Whether a form was sent from a page of this console. Browsers say so in {@code Sec-Fetch-Site}
 * (https://www.w3.org/TR/fetch-metadata/), which no page can forge; older ones in {@code Origin}
 * (RFC 6454 section 7). Other sites of the same domain are other origins. No form has a secret of
 * its own, so pages may be compressed.
 */
final class SameOrigin {

  private SameOrigin() {}

  static boolean sent(HttpHeaders headers, UriInfo uri) {
    String site = headers.getHeaderString("Sec-Fetch-Site");
    if (site != null) {
      return site.equals("same-origin");
    }
    return Optional.ofNullable(headers.getHeaderString("Origin"))
        .filter(origin -> isHost(origin, headers.getHeaderString(HttpHeaders.HOST), uri))
        .isPresent();
  }

  /** Whether a page of another origin asked, so that the visitor does not know of it. */
  static boolean isOfAnother(HttpHeaders headers) {
    String site = headers.getHeaderString("Sec-Fetch-Site");
    return site != null && !site.equals("same-origin");
  }

  private static boolean isHost(String origin, String host, UriInfo uri) {
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority != null
          && authority.equals(host == null ? uri.getBaseUri().getRawAuthority() : host);
    } catch (IllegalArgumentException noUri) {
      return false;
    }
  }
}
