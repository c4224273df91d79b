package dev.codesource.web.console;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.Visits.Visit;
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

/** Changes the fields of a trigger that are changed most. */
@Path(Paths.TRIGGER + "/edit")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class TriggerEditResource {

  private final Visits visits;

  TriggerEditResource(Visits visits) {
    this.visits = visits;
  }

  /** The form; of a trigger with too many rules for it, its YAML. */
  @GET
  public Response ask(@BeanParam Call call) {
    return visits.show(
        call,
        visit -> {
          TriggerEdit edit = edit(visit, Entries.none());
          return edit.isSmall()
              ? Visits.form(visit, edit.page(), trail(visit))
              : Visits.to(path(visit) + "/yaml");
        });
  }

  private static TriggerEdit edit(Visit visit, Entries entries) {
    return new TriggerEdit(visit.object(CodeSourceTrigger.class), entries);
  }

  private static String path(Visit visit) {
    return Paths.trigger(visit.namespace(), visit.name());
  }

  private static Crumb[] trail(Visit visit) {
    return new Crumb[] {
      Crumb.START,
      Crumb.namespace(visit.namespace()),
      Crumb.trigger(visit.namespace(), visit.name())
    };
  }

  /** Changes the trigger, if nobody else has changed it since the form was shown. */
  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response save(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(
        call,
        sent,
        (visit, entries) -> {
          TriggerEdit edit = edit(visit, entries);
          return Visits.after(
              Submission.of(edit.page())
                  .check(entries.text("generation"), edit.trigger().getMetadata().getGeneration())
                  .check(() -> edit.wrongs(visit.api().getKubernetesSerialization()))
                  .write(
                      edit.fields(),
                      () ->
                          visit
                              .api()
                              .resource(edit.trigger())
                              .patch(PatchContext.of(PatchType.JSON), edit.patch())),
              path(visit),
              visit,
              trail(visit));
        });
  }
}
