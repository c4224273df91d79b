package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.web.console.Access.Right;
import dev.codesource.web.console.FormPage.Wrong;
import dev.codesource.web.console.Layout.Crumb;
import dev.codesource.web.console.Visits.Visit;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.quarkus.resteasy.reactive.server.EndpointDisabled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
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
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Binds an account. */
@Path("/ns/{namespace: " + NamespacesResource.NAME + "}/bind")
@RunOnVirtualThread
@EndpointDisabled(name = "codesource.role", stringValue = "operator")
public final class BindResource {

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.console");

  /** The only type of Secrets with a token that the operator reads. */
  private static final String TOKEN_TYPE = "codesource.dev/token";

  private final Visits visits;
  private final PlatformGuide.All platforms;

  BindResource(Visits visits, PlatformGuide.All platforms) {
    this.visits = visits;
    this.platforms = platforms;
  }

  /** The form for a platform, or before it the platforms. */
  @GET
  public Response ask(
      @PathParam("namespace") String namespace,
      @QueryParam("platform") @Nullable String platform,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.show(
        headers,
        uri,
        visit ->
            Optional.ofNullable(platform)
                .flatMap(platforms::named)
                .map(
                    guide ->
                        Visits.form(
                            visit,
                            200,
                            new BindingForm(guide, Entries.none()).bind(namespace),
                            Crumb.START,
                            Crumb.namespace(namespace)))
                .orElseGet(
                    () ->
                        Visits.page(
                            200,
                            ConsolePages.platforms(
                                Layout.of(
                                    "Bind account",
                                    Optional.of(visit.visitor()),
                                    Crumb.START,
                                    Crumb.namespace(namespace)),
                                new PlatformsPage(namespace, platforms.names())))));
  }

  /** Binds. What can be known to fail is found before anything is written. */
  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response bind(
      @PathParam("namespace") String namespace,
      MultivaluedMap<String, String> sent,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    return visits.change(
        headers,
        uri,
        visit -> {
          Entries entries = new Entries(sent);
          Optional<PlatformGuide> guide = platforms.named(entries.text("platform"));
          if (guide.isEmpty()) {
            return Visits.to("/ns/" + namespace + "/bind").build();
          }
          BindingForm form = new BindingForm(guide.get(), entries);
          List<Wrong> wrongs = form.wrongs();
          if (wrongs.isEmpty()) {
            wrongs = missing(visit, namespace, form);
          }
          if (wrongs.isEmpty()) {
            try {
              write(visit.api(), namespace, form);
              return Visits.to("/ns/" + namespace + "/bindings/" + form.name()).build();
            } catch (KubernetesClientException e) {
              wrongs = Refusals.of(e, BindingForm.FIELDS);
            }
          }
          return Visits.form(
              visit,
              422,
              form.bind(namespace).with(wrongs),
              Crumb.START,
              Crumb.namespace(namespace));
        });
  }

  private static List<Wrong> missing(Visit visit, String namespace, BindingForm form) {
    Access access = new Access(visit.api(), namespace);
    Optional<Right> missing =
        form.isByToken()
            ? access.missing(Right.onBindings("create"), Right.onSecrets("create"))
            : access.missing(Right.onBindings("create"));
    return missing
        .map(
            right ->
                List.of(
                    new Wrong(
                        null,
                        "You may not %s in the namespace %s. Ask whoever manages access to it."
                            .formatted(right, namespace))))
        .orElse(List.of());
  }

  private static void write(KubernetesClient api, String namespace, BindingForm form) {
    CodeSourceBinding binding =
        api.getKubernetesSerialization()
            .unmarshal(form.binding(namespace), CodeSourceBinding.class);
    if (!form.isByToken()) {
      api.resource(binding).create();
      return;
    }
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(form.secretName())
            .withNamespace(namespace)
            .endMetadata()
            .withType(TOKEN_TYPE)
            .withStringData(form.secret())
            .build();
    api.resource(secret).dryRun().create();
    api.resource(binding).dryRun().create();
    Secret stored = api.resource(secret).create();
    CodeSourceBinding made;
    try {
      made = api.resource(binding).create();
    } catch (RuntimeException e) {
      takeBack(api, stored);
      throw e;
    }
    try {
      api.resource(stored)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              Changing.owner(made, stored.getMetadata().getUid()));
    } catch (KubernetesClientException e) {
      // Then the Secret is not deleted with the binding, which is said when somebody unbinds.
      LOG.debugf("A Secret has no owner: the API server answers %d", e.getCode());
    }
  }

  private static void takeBack(KubernetesClient api, Secret stored) {
    try {
      Changing.delete(api, stored);
    } catch (KubernetesClientException e) {
      LOG.warnf(
          "The Secret %s/%s stays without a binding: the API server answers %d",
          stored.getMetadata().getNamespace(), stored.getMetadata().getName(), e.getCode());
    }
  }
}
