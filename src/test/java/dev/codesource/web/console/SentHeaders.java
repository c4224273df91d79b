package dev.codesource.web.console;

import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The headers of a request, as a browser sends them. */
final class SentHeaders implements HttpHeaders {

  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, Cookie> cookies = new HashMap<>();

  static SentHeaders of(String... namesAndValues) {
    SentHeaders sent = new SentHeaders();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      sent.headers.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return sent;
  }

  /** What a browser sends after it got these Set-Cookie headers. */
  SentHeaders after(List<String> setCookies) {
    for (String cookie : setCookies) {
      String name = cookie.substring(0, cookie.indexOf('='));
      String value = cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
      if (cookie.contains("Max-Age=0;")) {
        cookies.remove(name);
      } else {
        cookie(name, value);
      }
    }
    return this;
  }

  SentHeaders cookie(String name, String value) {
    cookies.put(name, new Cookie.Builder(name).value(value).build());
    return this;
  }

  @Override
  public Map<String, Cookie> getCookies() {
    return cookies;
  }

  @Override
  public String getHeaderString(String name) {
    return headers.get(name);
  }

  @Override
  public List<String> getRequestHeader(String name) {
    if (name.equalsIgnoreCase(COOKIE) && !cookies.isEmpty()) {
      return List.of(
          cookies.values().stream()
              .map(cookie -> cookie.getName() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    return headers.containsKey(name) ? List.of(headers.get(name)) : List.of();
  }

  @Override
  public MultivaluedMap<String, String> getRequestHeaders() {
    MultivaluedMap<String, String> all = new MultivaluedHashMap<>();
    headers.forEach((name, value) -> all.put(name, new ArrayList<>(List.of(value))));
    return all;
  }

  @Override
  public List<MediaType> getAcceptableMediaTypes() {
    return List.of(MediaType.WILDCARD_TYPE);
  }

  @Override
  public List<Locale> getAcceptableLanguages() {
    return List.of();
  }

  @Override
  public MediaType getMediaType() {
    return null;
  }

  @Override
  public Locale getLanguage() {
    return null;
  }

  @Override
  public Date getDate() {
    return null;
  }

  @Override
  public int getLength() {
    return -1;
  }
}
