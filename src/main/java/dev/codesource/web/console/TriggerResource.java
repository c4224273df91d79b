package dev.codesource.web.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerSpec;
import dev.codesource.build.BuildRule;
import dev.codesource.build.BuildRules;
import dev.codesource.build.GitRef;
import dev.codesource.reason.Outcome;
import dev.codesource.web.console.Access.Right;
import dev.codesource.web.console.FormPage.Group;
import dev.codesource.web.console.FormPage.Wrong;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.Visits.Visit;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One trigger: its page, and what can be done with it. */
@Path("/ns/{namespace: " + NamespacesResource.NAME + "}")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class TriggerResource {

  private static final String TRIGGER = "triggers/{name: " + BindingResource.NAME + "}";
  private static final String NEW = "bindings/{binding: " + BindingResource.NAME + "}/trigger";

  /** In characters: a name of git is not longer where triggers work. */
  private static final int LONGEST_REF = 300;

  private final Visits visits;
  private final InstantSource clock;

  TriggerResource(Visits visits, Clock clock) {
    this.visits = visits;
    this.clock = clock;
  }

  /** The page; with {@code explain} it says which rules match that branch or tag. */
  @GET
  @Path(TRIGGER)
  public Response show(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @QueryParam("explain") @DefaultValue("") String typed,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    String explain = typed.strip().substring(0, Math.min(typed.strip().length(), LONGEST_REF));
    return visits.show(
        headers,
        uri,
        visit -> {
          CodeSourceTrigger trigger = found(visit, namespace, name);
          return Visits.page(
              200,
              ConsolePages.trigger(
                  Layout.of(
                          name,
                          Optional.of(visit.visitor()),
                          Crumb.START,
                          Crumb.namespace(namespace),
                          Crumb.binding(namespace, trigger.getSpec().bindingRef().name()))
                      .wide(),
                  TriggerPage.of(
                      trigger,
                      Panel.of(
                          new Right("list", "", "events"), () -> EventRow.of(visit.api(), trigger)),
                      new Access(visit.api(), namespace).may(Right.onTriggers("patch")),
                      Yaml.of(visit.api().getKubernetesSerialization(), trigger),
                      explain,
                      clock.instant())));
        });
  }

  private static Resource<CodeSourceTrigger> resource(Visit visit, String namespace, String name) {
    return visit.api().resources(CodeSourceTrigger.class).inNamespace(namespace).withName(name);
  }

  private static CodeSourceTrigger found(Visit visit, String namespace, String name) {
    return Visits.found(resource(visit, namespace, name).get());
  }

  /** The form of a new trigger; with the repository, if it was chosen. */
  @GET
  @Path(NEW)
  public Response ask(
      @PathParam("namespace") String namespace,
      @PathParam("binding") String binding,
      @QueryParam("repository") @DefaultValue("") String repository,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.show(
        headers,
        uri,
        visit ->
            Visits.form(
                visit,
                200,
                new TriggerForm(namespace, binding, Entries.of("repository", repository)).page(),
                Crumb.START,
                Crumb.namespace(namespace),
                Crumb.binding(namespace, binding)));
  }

  /** Makes a trigger. */
  @POST
  @Path(NEW)
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response make(
      @PathParam("namespace") String namespace,
      @PathParam("binding") String binding,
      MultivaluedMap<String, String> sent,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.change(
        headers,
        uri,
        visit -> {
          TriggerForm form = new TriggerForm(namespace, binding, new Entries(sent));
          List<Wrong> wrongs = form.wrongs();
          if (wrongs.isEmpty()) {
            CodeSourceTrigger trigger =
                visit
                    .api()
                    .getKubernetesSerialization()
                    .unmarshal(form.trigger(), CodeSourceTrigger.class);
            wrongs = wrongs(trigger.getSpec());
            if (wrongs.isEmpty()) {
              try {
                visit.api().resource(trigger).create();
                return to(namespace, form.name());
              } catch (KubernetesClientException e) {
                wrongs = Refusals.of(e, TriggerForm.FIELDS);
              }
            }
          }
          return Visits.form(
              visit,
              422,
              form.page().with(wrongs),
              Crumb.START,
              Crumb.namespace(namespace),
              Crumb.binding(namespace, binding));
        });
  }

  /** What the operator would say of the rules. */
  private static List<Wrong> wrongs(TriggerSpec spec) {
    return BuildRules.of(spec) instanceof Outcome.Refused<List<BuildRule>>(var problem)
        ? List.of(new Wrong(null, problem.message()))
        : List.of();
  }

  /** Has the repository compared now. */
  @POST
  @Path(TRIGGER + "/check")
  public Response check(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.change(
        headers,
        uri,
        visit -> {
          merge(
              visit,
              namespace,
              name,
              Changing.annotation(CodeSourceTrigger.REQUESTED_AT, clock.instant().toString()));
          return to(namespace, name);
        });
  }

  private static void merge(Visit visit, String namespace, String name, String patch) {
    Changing.merge(visit.api(), CodeSourceTrigger.class, namespace, name, patch);
  }

  /** Suspends the trigger, or resumes it. */
  @POST
  @Path(TRIGGER + "/suspend")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response suspend(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @FormParam("suspend") @Nullable String suspend,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.change(
        headers,
        uri,
        visit -> {
          merge(visit, namespace, name, Changing.suspend("true".equals(suspend)));
          return to(namespace, name);
        });
  }

  /** Has the newest commit of a branch or tag built. */
  @POST
  @Path(TRIGGER + "/build")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response build(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @FormParam("rule") @DefaultValue("") String rule,
      @FormParam("ref") @DefaultValue("") String ref,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.change(
        headers,
        uri,
        visit -> {
          CodeSourceTrigger trigger = found(visit, namespace, name);
          return switch (fullName(trigger.getSpec(), rule, ref.strip())) {
            case Outcome.Done<GitRef>(var known) -> {
              merge(
                  visit,
                  namespace,
                  name,
                  Changing.annotation(
                      CodeSourceTrigger.BUILD,
                      "%s@%s %s".formatted(rule, known.fullName(), clock.instant())));
              yield to(namespace, name);
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
  private static Outcome<GitRef> fullName(TriggerSpec spec, String rule, String ref) {
    boolean isTag =
        spec.rules().stream().anyMatch(each -> each.name().equals(rule) && each.tag() != null);
    GitRef.Kind kind = isTag ? GitRef.Kind.TAG : GitRef.Kind.BRANCH;
    return GitRef.of(ref.startsWith("refs/") ? ref : kind.prefix() + ref);
  }

  /** The form of the trigger: its spec, as YAML. */
  @GET
  @Path(TRIGGER + "/edit")
  public Response edit(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.show(
        headers,
        uri,
        visit -> {
          CodeSourceTrigger trigger = found(visit, namespace, name);
          return Visits.form(
              visit,
              200,
              editForm(trigger, visit.api().getKubernetesSerialization().asYaml(trigger.getSpec())),
              crumbs(namespace, name));
        });
  }

  private static FormPage editForm(CodeSourceTrigger trigger, String yaml) {
    String namespace = trigger.getMetadata().getNamespace();
    String name = trigger.getMetadata().getName();
    String page = "/ns/" + namespace + "/triggers/" + name;
    return FormPage.of(
            "Edit " + name,
            page + "/edit",
            page,
            "Save",
            Group.of(
                Field.hidden("generation", trigger.getMetadata().getGeneration().toString()),
                Field.area("spec", "What the trigger does", yaml).hint("The field spec, as YAML.")))
        .kubectl(Kubectl.edit(namespace, "cst", name));
  }

  /** Changes the trigger, if nobody else has changed it since the form was shown. */
  @POST
  @Path(TRIGGER + "/edit")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response save(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      MultivaluedMap<String, String> sent,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.change(
        headers,
        uri,
        visit -> {
          CodeSourceTrigger trigger = found(visit, namespace, name);
          Entries entries = new Entries(sent);
          long generation = trigger.getMetadata().getGeneration();
          FormPage page = editForm(trigger, entries.text("spec"));
          if (!Long.toString(generation).equals(entries.text("generation"))) {
            return Visits.form(
                visit, 409, page.with(Changing.CHANGED_MEANWHILE), crumbs(namespace, name));
          }
          List<Wrong> wrongs;
          try {
            KubernetesSerialization serialization = visit.api().getKubernetesSerialization();
            JsonNode spec = read(serialization, entries.text("spec"));
            wrongs = wrongs(serialization.convertValue(spec, TriggerSpec.class));
            if (wrongs.isEmpty()) {
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
                          .value("/spec", spec, true)
                          .toString());
              return to(namespace, name);
            }
          } catch (KubernetesClientException e) {
            wrongs = Refusals.of(e, Map.of("spec", "spec"));
          } catch (IllegalArgumentException e) {
            wrongs = List.of(new Wrong("spec", "This is not the YAML of a trigger's spec."));
          }
          return Visits.form(visit, 422, page.with(wrongs), crumbs(namespace, name));
        });
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads YAML.
   *
   * @throws IllegalArgumentException if it is not an object
   */
  private static JsonNode read(KubernetesSerialization serialization, String yaml) {
    try {
      JsonNode spec = JSON.readTree(serialization.convertToJson(yaml));
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
  @Path(TRIGGER + "/delete")
  public Response askToDelete(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.show(
        headers,
        uri,
        visit ->
            Visits.form(
                visit, 200, question(found(visit, namespace, name)), crumbs(namespace, name)));
  }

  private static FormPage question(CodeSourceTrigger trigger) {
    String namespace = trigger.getMetadata().getNamespace();
    String name = trigger.getMetadata().getName();
    String page = "/ns/" + namespace + "/triggers/" + name;
    return FormPage.dangerous(
            "Delete " + name + "?",
            page + "/delete",
            page,
            "Delete",
            List.of(
                "Pushes to %s are not noticed any more by this trigger."
                    .formatted(trigger.getSpec().repository()),
                "Its webhook is deleted on the code host, unless another trigger uses it.",
                "Its builds that are in progress, and what is kept of ended ones, are deleted with it."))
        .kubectl(Kubectl.delete(namespace, "cst", name));
  }

  /** Deletes the trigger. */
  @POST
  @Path(TRIGGER + "/delete")
  public Response delete(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.change(
        headers,
        uri,
        visit -> {
          CodeSourceTrigger trigger = found(visit, namespace, name);
          try {
            Changing.delete(visit.api(), trigger);
          } catch (KubernetesClientException e) {
            return Visits.form(
                visit,
                422,
                question(trigger).with(Refusals.of(e, Map.of())),
                crumbs(namespace, name));
          }
          return Visits.to(
                  "/ns/" + namespace + "/bindings/" + trigger.getSpec().bindingRef().name())
              .build();
        });
  }

  private static Response to(String namespace, String name) {
    return Visits.to("/ns/" + namespace + "/triggers/" + name).build();
  }

  private static Crumb[] crumbs(String namespace, String name) {
    return new Crumb[] {Crumb.START, Crumb.namespace(namespace), Crumb.trigger(namespace, name)};
  }
}
