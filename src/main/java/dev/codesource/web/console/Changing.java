package dev.codesource.web.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.web.console.FormPage.Wrong;
import dev.codesource.web.console.Visits.Visit;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;

/** What the console sends to the API server to change an object. */
final class Changing {

  static final List<Wrong> CHANGED_MEANWHILE =
      List.of(
          new Wrong(
              null,
              "Somebody else has changed it since this form was opened. What you filled in is kept; compare it with the page, and save again if it still holds."));

  private Changing() {}

  static String annotation(String name, String value) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("metadata").putObject("annotations").put(name, value);
    return patch.toString();
  }

  /** As the button says: to suspend an object, or to resume it. */
  static String suspend(Entries entries) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("spec").put("suspend", entries.text("suspend").equals("true"));
    return patch.toString();
  }

  static String token(String token) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("stringData").put("token", token);
    return patch.toString();
  }

  /**
   * Has an object go when another one goes. It is not the object's controller: the operator has not
   * made it.
   *
   * @param of the identifier of the object, so that no other one of the same name is changed
   */
  static String owner(HasMetadata owner, String of) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    ObjectNode metadata = patch.putObject("metadata").put("uid", of);
    metadata
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", owner.getApiVersion())
        .put("kind", owner.getKind())
        .put("name", owner.getMetadata().getName())
        .put("uid", owner.getMetadata().getUid());
    return patch.toString();
  }

  /**
   * Merges a patch into an object of the visit's namespace (RFC 7396), of which nothing is read:
   * the client would read it first if it were not given one.
   */
  static <T extends HasMetadata> void merge(Visit visit, Class<T> kind, String name, String patch) {
    T named =
        visit
            .api()
            .getKubernetesSerialization()
            .convertValue(
                Map.of("metadata", Map.of("namespace", visit.namespace(), "name", name)), kind);
    visit.api().resource(named).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  /** Deletes this object, and no other one that has got its name meanwhile. */
  static void delete(KubernetesClient api, HasMetadata object) {
    ObjectMeta metadata = object.getMetadata();
    String group = object.getApiVersion();
    api.raw(
        "%s/%s/namespaces/%s/%s/%s"
            .formatted(
                group.contains("/") ? "/apis" : "/api",
                group,
                metadata.getNamespace(),
                object.getPlural(),
                metadata.getName()),
        "DELETE",
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "DeleteOptions",
            "propagationPolicy",
            "Background",
            "preconditions",
            Map.of("uid", metadata.getUid())));
  }
}
