package dev.codesource.sink;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.ApiGroup;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event in the binary mode of CloudEvents 1.0 over HTTP
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md):
 * its attributes are headers, its data is the body. {@code docs/schemas/ref-updated-v1.json}
 * describes the data.
 *
 * @param id the same for the same commit, however often it is sent
 * @param attributes the headers, besides Content-Type
 * @param data JSON
 */
record CloudEvent(String id, Map<String, String> attributes, String data) {

  static final String TYPE = "dev.codesource.ref.updated.v1";

  /** Of the 64 of a digest: enough to tell one from another. */
  private static final int DIGITS = 32;

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Trigger(String namespace, String name, String uid, String binding) {}

  private record Ref(String name, String kind, String shortName) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Data(
      Trigger trigger,
      String rule,
      RefUpdate.Repository repository,
      Ref ref,
      String commit,
      @Nullable String before,
      List<String> images,
      String foundAt) {}

  static CloudEvent of(RefUpdate update) {
    DueCommit due = update.due();
    String id = id(update);
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("ce-specversion", "1.0");
    attributes.put("ce-type", TYPE);
    attributes.put("ce-id", id);
    attributes.put(
        "ce-source",
        "/apis/%s/%s/namespaces/%s/codesourcetriggers/%s"
            .formatted(ApiGroup.NAME, ApiGroup.VERSION, update.namespace(), update.trigger()));
    attributes.put("ce-subject", encoded(due.ref().fullName()));
    attributes.put("ce-time", due.foundAt().toString());
    return new CloudEvent(id, attributes, json(update));
  }

  /**
   * Of the time, too: a branch that is moved back to a commit, or a user who asks for a build,
   * makes a commit due once more.
   */
  private static String id(RefUpdate update) {
    DueCommit due = update.due();
    String parts =
        String.join(
            "\0",
            update.uid(),
            due.rule(),
            due.ref().fullName(),
            due.sha(),
            due.foundAt().toString());
    return Sha256.hex(parts).substring(0, DIGITS);
  }

  private static String json(RefUpdate update) {
    DueCommit due = update.due();
    GitRef ref = due.ref();
    String kind =
        switch (ref.kind()) {
          case BRANCH -> "branch";
          case TAG -> "tag";
        };
    try {
      return JSON.writeValueAsString(
          new Data(
              new Trigger(update.namespace(), update.trigger(), update.uid(), update.binding()),
              due.rule(),
              update.repository(),
              new Ref(ref.fullName(), kind, ref.shortName()),
              due.sha(),
              due.before().orElse(null),
              update.images(),
              due.foundAt().toString()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The binding's section 3.1.3.2: all but printable ASCII, and the space, " and %. */
  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (each > ' ' && each <= '~' && each != '"' && each != '%') {
        encoded.append((char) each);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
      }
    }
    return encoded.toString();
  }
}
