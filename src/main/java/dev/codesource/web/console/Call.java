package dev.codesource.web.console;

import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Optional;

/** What a browser asks for. It is no record: in one, Quarkus leaves what is of the context null. */
public final class Call {

  @PathParam("namespace")
  @DefaultValue("")
  String namespace;

  @PathParam("name")
  @DefaultValue("")
  String name;

  @Context HttpHeaders headers;
  @Context UriInfo uri;

  /** Called by Quarkus, which fills in the fields. */
  @SuppressWarnings("NullAway.Init")
  Call() {}

  Call(String namespace, String name, HttpHeaders headers, UriInfo uri) {
    this.namespace = namespace;
    this.name = name;
    this.headers = headers;
    this.uri = uri;
  }

  /** Of the page; empty: it is not that of a namespace. */
  String namespace() {
    return namespace;
  }

  /** Of the binding or trigger; empty: it is not the page of one. */
  String name() {
    return name;
  }

  HttpHeaders headers() {
    return headers;
  }

  UriInfo uri() {
    return uri;
  }

  /** The path and query of the request, which is below this site. */
  String path() {
    URI request = uri.getRequestUri();
    return request.getRawPath()
        + Optional.ofNullable(request.getRawQuery()).map(query -> "?" + query).orElse("");
  }

  /** The page with the form or the button that was used. */
  static String form(String path) {
    return path.replaceFirst("/(check|suspend|build)$", "");
  }

  boolean isFromThisConsole() {
    return SameOrigin.sent(headers, uri);
  }
}
