package dev.codesource.web.console;

import dev.codesource.api.BindingSpec;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.web.console.Access.Right;
import dev.codesource.web.console.FormPage.Group;
import dev.codesource.web.console.FormPage.Wrong;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.Visits.Visit;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One binding: its page, and what can be done with it. */
@Path(
    "/ns/{namespace: "
        + NamespacesResource.NAME
        + "}/bindings/{name: "
        + BindingResource.NAME
        + "}")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class BindingResource {

  /** Of an object: a DNS subdomain (RFC 1123). */
  static final String NAME = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";

  private static final long MOST_TRIGGERS = 200;

  private final Visits visits;
  private final PlatformGuide.All platforms;
  private final InstantSource clock;

  BindingResource(Visits visits, PlatformGuide.All platforms, Clock clock) {
    this.visits = visits;
    this.platforms = platforms;
    this.clock = clock;
  }

  /** The page. */
  @GET
  public Response show(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.show(
        headers,
        uri,
        visit -> {
          CodeSourceBinding binding = found(visit, namespace, name);
          Access access = new Access(visit.api(), namespace);
          return Visits.page(
              200,
              ConsolePages.binding(
                  Layout.of(
                          name,
                          Optional.of(visit.visitor()),
                          Crumb.START,
                          Crumb.namespace(namespace))
                      .wide(),
                  BindingPage.of(
                      binding,
                      triggers(visit, namespace, name),
                      Panel.of(
                          new Right("list", "", "events"), () -> EventRow.of(visit.api(), binding)),
                      access.may(Right.onBindings("patch")),
                      access.may(Right.onTriggers("create")),
                      Yaml.of(visit.api().getKubernetesSerialization(), binding),
                      clock.instant())));
        });
  }

  private static Resource<CodeSourceBinding> resource(Visit visit, String namespace, String name) {
    return visit.api().resources(CodeSourceBinding.class).inNamespace(namespace).withName(name);
  }

  static CodeSourceBinding found(Visit visit, String namespace, String name) {
    return Visits.found(resource(visit, namespace, name).get());
  }

  private static Panel<CodeSourceTrigger> triggers(Visit visit, String namespace, String binding) {
    return Panel.of(
        Right.onTriggers("list"),
        () ->
            visit
                .api()
                .resources(CodeSourceTrigger.class)
                .inNamespace(namespace)
                .list(
                    new ListOptionsBuilder()
                        .withFieldSelector("spec.bindingRef.name=" + binding)
                        .withLimit(MOST_TRIGGERS)
                        .build())
                .getItems());
  }

  /** Has the access proven now. */
  @POST
  @Path("check")
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
              Changing.annotation(CodeSourceBinding.REQUESTED_AT, clock.instant().toString()));
          return back(namespace, name);
        });
  }

  static void merge(Visit visit, String namespace, String name, String patch) {
    Changing.merge(visit.api(), CodeSourceBinding.class, namespace, name, patch);
  }

  /** Suspends the binding, or resumes it. */
  @POST
  @Path("suspend")
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
          return back(namespace, name);
        });
  }

  /** The form for another token. */
  @GET
  @Path("token")
  public Response askForToken(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.show(
        headers,
        uri,
        visit ->
            form(visit, 200, namespace, name, tokenForm(found(visit, namespace, name), List.of())));
  }

  /** Stores another token in the Secret, of which nothing is read. */
  @POST
  @Path("token")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response replaceToken(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      MultivaluedMap<String, String> sent,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.change(
        headers,
        uri,
        visit -> {
          CodeSourceBinding binding = found(visit, namespace, name);
          String token = new Entries(sent).text("token");
          List<Wrong> wrongs = new ArrayList<>();
          BindingForm.tokenWrong(token).ifPresent(wrongs::add);
          if (wrongs.isEmpty()) {
            try {
              Changing.merge(
                  visit.api(), Secret.class, namespace, secret(binding), Changing.token(token));
              return back(namespace, name);
            } catch (KubernetesClientException e) {
              wrongs.addAll(Refusals.of(e, Map.of()));
            }
          }
          return form(visit, 422, namespace, name, tokenForm(binding, wrongs));
        });
  }

  private static String secret(CodeSourceBinding binding) {
    return Visits.found(Optional.ofNullable(binding.getSpec().tokenSecretRef()).orElse(null))
        .name();
  }

  private FormPage tokenForm(CodeSourceBinding binding, List<Wrong> wrongs) {
    String namespace = binding.getMetadata().getNamespace();
    String name = binding.getMetadata().getName();
    String page = "/ns/" + namespace + "/bindings/" + name;
    Field token = Field.password("token", "New token");
    return FormPage.of(
            "Replace the token of " + name,
            page + "/token",
            page,
            "Replace",
            Group.of(
                platforms
                    .named(binding.getSpec().platform().name())
                    .map(guide -> token.hint(guide.advice()))
                    .orElse(token)))
        .intro(
            "It must be a token of %s. It is stored in the Secret %s, and the access is proven at once."
                .formatted(binding.getSpec().username(), secret(binding)))
        .kubectl(Kubectl.replaceToken(namespace, secret(binding)))
        .with(wrongs);
  }

  /** The form of the binding. */
  @GET
  @Path("edit")
  public Response edit(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.show(
        headers,
        uri,
        visit -> {
          CodeSourceBinding binding = found(visit, namespace, name);
          return form(
              visit,
              200,
              namespace,
              name,
              bindingForm(binding, Entries.none())
                  .edit(namespace, name, binding.getSpec(), binding.getMetadata().getGeneration()));
        });
  }

  private BindingForm bindingForm(CodeSourceBinding binding, Entries entries) {
    return new BindingForm(
        Visits.found(platforms.named(binding.getSpec().platform().name()).orElse(null)), entries);
  }

  /** Changes the binding, if nobody else has changed it since the form was shown. */
  @POST
  @Path("edit")
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
          CodeSourceBinding binding = found(visit, namespace, name);
          BindingSpec spec = binding.getSpec();
          long generation = binding.getMetadata().getGeneration();
          BindingForm form = bindingForm(binding, new Entries(sent));
          FormPage page = form.edit(namespace, name, spec, generation);
          if (!Long.toString(generation).equals(form.entries().text("generation"))) {
            return form(visit, 409, namespace, name, page.with(Changing.CHANGED_MEANWHILE));
          }
          List<Wrong> wrongs = form.wrongsOfEdit();
          if (wrongs.isEmpty()) {
            try {
              visit
                  .api()
                  .resource(binding)
                  .patch(PatchContext.of(PatchType.JSON), form.patch(spec, generation));
              return back(namespace, name);
            } catch (KubernetesClientException e) {
              wrongs = Refusals.of(e, BindingForm.FIELDS);
            }
          }
          return form(visit, 422, namespace, name, page.with(wrongs));
        });
  }

  /** Says what goes with the binding. */
  @GET
  @Path("unbind")
  public Response askToUnbind(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.show(
        headers,
        uri,
        visit -> {
          CodeSourceBinding binding = found(visit, namespace, name);
          return form(
              visit,
              200,
              namespace,
              name,
              Unbinding.of(binding, triggers(visit, namespace, name)).page());
        });
  }

  /** Deletes the binding. */
  @POST
  @Path("unbind")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response unbind(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      MultivaluedMap<String, String> sent,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.change(
        headers,
        uri,
        visit -> {
          CodeSourceBinding binding = found(visit, namespace, name);
          Unbinding unbinding = Unbinding.of(binding, triggers(visit, namespace, name));
          List<Wrong> wrongs = unbinding.wrongs(new Entries(sent));
          if (wrongs.isEmpty()) {
            try {
              Changing.delete(visit.api(), binding);
              return Visits.to("/ns/" + namespace).build();
            } catch (KubernetesClientException e) {
              wrongs = Refusals.of(e, Map.of());
            }
          }
          return form(visit, 422, namespace, name, unbinding.page().with(wrongs));
        });
  }

  private static Response back(String namespace, String name) {
    return Visits.to("/ns/" + namespace + "/bindings/" + name).build();
  }

  private static Response form(
      Visit visit, int status, String namespace, String name, FormPage page) {
    return Visits.form(
        visit,
        status,
        page,
        Crumb.START,
        Crumb.namespace(namespace),
        Crumb.binding(namespace, name));
  }
}
