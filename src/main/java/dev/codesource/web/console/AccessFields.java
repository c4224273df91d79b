package dev.codesource.web.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.Platform;
import dev.codesource.web.console.FormPage.Wrong;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of a form that says what proves the access, with what a person has filled in. */
record AccessFields(PlatformGuide guide, Entries entries) {

  /** The only type of Secrets with a token that the operator reads. */
  private static final String TOKEN_TYPE = "codesource.dev/token";

  private static final String TOKEN = "Token";
  private static final String BROWSER = "Browser";
  private static final String CODE = "Code";

  /**
   * The fields.
   *
   * @param advice where the token is made, and what it needs
   */
  List<Field> fields(String advice) {
    List<Field> fields =
        new ArrayList<>(
            List.of(
                Field.radio(
                    "with",
                    "How to prove the access",
                    List.of(
                        new Option(TOKEN, "a token", with().equals(TOKEN)),
                        new Option(BROWSER, "log on in a browser", with().equals(BROWSER)),
                        new Option(CODE, "enter a code on any device", with().equals(CODE)))),
                Field.password("token", "Token").hint(advice).look("for-token")));
    if (Platform.named(guide.name()).filter(Platform::hasTokensWithEmail).isPresent()) {
      fields.add(
          Field.text("email", "E-mail address", entries.text("email"))
              .hint("That of the account. API tokens of Bitbucket Cloud need it, others do not.")
              .look("for-token"));
    }
    fields.add(
        Field.text("client", "Secret of the OAuth application", entries.text("client"))
            .hint("Empty: the application that the administrator has set for this site.")
            .look("for-oauth"));
    return fields;
  }

  /** The field of what few need. */
  Field certificates() {
    return Field.area("ca", "Certificates of a private authority", entries.text("ca"))
        .hint("In PEM form. They are stored with the token.")
        .look("for-token");
  }

  private String with() {
    return entries.textOr("with", TOKEN);
  }

  boolean isByToken() {
    return with().equals(TOKEN);
  }

  /** What can be seen to be wrong before anything is sent. */
  Optional<Wrong> wrong() {
    return isByToken() ? tokenWrong(entries.text("token")) : Optional.empty();
  }

  /** The operator says the same ({@code CredentialMalformed}), but later. */
  static Optional<Wrong> tokenWrong(String token) {
    if (token.isEmpty()) {
      return Optional.of(new Wrong("token", "The token is needed."));
    }
    return token
            .chars()
            .anyMatch(each -> each <= ' ' || each == 0x7f || each == '"' || each == '\'')
        ? Optional.of(new Wrong("token", "Paste the token alone, without quotes and white space."))
        : Optional.empty();
  }

  /**
   * What the Secret with the token holds.
   *
   * @param url the site that the token is for; empty: the public one
   */
  Map<String, String> data(String url) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("url", url.isEmpty() ? guide.site().map(Object::toString).orElse("") : url);
    data.put("token", entries.text("token"));
    put(data, "ca.crt", entries.text("ca"));
    put(data, "email", entries.text("email"));
    return data;
  }

  private static void put(Map<String, String> data, String key, String value) {
    if (!value.isEmpty()) {
      data.put(key, value);
    }
  }

  /** The Secret with the token, as {@link #data} has it. */
  Secret secret(String namespace, String name, String url) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .endMetadata()
        .withType(TOKEN_TYPE)
        .withStringData(data(url))
        .build();
  }

  /** The field {@code spec.oauth} of the binding. */
  ObjectNode oauth() {
    ObjectNode oauth =
        JsonNodeFactory.instance
            .objectNode()
            .put("flow", with().equals(CODE) ? "Device" : "AuthorizationCode");
    if (!entries.text("client").isEmpty()) {
      oauth.putObject("clientSecretRef").put("name", entries.text("client"));
    }
    return oauth;
  }
}
