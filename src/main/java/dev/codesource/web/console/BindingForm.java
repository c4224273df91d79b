package dev.codesource.web.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec;
import dev.codesource.api.BindingSpec.InstanceType;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.BindingSpec.RegistryInstance;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.FieldRules;
import dev.codesource.reason.Outcome;
import dev.codesource.web.console.FormPage.Group;
import dev.codesource.web.console.FormPage.Wrong;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The form of a binding, with what a person has filled in. */
record BindingForm(PlatformGuide guide, Entries entries) {

  /** The fields, by those of the object that the API server may refuse. */
  static final Map<String, String> FIELDS =
      fields(
          "metadata.name", "name",
          "spec.url", "url",
          "spec.username", "username",
          "spec.registryInstance.region", "region",
          "spec.registryInstance.name", "instance",
          "spec.registryInstance", "type",
          "spec.interval", "interval",
          "spec.oauth", "client");

  private static Map<String, String> fields(String... pairs) {
    Map<String, String> all = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      all.put(pairs[i], pairs[i + 1]);
    }
    return all;
  }

  /** The form that binds an account. */
  FormPage bind(String namespace) {
    String proposed = guide.name().toLowerCase(Locale.ROOT);
    String site = guide.site().map(SiteUrl::toString).orElse("");
    return FormPage.of(
            "Bind an account on " + guide.name(),
            Paths.bind(namespace),
            Paths.namespace(namespace),
            "Bind account",
            new Group(null, true, account(proposed, site)),
            Group.folded("Registry instance", instance(Optional.empty())),
            new Group(
                "More",
                false,
                List.of(
                    access().certificates(),
                    interval(Optional.empty()),
                    publish(Optional.empty()))))
        .kubectl(
            Kubectl.bind(
                namespace, proposed, guide.name(), site.isEmpty() ? "URL" : site, "USERNAME"));
  }

  /** The account, and what proves it. */
  private List<Field> account(String proposed, String site) {
    List<Field> fields =
        new ArrayList<>(
            List.of(
                Field.hidden("platform", guide.name()),
                Field.text("name", "Name of the binding", entries.textOr("name", proposed)),
                Field.text("url", "URL", entries.textOr("url", site))
                    .hint("The address used to log on, not that of a repository."),
                Field.text("username", "Username", entries.text("username"))
                    .hint("The account that is bound. A credential of another one is refused.")));
    fields.addAll(access().fields(guide.advice()));
    return fields;
  }

  /** The form that changes a binding. */
  FormPage edit(CodeSourceBinding binding) {
    String namespace = binding.getMetadata().getNamespace();
    String name = binding.getMetadata().getName();
    BindingSpec spec = binding.getSpec();
    Optional<BindingSpec> now = Optional.of(spec);
    String page = Paths.binding(namespace, name);
    return FormPage.of(
            "Edit " + name,
            page + "/edit",
            page,
            "Save",
            Group.of(
                Field.hidden("generation", binding.getMetadata().getGeneration().toString()),
                Field.text(
                        "url",
                        "URL",
                        entries.textOr("url", Optional.ofNullable(spec.url()).orElse("")))
                    .hint(
                        "The Secret with the credential names the site that it is for: for another"
                            + " site use Change access, too."),
                Field.text("username", "Username", entries.textOr("username", spec.username()))),
            new Group("Registry instance", true, List.of(instance(now))),
            new Group("More", true, List.of(interval(now), publish(now))))
        .kubectl(Kubectl.edit(namespace, "csb", name));
  }

  private Field[] instance(Optional<BindingSpec> spec) {
    Optional<RegistryInstance> now = spec.map(BindingSpec::registryInstance);
    String type = entries.textOr("type", now.map(each -> each.type().name()).orElse(""));
    return new Field[] {
      Field.select(
          "type",
          "Type",
          Stream.concat(
                  Stream.of(new Option("", "none", type.isEmpty())),
                  Stream.of(InstanceType.values()).map(each -> Option.of(each.name(), type)))
              .toList()),
      Field.text(
          "region",
          "Region",
          entries.textOr("region", now.map(RegistryInstance::region).orElse(""))),
      Field.text(
          "instance",
          "Name",
          entries.textOr("instance", now.map(RegistryInstance::name).orElse("")))
    };
  }

  private Field interval(Optional<BindingSpec> spec) {
    return Field.text(
            "interval",
            "Interval",
            entries.textOr("interval", spec.map(BindingSpec::interval).orElse("")))
        .hint("How often the access is proven again, such as 1h.");
  }

  private Field publish(Optional<BindingSpec> spec) {
    List<String> chosen =
        entries.all().isEmpty()
            ? spec.map(BindingSpec::publish).stream()
                .flatMap(List::stream)
                .map(Publication::name)
                .toList()
            : entries.values("publish");
    return Field.checks(
        "publish",
        "Write the credential into Secrets for",
        Stream.of(Publication.values())
            .map(each -> new Option(each.name(), each.name(), chosen.contains(each.name())))
            .toList());
  }

  AccessFields access() {
    return new AccessFields(guide, entries);
  }

  /** What can be seen to be wrong before anything is sent. */
  List<Wrong> wrongs() {
    List<Wrong> wrongs = new ArrayList<>(wrongsOfEdit());
    if (!isName(entries.text("name"), FieldRules.NAME_LENGTH - "-token".length())) {
      wrongs.addFirst(new Wrong("name", "Name: " + FieldRules.NAME_WORDS + "."));
    }
    access().wrong().ifPresent(wrongs::add);
    return wrongs;
  }

  /** The length first, which bounds what matching costs. */
  static boolean isName(String text, int longest) {
    return text.length() <= longest && text.matches(FieldRules.NAME);
  }

  /** As {@link #wrongs}, of the fields that a binding has when it is changed. */
  List<Wrong> wrongsOfEdit() {
    List<Wrong> wrongs = new ArrayList<>();
    String url = entries.text("url");
    if (!url.isEmpty()) {
      if (SiteUrl.parse(url).then(guide.check()) instanceof Outcome.Refused<SiteUrl>(var problem)) {
        wrongs.add(new Wrong("url", problem.message()));
      }
    } else if (guide.site().isEmpty()) {
      wrongs.add(new Wrong("url", guide.name() + " has no public site: the URL is needed."));
    }
    if (entries.text("username").isEmpty()) {
      wrongs.add(new Wrong("username", "The username is needed."));
    }
    List<String> instance =
        Stream.of("type", "region", "instance").filter(id -> entries.text(id).isEmpty()).toList();
    if (!instance.isEmpty() && instance.size() < 3) {
      wrongs.add(
          new Wrong(
              instance.getFirst(),
              "A registry instance has a type, a region and a name: fill in all or none."));
    }
    return wrongs;
  }

  String name() {
    return entries.text("name");
  }

  String secretName() {
    return name() + "-token";
  }

  /** The Secret with the token. */
  Secret secret(String namespace) {
    return access().secret(namespace, secretName(), entries.text("url"));
  }

  /** The binding, as JSON. */
  String binding(String namespace) {
    ObjectNode binding = JsonNodeFactory.instance.objectNode();
    binding.put("apiVersion", "codesource.dev/v1alpha1").put("kind", "CodeSourceBinding");
    binding.putObject("metadata").put("name", name()).put("namespace", namespace);
    ObjectNode spec = binding.putObject("spec").put("platform", guide.name());
    for (String field : List.of("url", "username", "interval")) {
      if (!entries.text(field).isEmpty()) {
        spec.put(field, entries.text(field));
      }
    }
    if (!entries.text("type").isEmpty()) {
      spec.set("registryInstance", instance());
    }
    if (!entries.values("publish").isEmpty()) {
      spec.set("publish", publish());
    }
    if (access().isByToken()) {
      spec.putObject("tokenSecretRef").put("name", secretName());
    } else {
      spec.set("oauth", access().oauth());
    }
    return binding.toString();
  }

  private ObjectNode instance() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", entries.text("type"))
        .put("region", entries.text("region"))
        .put("name", entries.text("instance"));
  }

  private ArrayNode publish() {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    entries.values("publish").forEach(all::add);
    return all;
  }

  /**
   * The change of a binding, as a JSON patch (RFC 6902).
   *
   * @param generation of the binding that the form was made from; of another one nothing is changed
   */
  String patch(BindingSpec now, long generation) {
    JsonPatch patch = new JsonPatch().test("/metadata/generation", generation);
    patch.text("/spec/url", entries.text("url"), now.url() != null);
    patch.text("/spec/username", entries.text("username"), true);
    patch.text("/spec/interval", entries.text("interval"), now.interval() != null);
    patch.value(
        "/spec/registryInstance",
        entries.text("type").isEmpty() ? null : instance(),
        now.registryInstance() != null);
    patch.value(
        "/spec/publish",
        entries.values("publish").isEmpty() ? null : publish(),
        now.publish() != null);
    return patch.toString();
  }
}
