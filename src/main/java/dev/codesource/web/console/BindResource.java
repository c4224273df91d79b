package dev.codesource.web.console;

import dev.codesource.web.console.Access.Right;
import dev.codesource.web.console.FormPage.Wrong;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.Visits.Visit;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds an account. */
@Path(Paths.NAMESPACE + "/bind")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class BindResource {

  private final Visits visits;
  private final PlatformGuide.All platforms;

  BindResource(Visits visits, PlatformGuide.All platforms) {
    this.visits = visits;
    this.platforms = platforms;
  }

  /** The form for a platform, or before it the platforms. */
  @GET
  public Response ask(@QueryParam("platform") @Nullable String platform, @BeanParam Call call) {
    return visits.show(
        call,
        visit ->
            Optional.ofNullable(platform)
                .flatMap(platforms::named)
                .map(
                    guide ->
                        Visits.form(
                            visit,
                            new BindingForm(guide, Entries.none()).bind(visit.namespace()),
                            trail(visit)))
                .orElseGet(
                    () ->
                        Visits.page(
                            200,
                            ConsolePages.platforms(
                                visit.layout("Bind account", trail(visit)),
                                new PlatformsPage(visit.namespace(), platforms.names())))));
  }

  private static Crumb[] trail(Visit visit) {
    return new Crumb[] {Crumb.START, Crumb.namespace(visit.namespace())};
  }

  /** Binds. What can be known to fail is found before anything is written. */
  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response bind(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(
        call,
        sent,
        (visit, entries) ->
            platforms
                .named(entries.text("platform"))
                .map(guide -> bind(visit, new BindingForm(guide, entries)))
                .orElseGet(() -> Visits.to(Paths.bind(visit.namespace()))));
  }

  private static Response bind(Visit visit, BindingForm form) {
    String namespace = visit.namespace();
    return Visits.after(
        Submission.of(form.bind(namespace))
            .check(form::wrongs)
            .check(() -> missing(new Access(visit.api(), namespace), form))
            .write(BindingForm.FIELDS, () -> new NewBinding(namespace, form).write(visit.api())),
        Paths.binding(namespace, form.name()),
        visit,
        trail(visit));
  }

  private static List<Wrong> missing(Access access, BindingForm form) {
    return form.access().isByToken()
        ? access.wrongs(Right.onBindings("create"), Right.onSecrets("create"))
        : access.wrongs(Right.onBindings("create"));
  }
}
