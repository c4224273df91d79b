package dev.codesource.web.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerSpec;
import dev.codesource.build.Explaining;
import dev.codesource.build.GitRef;
import dev.codesource.reason.Outcome;
import dev.codesource.web.console.Access.Right;
import dev.codesource.web.console.FormPage.Group;
import dev.codesource.web.console.FormPage.Wrong;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.Visits.Visit;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One trigger: its page, and what can be done with it. */
@Path(Paths.TRIGGER)
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class TriggerResource {

  /** In characters: a name of git is not longer where triggers work. */
  private static final int LONGEST_REF = 300;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<Wrong> NOT_YAML =
      List.of(
          new Wrong(
              "spec",
              "This is not the YAML of a trigger's spec. Aliases (*name) cannot be used here."));

  private final Visits visits;
  private final InstantSource clock;

  TriggerResource(Visits visits, Clock clock) {
    this.visits = visits;
    this.clock = clock;
  }

  /** The page; with {@code explain} it says which rules match that branch or tag. */
  @GET
  public Response show(
      @QueryParam("explain") @DefaultValue("") String typed, @BeanParam Call call) {
    String explain = typed.strip().substring(0, Math.min(typed.strip().length(), LONGEST_REF));
    return visits.show(
        call,
        visit -> {
          CodeSourceTrigger trigger = visit.object(CodeSourceTrigger.class);
          return Visits.page(
              200,
              ConsolePages.trigger(
                  visit
                      .layout(
                          visit.name(),
                          Crumb.START,
                          Crumb.namespace(visit.namespace()),
                          Crumb.binding(visit.namespace(), binding(trigger)))
                      .wide(),
                  TriggerPage.of(
                      trigger,
                      Panel.of(new Right("list", "", "events"), () -> EventRow.of(visit, trigger)),
                      new Access(visit.api(), visit.namespace()).may(Right.onTriggers("patch")),
                      Yaml.of(visit.api().getKubernetesSerialization(), trigger),
                      explain,
                      clock.instant())));
        });
  }

  private static String binding(CodeSourceTrigger trigger) {
    return trigger.getSpec().bindingRef().name();
  }

  /** Has the repository compared now. */
  @POST
  @Path("check")
  public Response check(@BeanParam Call call) {
    return visits.change(
        call,
        visit ->
            merged(
                visit,
                Changing.annotation(CodeSourceTrigger.REQUESTED_AT, clock.instant().toString())));
  }

  private static Response merged(Visit visit, String patch) {
    Changing.merge(visit, CodeSourceTrigger.class, visit.name(), patch);
    return Visits.to(path(visit));
  }

  private static String path(Visit visit) {
    return Paths.trigger(visit.namespace(), visit.name());
  }

  /** Suspends the trigger, or resumes it. */
  @POST
  @Path("suspend")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response suspend(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(call, sent, (visit, entries) -> merged(visit, Changing.suspend(entries)));
  }

  /** Has the newest commit of a branch or tag built. */
  @POST
  @Path("build")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response build(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(
        call,
        sent,
        (visit, entries) -> {
          String rule = entries.text("rule");
          TriggerSpec spec = visit.object(CodeSourceTrigger.class).getSpec();
          return switch (fullName(spec, rule, entries.text("ref"))) {
            case Outcome.Done<GitRef>(var known) -> {
              Optional<String> why = Explaining.whyNot(spec, rule, known);
              yield why.isPresent()
                  ? notBuilt(visit, why.get())
                  : merged(
                      visit,
                      Changing.annotation(
                          CodeSourceTrigger.BUILD,
                          "%s@%s %s".formatted(rule, known.fullName(), clock.instant())));
            }
            case Outcome.Refused<GitRef>(var problem) -> notBuilt(visit, problem.message());
            case Outcome.Waiting<GitRef>(var problem, var until, var scope) ->
                notBuilt(visit, problem.message());
          };
        });
  }

  private static Response notBuilt(Visit visit, String why) {
    return Visits.problem(
        422,
        Optional.of(visit.visitor()),
        new Problem("Nothing is built", why, "Go back and correct it."));
  }

  /** A short name is that of a branch or of a tag, as the rule is for. */
  static Outcome<GitRef> fullName(TriggerSpec spec, String rule, String ref) {
    boolean isTag =
        spec.rules().stream().anyMatch(each -> each.name().equals(rule) && each.tag() != null);
    GitRef.Kind kind = isTag ? GitRef.Kind.TAG : GitRef.Kind.BRANCH;
    return GitRef.of(ref.startsWith("refs/") ? ref : kind.prefix() + ref);
  }

  /** The form of the whole trigger: its spec, as YAML. */
  @GET
  @Path("yaml")
  public Response edit(@BeanParam Call call) {
    return visits.show(
        call,
        visit -> {
          CodeSourceTrigger trigger = visit.object(CodeSourceTrigger.class);
          return Visits.form(
              visit,
              editForm(trigger, visit.api().getKubernetesSerialization().asYaml(trigger.getSpec())),
              trail(visit));
        });
  }

  private static FormPage editForm(CodeSourceTrigger trigger, String yaml) {
    String namespace = trigger.getMetadata().getNamespace();
    String name = trigger.getMetadata().getName();
    String page = Paths.trigger(namespace, name);
    return FormPage.of(
            "Edit %s as YAML".formatted(name),
            page + "/yaml",
            page,
            "Save",
            Group.of(
                Field.hidden("generation", trigger.getMetadata().getGeneration().toString()),
                Field.area("spec", "What the trigger does", yaml).hint("The field spec, as YAML.")))
        .kubectl(Kubectl.edit(namespace, "cst", name));
  }

  /** Changes the trigger, if nobody else has changed it since the form was shown. */
  @POST
  @Path("yaml")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response save(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(
        call,
        sent,
        (visit, entries) -> {
          CodeSourceTrigger trigger = visit.object(CodeSourceTrigger.class);
          long generation = trigger.getMetadata().getGeneration();
          String yaml = entries.block("spec");
          KubernetesSerialization serialization = visit.api().getKubernetesSerialization();
          return after(
              Submission.of(editForm(trigger, yaml))
                  .check(entries.text("generation"), generation)
                  .check(() -> wrongs(serialization, yaml))
                  .write(
                      Map.of("spec", "spec"),
                      () ->
                          visit
                              .api()
                              .resource(trigger)
                              .patch(
                                  new PatchContext.Builder()
                                      .withPatchType(PatchType.JSON)
                                      .withFieldValidation("Strict")
                                      .build(),
                                  new JsonPatch()
                                      .test("/metadata/generation", generation)
                                      .value("/spec", read(serialization, yaml), true)
                                      .toString())),
              path(visit),
              visit);
        });
  }

  private static List<Wrong> wrongs(KubernetesSerialization serialization, String yaml) {
    try {
      return TriggerForm.wrongs(
          serialization.convertValue(read(serialization, yaml), TriggerSpec.class));
    } catch (IllegalArgumentException e) {
      return NOT_YAML;
    }
  }

  /**
   * Reads YAML.
   *
   * @throws IllegalArgumentException if it is not an object
   */
  private static JsonNode read(KubernetesSerialization serialization, String yaml) {
    try {
      JsonNode spec = JSON.readTree(Yaml.toJson(serialization, yaml));
      if (!spec.isObject() || !spec.path("rules").isArray()) {
        throw new IllegalArgumentException("no spec");
      }
      return spec;
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IllegalArgumentException("no YAML", e);
    }
  }

  /** Asks whether the trigger is to go. */
  @GET
  @Path("delete")
  public Response askToDelete(@BeanParam Call call) {
    return visits.show(
        call,
        visit -> Visits.form(visit, question(visit.object(CodeSourceTrigger.class)), trail(visit)));
  }

  private static FormPage question(CodeSourceTrigger trigger) {
    String namespace = trigger.getMetadata().getNamespace();
    String name = trigger.getMetadata().getName();
    String page = Paths.trigger(namespace, name);
    return FormPage.dangerous(
            "Delete " + name + "?",
            page + "/delete",
            page,
            "Delete",
            List.of(
                "Pushes to %s are not noticed any more by this trigger."
                    .formatted(trigger.getSpec().repository()),
                "Its webhook is deleted on the code host, unless another trigger uses it.",
                "Its builds that are in progress, and what is kept of ended ones, are deleted with"
                    + " it."))
        .kubectl(Kubectl.delete(namespace, "cst", name));
  }

  /** Deletes the trigger. */
  @POST
  @Path("delete")
  public Response delete(@BeanParam Call call) {
    return visits.change(
        call,
        visit -> {
          CodeSourceTrigger trigger = visit.object(CodeSourceTrigger.class);
          return after(
              Submission.of(question(trigger))
                  .write(Map.of(), () -> Changing.delete(visit.api(), trigger)),
              Paths.binding(visit.namespace(), binding(trigger)),
              visit);
        });
  }

  private static Response after(Optional<Submission> again, String next, Visit visit) {
    return Visits.after(again, next, visit, trail(visit));
  }

  /** To a form of the trigger. */
  private static Crumb[] trail(Visit visit) {
    return new Crumb[] {
      Crumb.START,
      Crumb.namespace(visit.namespace()),
      Crumb.trigger(visit.namespace(), visit.name())
    };
  }
}
