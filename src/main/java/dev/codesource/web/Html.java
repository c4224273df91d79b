package dev.codesource.web;

import dev.codesource.digest.Sha256;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

/** Makes responses with a page and security headers. */
public final class Html {

  /** The style sheet, which is part of the page, so that it needs no second request. */
  public static final String STYLE = style();

  private static final String STYLE_SOURCE = "'sha256-" + digest(STYLE) + "'";

  private Html() {}

  /** A page without a script, whose forms go to its own site. */
  public static Response page(int status, TemplateInstance template) {
    return page(status, template, "'self'");
  }

  /**
   * A page without a script.
   *
   * @param formTargets the targets of forms of the page, redirects included
   */
  public static Response page(int status, TemplateInstance template, String formTargets) {
    return guarded(
            Response.status(status)
                .type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .entity(template.render()),
            formTargets)
        .build();
  }

  /**
   * Adds the headers of a page without a script.
   *
   * @param formTargets the targets of forms of the page, redirects included
   */
  public static ResponseBuilder guarded(ResponseBuilder response, String formTargets) {
    return guarded(response, formTargets, "", "no-referrer");
  }

  /**
   * Adds the headers of a page that runs the scripts of its own site, and of no other. Its own site
   * gets the page's address, no other does: with no-referrer browsers would send the forms with
   * {@code Origin: null} (https://fetch.spec.whatwg.org/#append-a-request-origin-header).
   */
  public static ResponseBuilder withScripts(ResponseBuilder response) {
    return guarded(response, "'self'", "; script-src 'self'; connect-src 'self'", "same-origin");
  }

  private static ResponseBuilder guarded(
      ResponseBuilder response, String formTargets, String scripts, String referrers) {
    return response
        .header(
            "Content-Security-Policy",
            "default-src 'none'; style-src "
                + STYLE_SOURCE
                + scripts
                + "; form-action "
                + formTargets
                + "; frame-ancestors 'none'; base-uri 'none'")
        .header("Referrer-Policy", referrers)
        .header("Cache-Control", "no-store")
        .header("X-Content-Type-Options", "nosniff")
        .header("X-Frame-Options", "DENY")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("X-Robots-Tag", "noindex");
  }

  private static String style() {
    try (InputStream in =
        Objects.requireNonNull(Html.class.getResourceAsStream("/templates/style.css"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(String text) {
    return Base64.getEncoder().encodeToString(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
  }
}
