package dev.codesource.web.console;

import dev.codesource.api.BindingSpec;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.web.console.FormPage.Group;
import dev.codesource.web.console.FormPage.Wrong;
import java.util.ArrayList;
import java.util.List;

/** The question before a binding is deleted. */
record Unbinding(String namespace, String name, List<String> goes, boolean isUsed) {

  static Unbinding of(CodeSourceBinding binding, Panel<CodeSourceTrigger> triggers) {
    String name = binding.getMetadata().getName();
    BindingSpec spec = binding.getSpec();
    List<String> published = BindingPage.published(name, spec);
    List<String> goes = new ArrayList<>();
    for (String secret : published) {
      goes.add("The Secret %s is deleted: whatever uses it loses its access.".formatted(secret));
    }
    for (CodeSourceTrigger trigger : triggers.rows()) {
      goes.add(
          "The trigger %s notices no pushes and starts no builds any more."
              .formatted(trigger.getMetadata().getName()));
    }
    if (triggers.missing() != null) {
      goes.add("You may not see whether triggers use it: %s.".formatted(triggers.missing()));
    }
    if (spec.tokenSecretRef() != null) {
      goes.add(
          "The token stays valid on the code host: revoke it there if nothing else uses it. The Secret %s is deleted if it was made here, and stays otherwise."
              .formatted(spec.tokenSecretRef().name()));
    } else {
      goes.add(
          spec.deletionPolicy() == BindingSpec.DeletionPolicy.Revoke
              ? "The access that was granted is revoked on the code host."
              : "The access that was granted stays on the code host: revoke it there if nobody needs it.");
    }
    return new Unbinding(
        binding.getMetadata().getNamespace(),
        name,
        goes,
        !published.isEmpty() || !triggers.rows().isEmpty() || triggers.missing() != null);
  }

  FormPage page() {
    String page = Paths.binding(namespace, name);
    FormPage question =
        isUsed
            ? FormPage.dangerous(
                "Unbind " + name + "?",
                page + "/unbind",
                page,
                "Unbind",
                goes,
                Group.of(Field.text("confirm", "Something uses this binding. Type its name", "")))
            : FormPage.dangerous("Unbind " + name + "?", page + "/unbind", page, "Unbind", goes);
    return question.kubectl(Kubectl.delete(namespace, "csb", name));
  }

  List<Wrong> wrongs(Entries entries) {
    return isUsed && !entries.text("confirm").equals(name)
        ? List.of(new Wrong("confirm", "This is not the name of the binding: %s.".formatted(name)))
        : List.of();
  }
}
