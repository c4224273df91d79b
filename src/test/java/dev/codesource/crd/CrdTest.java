package dev.codesource.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.status.Kstatus;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checked-in CRDs, without a cluster. */
class CrdTest {
  private static final String BINDINGS = "codesourcebindings";
  private static final String TRIGGERS = "codesourcetriggers";

  private static Path checkedIn(String plural) {
    return Path.of("crds/%s.codesource.dev-v1.yml".formatted(plural));
  }

  /** Runs before the build writes {@code crds/} anew, and so sees what is checked in. */
  @ParameterizedTest
  @ValueSource(strings = {BINDINGS, TRIGGERS})
  void isWhatTheTypesSay(String plural, @TempDir Path folder) {
    new CRDGenerator()
        .customResourceClasses(CodeSourceBinding.class, CodeSourceTrigger.class)
        .forCRDVersions("v1")
        .withPostProcessor(new CrdFinish())
        .inOutputDir(folder.toFile())
        .detailedGenerate();

    assertThat(checkedIn(plural))
        .as("make build, and commit crds/")
        .hasSameTextualContentAs(folder.resolve(checkedIn(plural).getFileName()));
  }

  @Test
  void describesEveryField() throws IOException {
    List<String> undescribed = new ArrayList<>();
    List<String> described = new ArrayList<>();
    for (CustomResourceDefinitionVersion version : read(BINDINGS).getSpec().getVersions()) {
      walk("csb", version.getSchema().getOpenAPIV3Schema(), described, undescribed);
    }
    for (CustomResourceDefinitionVersion version : read(TRIGGERS).getSpec().getVersions()) {
      walk("cst", version.getSchema().getOpenAPIV3Schema(), described, undescribed);
    }

    assertThat(undescribed).isEmpty();
    assertThat(described)
        .contains(
            "csb.spec.tls.caConfigMapRef.key",
            "csb.status.conditions.message",
            "csb.status.authorization.userCode",
            "cst.spec.rules.imageTags",
            "cst.status.rules.lastBuild.sha");
  }

  @Test
  void aNewBindingHasAStatusThatSaysThatNobodyLookedAtIt() throws IOException {
    JsonNode status =
        read(BINDINGS)
            .getSpec()
            .getVersions()
            .getFirst()
            .getSchema()
            .getOpenAPIV3Schema()
            .getProperties()
            .get("status")
            .getDefault();

    BindingStatus read = Serialization.jsonMapper().convertValue(status, BindingStatus.class);

    assertThat(Kstatus.of(1, read)).isEqualTo(Kstatus.InProgress);
  }

  @ParameterizedTest
  @ValueSource(strings = {BINDINGS, TRIGGERS})
  void boundsEverythingThatAUserWrites(String plural) throws IOException {
    List<String> unbounded = new ArrayList<>();
    for (CustomResourceDefinitionVersion version : read(plural).getSpec().getVersions()) {
      unbounded(
          "spec", version.getSchema().getOpenAPIV3Schema().getProperties().get("spec"), unbounded);
    }

    assertThat(unbounded).isEmpty();
  }

  private static void unbounded(String path, JSONSchemaProps schema, List<String> found) {
    boolean bounded =
        switch (schema.getType()) {
          case "string" -> schema.getMaxLength() != null || schema.getEnum() != null;
          case "array" -> schema.getMaxItems() != null;
          case "object" ->
              schema.getAdditionalProperties() == null || schema.getMaxProperties() != null;
          default -> true;
        };
    if (!bounded) {
      found.add(path);
    }
    if (schema.getItems() != null) {
      unbounded(path + "[]", schema.getItems().getSchema(), found);
    }
    if (schema.getAdditionalProperties() != null) {
      unbounded(path + "{}", schema.getAdditionalProperties().getSchema(), found);
    }
    if (schema.getProperties() != null) {
      schema.getProperties().forEach((name, field) -> unbounded(path + "." + name, field, found));
    }
  }

  /** What kubectl explain prints is one paragraph of whole sentences. */
  private static void walk(
      String path, JSONSchemaProps schema, List<String> described, List<String> undescribed) {
    String description = schema.getDescription();
    if (description != null && description.matches("[A-Z].*\\.")) {
      described.add(path);
    } else {
      undescribed.add(path + ": " + description);
    }
    JSONSchemaProps fields = schema.getItems() == null ? schema : schema.getItems().getSchema();
    if (fields.getProperties() != null) {
      fields
          .getProperties()
          .forEach((name, field) -> walk(path + "." + name, field, described, undescribed));
    }
  }

  private static CustomResourceDefinition read(String plural) throws IOException {
    return Serialization.unmarshal(
        Files.newInputStream(checkedIn(plural)), CustomResourceDefinition.class);
  }
}
