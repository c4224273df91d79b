package dev.codesource.web.console;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.Visits.Visit;
import io.fabric8.kubernetes.client.KubernetesClientException;
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
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Makes a trigger for a binding. */
@Path(Paths.BINDING + "/trigger")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class NewTriggerResource {

  private final Visits visits;

  NewTriggerResource(Visits visits) {
    this.visits = visits;
  }

  /** The form; with the repository, if it was chosen. */
  @GET
  public Response ask(
      @QueryParam("repository") @DefaultValue("") String repository, @BeanParam Call call) {
    return visits.show(
        call,
        visit ->
            Visits.form(
                visit, form(visit, Entries.of("repository", repository)).page(), trail(visit)));
  }

  private static TriggerForm form(Visit visit, Entries entries) {
    return new TriggerForm(visit.namespace(), visit.name(), published(visit), entries);
  }

  /**
   * Who may not see the binding, or writes the trigger before it, makes the trigger all the same.
   */
  private static Optional<Set<Publication>> published(Visit visit) {
    try {
      return Optional.of(
          Set.copyOf(
              Objects.requireNonNullElse(
                  visit.object(CodeSourceBinding.class).getSpec().publish(),
                  List.<Publication>of())));
    } catch (KubernetesClientException e) {
      return switch (e.getCode()) {
        case HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_NOT_FOUND -> Optional.empty();
        default -> throw e;
      };
    }
  }

  /** Makes it. */
  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response make(MultivaluedMap<String, String> sent, @BeanParam Call call) {
    return visits.change(
        call,
        sent,
        (visit, entries) -> {
          TriggerForm form = form(visit, entries);
          return Visits.after(
              Submission.of(form.page())
                  .check(form::wrongs)
                  .check(() -> TriggerForm.wrongs(trigger(visit, form).getSpec()))
                  .write(
                      TriggerForm.FIELDS,
                      () -> visit.api().resource(trigger(visit, form)).create()),
              Paths.trigger(visit.namespace(), form.name()),
              visit,
              trail(visit));
        });
  }

  private static CodeSourceTrigger trigger(Visit visit, TriggerForm form) {
    return visit
        .api()
        .getKubernetesSerialization()
        .unmarshal(form.trigger(), CodeSourceTrigger.class);
  }

  private static Crumb[] trail(Visit visit) {
    return new Crumb[] {
      Crumb.START,
      Crumb.namespace(visit.namespace()),
      Crumb.binding(visit.namespace(), visit.name())
    };
  }
}
