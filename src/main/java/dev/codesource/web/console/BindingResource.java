package dev.codesource.web.console;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.web.console.Access.Right;
import dev.codesource.web.console.FormPage.Group;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.Visits.Visit;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One binding: its page, and what can be done with it. */
@Path(Paths.BINDING)
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class BindingResource {

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
  public Response show(@BeanParam Call call) {
    return visits.show(
        call,
        visit -> {
          CodeSourceBinding binding = visit.object(CodeSourceBinding.class);
          Access access = new Access(visit.api(), visit.namespace());
          return Visits.page(
              200,
              ConsolePages.binding(
                  visit
                      .layout(visit.name(), Crumb.START, Crumb.namespace(visit.namespace()))
                      .wide(),
                  BindingPage.of(
                      binding,
                      triggers(visit),
                      Panel.of(new Right("list", "", "events"), () -> EventRow.of(visit, binding)),
                      access.may(Right.onBindings("patch")),
                      access.may(Right.onTriggers("create")),
                      Yaml.of(visit.api().getKubernetesSerialization(), binding),
                      clock.instant())));
        });
  }

  private static Panel<CodeSourceTrigger> triggers(Visit visit) {
    return Panel.of(
        Right.onTriggers("list"),
        () ->
            Lists.first(
                visit.share(),
                visit
                        .api()
                        .resources(CodeSourceTrigger.class)
                        .inNamespace(visit.namespace())
                        .withField("spec.bindingRef.name", visit.name())
                    ::list,
                MOST_TRIGGERS));
  }

  /** Has the access proven now. */
  @POST
  @Path("check")
  public Response check(@BeanParam Call call) {
    return visits.change(call, visit -> merged(visit, askToCheck()));
  }

  private static Response merged(Visit visit, String patch) {
    Changing.merge(visit, CodeSourceBinding.class, visit.name(), patch);
    return Visits.to(path(visit));
  }

  private static String path(Visit visit) {
    return Paths.binding(visit.namespace(), visit.name());
  }

  /** Suspends the binding, or resumes it. */
  @POST
  @Path("suspend")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response suspend(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(call, sent, (visit, entries) -> merged(visit, Changing.suspend(entries)));
  }

  /** The form for another token. */
  @GET
  @Path("token")
  public Response askForToken(@BeanParam Call call) {
    return visits.show(
        call, visit -> form(visit, tokenForm(visit.object(CodeSourceBinding.class))));
  }

  /** Stores another token in the Secret, of which nothing is read. */
  @POST
  @Path("token")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response replaceToken(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(
        call,
        sent,
        (visit, entries) -> {
          CodeSourceBinding binding = visit.object(CodeSourceBinding.class);
          String token = entries.text("token");
          return after(
              Submission.of(tokenForm(binding))
                  .check(() -> AccessFields.tokenWrong(token).stream().toList())
                  .write(Map.of(), () -> store(visit, binding, token)),
              path(visit),
              visit);
        });
  }

  /**
   * The operator notices the Secret by itself. That it is asked, too, tells from the status when it
   * has answered.
   */
  private void store(Visit visit, CodeSourceBinding binding, String token) {
    Changing.merge(visit, Secret.class, secret(binding), Changing.token(token));
    try {
      Changing.merge(visit, CodeSourceBinding.class, visit.name(), askToCheck());
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
    }
  }

  private String askToCheck() {
    return Changing.annotation(CodeSourceBinding.REQUESTED_AT, clock.instant().toString());
  }

  private static String secret(CodeSourceBinding binding) {
    return Visits.found(Optional.ofNullable(binding.getSpec().tokenSecretRef()).orElse(null))
        .name();
  }

  private static @Nullable String url(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getStatus())
        .map(BindingStatus::url)
        .orElse(binding.getSpec().url());
  }

  private FormPage tokenForm(CodeSourceBinding binding) {
    String namespace = binding.getMetadata().getNamespace();
    String name = binding.getMetadata().getName();
    String page = Paths.binding(namespace, name);
    Field token = Field.password("token", "New token");
    return FormPage.of(
            "Replace the token of " + name,
            page + "/token",
            page,
            "Replace",
            Group.of(
                platforms
                    .named(binding.getSpec().platform().name())
                    .map(guide -> token.hint(guide.adviceOn(url(binding))))
                    .orElse(token)))
        .intro(
            "It must be a token of %s. It is stored in the Secret %s, and the access is proven at once."
                .formatted(binding.getSpec().username(), secret(binding)))
        .kubectl(
            Kubectl.replaceToken(namespace, secret(binding))
                + "\n"
                + Kubectl.annotate(namespace, "csb", name));
  }

  /** The form of the binding. */
  @GET
  @Path("edit")
  public Response edit(@BeanParam Call call) {
    return visits.show(
        call,
        visit -> {
          CodeSourceBinding binding = visit.object(CodeSourceBinding.class);
          return form(visit, bindingForm(binding, Entries.none()).edit(binding));
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
  public Response save(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(
        call,
        sent,
        (visit, entries) -> {
          CodeSourceBinding binding = visit.object(CodeSourceBinding.class);
          long generation = binding.getMetadata().getGeneration();
          BindingForm form = bindingForm(binding, entries);
          return after(
              Submission.of(form.edit(binding))
                  .check(entries.text("generation"), generation)
                  .check(form::wrongsOfEdit)
                  .write(
                      BindingForm.FIELDS,
                      () ->
                          visit
                              .api()
                              .resource(binding)
                              .patch(
                                  PatchContext.of(PatchType.JSON),
                                  form.patch(binding.getSpec(), generation))),
              path(visit),
              visit);
        });
  }

  /** Says what goes with the binding. */
  @GET
  @Path("unbind")
  public Response askToUnbind(@BeanParam Call call) {
    return visits.show(
        call,
        visit ->
            form(
                visit,
                Unbinding.of(visit.object(CodeSourceBinding.class), triggers(visit)).page()));
  }

  /** Deletes the binding. */
  @POST
  @Path("unbind")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response unbind(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(
        call,
        sent,
        (visit, entries) -> {
          CodeSourceBinding binding = visit.object(CodeSourceBinding.class);
          Unbinding unbinding = Unbinding.of(binding, triggers(visit));
          return after(
              Submission.of(unbinding.page())
                  .check(() -> unbinding.wrongs(entries))
                  .write(Map.of(), () -> Changing.delete(visit.api(), binding)),
              Paths.namespace(visit.namespace()),
              visit);
        });
  }

  private static Response form(Visit visit, FormPage page) {
    return Visits.form(visit, page, trail(visit));
  }

  private static Response after(Optional<Submission> again, String next, Visit visit) {
    return Visits.after(again, next, visit, trail(visit));
  }

  /** To a form of the binding. */
  private static Crumb[] trail(Visit visit) {
    return new Crumb[] {
      Crumb.START,
      Crumb.namespace(visit.namespace()),
      Crumb.binding(visit.namespace(), visit.name())
    };
  }
}
