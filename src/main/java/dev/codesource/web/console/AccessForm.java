package dev.codesource.web.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.codesource.api.BindingSpec;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.FieldRules;
import dev.codesource.web.console.FormPage.Group;
import dev.codesource.web.console.FormPage.Wrong;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form that has a binding prove its access in another way, or with a Secret made anew. The
 * Secret that it had is neither read nor changed: other bindings may use it.
 */
record AccessForm(CodeSourceBinding binding, PlatformGuide guide, Entries entries) {

  /** The fields, by those of the objects that the API server may refuse. */
  static final Map<String, String> FIELDS =
      Map.of("metadata.name", "secret", "spec.oauth", "client", "spec.tokenSecretRef", "secret");

  /** What needs no quotes in a command that people copy. */
  private static final Pattern PLAIN_URL = Pattern.compile("https?://[A-Za-z0-9.:/_-]{1,255}");

  FormPage page() {
    String namespace = binding.getMetadata().getNamespace();
    String name = name();
    String page = Paths.binding(namespace, name);
    List<Field> fields =
        new ArrayList<>(
            List.of(Field.hidden("generation", binding.getMetadata().getGeneration().toString())));
    fields.addAll(access().fields(guide.adviceOn(url())));
    fields.add(
        Field.text("secret", "Name of the new Secret", secretName())
            .hint("It is made for the token, and goes with the binding.")
            .look("for-token"));
    return FormPage.of(
            "Change the access of " + name,
            page + "/access",
            page,
            "Change access",
            new Group(null, true, fields),
            Group.folded("More", access().certificates()))
        .intro(
            "The access of %s to %s is proven in this way from now on. %s"
                .formatted(binding.getSpec().username(), site(), before()))
        .kubectl(kubectl(namespace, name));
  }

  /** What becomes of what the binding has now. */
  private String before() {
    return Optional.ofNullable(binding.getSpec().tokenSecretRef())
        .map(
            secret ->
                "The Secret %s stays as it is: the token must be typed anew."
                    .formatted(secret.name()))
        .orElse(
            "Access that was granted by OAuth stays at the code host: revoke it there if nobody"
                + " needs it.");
  }

  private String kubectl(String namespace, String name) {
    return Kubectl.changeAccess(
        namespace,
        name,
        BindingForm.isName(secretName(), FieldRules.NAME_LENGTH) ? secretName() : "NAME",
        Optional.of(site()).filter(url -> PLAIN_URL.matcher(url).matches()).orElse("URL"));
  }

  private String name() {
    return binding.getMetadata().getName();
  }

  AccessFields access() {
    return new AccessFields(guide, entries);
  }

  private @Nullable String url() {
    return binding.getSpec().url();
  }

  private String site() {
    return Optional.ofNullable(url())
        .or(() -> guide.site().map(Object::toString))
        .orElse(guide.name());
  }

  private String secretName() {
    return entries.textOr("secret", proposed(name(), binding.getSpec().tokenSecretRef()));
  }

  /** A name that the Secret of now does not have. */
  static String proposed(String binding, BindingSpec.@Nullable SecretRef now) {
    String first = binding + "-token";
    if (now == null) {
      return first;
    }
    Matcher numbered =
        Pattern.compile(Pattern.quote(first) + "(?:-([1-9][0-9]{0,5}))?").matcher(now.name());
    return numbered.matches()
        ? "%s-%d"
            .formatted(
                first, Optional.ofNullable(numbered.group(1)).map(Integer::parseInt).orElse(1) + 1)
        : first;
  }

  /** What can be seen to be wrong before anything is sent. */
  List<Wrong> wrongs() {
    List<Wrong> wrongs = new ArrayList<>();
    access().wrong().ifPresent(wrongs::add);
    if (access().isByToken() && !BindingForm.isName(secretName(), FieldRules.NAME_LENGTH)) {
      wrongs.add(new Wrong("secret", "Name of the Secret: " + FieldRules.NAME_WORDS + "."));
    }
    return wrongs;
  }

  /**
   * Writes the Secret, if there is a token, and the binding.
   *
   * @throws KubernetesClientException if the API server does not accept one of them
   */
  void write(KubernetesClient api) {
    if (!access().isByToken()) {
      patch(api, List.of());
      return;
    }
    SecretAndBinding.write(
        api,
        access()
            .secret(
                binding.getMetadata().getNamespace(),
                secretName(),
                Objects.requireNonNullElse(url(), "")),
        () -> patch(api, List.of("All")),
        () -> patch(api, List.of()));
  }

  private CodeSourceBinding patch(KubernetesClient api, List<String> dryRun) {
    return api.resource(binding)
        .patch(
            new PatchContext.Builder().withPatchType(PatchType.JSON).withDryRun(dryRun).build(),
            patch());
  }

  /** The change of the binding; of another generation nothing is changed. */
  String patch() {
    BindingSpec now = binding.getSpec();
    JsonPatch patch =
        new JsonPatch().test("/metadata/generation", binding.getMetadata().getGeneration());
    if (access().isByToken()) {
      patch
          .value("/spec/oauth", null, now.oauth() != null)
          // Only what was granted can be revoked, and the API server would refuse it.
          .value("/spec/deletionPolicy", null, now.deletionPolicy() != null)
          .value(
              "/spec/tokenSecretRef",
              JsonNodeFactory.instance.objectNode().put("name", secretName()),
              true);
    } else {
      patch
          .value("/spec/tokenSecretRef", null, now.tokenSecretRef() != null)
          .value("/spec/oauth", access().oauth(), true);
    }
    return patch.toString();
  }
}
