package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** Has a binding prove its access in another way. */
@Path(Paths.BINDING + "/access")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class AccessResource {

  private final Visits visits;
  private final PlatformGuide.All platforms;

  AccessResource(Visits visits, PlatformGuide.All platforms) {
    this.visits = visits;
    this.platforms = platforms;
  }

  /** The form. */
  @GET
  public Response ask(@BeanParam Call call) {
    return visits.show(
        call, visit -> Visits.form(visit, form(visit, Entries.none()).page(), trail(visit)));
  }

  private AccessForm form(Visit visit, Entries entries) {
    CodeSourceBinding binding = visit.object(CodeSourceBinding.class);
    return new AccessForm(
        binding,
        Visits.found(platforms.named(binding.getSpec().platform().name()).orElse(null)),
        entries);
  }

  private static Crumb[] trail(Visit visit) {
    return new Crumb[] {
      Crumb.START,
      Crumb.namespace(visit.namespace()),
      Crumb.binding(visit.namespace(), visit.name())
    };
  }

  /** Changes the access, if nobody else has changed the binding since the form was shown. */
  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response change(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(
        call,
        sent,
        (visit, entries) -> {
          AccessForm form = form(visit, entries);
          return Visits.after(
              Submission.of(form.page())
                  .check(entries.text("generation"), form.binding().getMetadata().getGeneration())
                  .check(form::wrongs)
                  .check(() -> missing(new Access(visit.api(), visit.namespace()), form))
                  .write(AccessForm.FIELDS, () -> form.write(visit.api())),
              Paths.binding(visit.namespace(), visit.name()),
              visit,
              trail(visit));
        });
  }

  private static List<Wrong> missing(Access access, AccessForm form) {
    return form.access().isByToken()
        ? access.wrongs(Right.onBindings("patch"), Right.onSecrets("create"))
        : access.wrongs(Right.onBindings("patch"));
  }
}
