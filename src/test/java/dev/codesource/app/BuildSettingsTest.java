package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.builder.RunKind;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of builds as the chart sets them: by variables of the environment. */
class BuildSettingsTest {

  private static BuildSettings read(Map<String, String> environment) {
    return BuildSettings.of(
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(Settings.class)
            .withSources(new EnvConfigSource(environment, 300))
            .build()
            .getConfigMapping(Settings.class));
  }

  @Test
  void withoutAnyNothingBuildsInTheCluster() {
    BuildSettings settings = read(Map.of());

    assertThat(settings.kinds()).isEmpty();
    assertThat(settings.serviceAccounts()).containsExactly("codesource-builder");
    assertThat(settings.maxConcurrentPerNamespace()).isEqualTo(10);
    assertThat(settings.buildkitImage()).isEqualTo("moby/buildkit:v0.32.0-rootless");
    assertThat(settings.buildkitResources()).isEmpty();
    assertThat(settings.clusterRolePrefix()).isEqualTo("codesource-operator");
  }

  @Test
  void eachIsReadFromItsVariable() {
    BuildSettings settings =
        read(
            Map.of(
                "CODESOURCE_BUILDERS", "Tekton,BuildKit",
                "CODESOURCE_BUILDS_SERVICE_ACCOUNTS", "builder,builder.of-team",
                "CODESOURCE_BUILDS_MAX_CONCURRENT_PER_NAMESPACE", "1000",
                "CODESOURCE_BUILDS_BUILDKIT_IMAGE",
                    "registry.example.com:5000/buildkit@sha256:" + "0".repeat(64),
                "CODESOURCE_BUILDS_BUILDKIT_RESOURCES",
                    "{\"limits\":{\"cpu\":2,\"memory\":\"4Gi\"},\"requests\":{\"cpu\":\"500m\"}}"));

    assertThat(settings.kinds()).containsExactly(RunKind.PipelineRun, RunKind.TaskRun, RunKind.Job);
    assertThat(settings.serviceAccounts()).containsExactly("builder", "builder.of-team");
    assertThat(settings.maxConcurrentPerNamespace()).isEqualTo(1000);
    assertThat(settings.buildkitImage()).startsWith("registry.example.com:5000/buildkit@sha256:0");
    assertThat(settings.buildkitResources())
        .isEqualTo(
            Map.of(
                "limits", Map.of("cpu", "2", "memory", "4Gi"), "requests", Map.of("cpu", "500m")));
  }

  @Test
  void eachBuilderOfTheChartHasItsKinds() {
    assertThat(read(Map.of("CODESOURCE_BUILDERS", "Tekton,Shipwright,Kpack,BuildKit")).kinds())
        .containsExactly(RunKind.values());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          BUILDERS                             | Tekton,Kaniko                  | codesource.builders (CODESOURCE_BUILDERS) is wrong: Kaniko is no builder; there are Tekton, Shipwright, Kpack and BuildKit.
          BUILDS_SERVICE_ACCOUNTS              | builder,The Builder            | codesource.builds.service-accounts (CODESOURCE_BUILDS_SERVICE_ACCOUNTS) is wrong: The Builder is no name
          BUILDS_SERVICE_ACCOUNTS              | *                              | * is no name of a ServiceAccount
          BUILDS_SERVICE_ACCOUNTS              | a..b                           | a..b is no name of a ServiceAccount
          BUILDS_SERVICE_ACCOUNTS              | codesource-builder,default     | Every pod that names no ServiceAccount has default, and could create builds
          BUILDS_MAX_CONCURRENT_PER_NAMESPACE  | 0                              | must be from 1 to 1000
          BUILDS_MAX_CONCURRENT_PER_NAMESPACE  | 1001                           | must be from 1 to 1000
          BUILDS_BUILDKIT_IMAGE                | https://moby/buildkit          | write it as moby/buildkit:v0.32.0-rootless
          BUILDS_BUILDKIT_IMAGE                | moby/build kit                 | write it as moby/buildkit:v0.32.0-rootless
          BUILDS_BUILDKIT_RESOURCES            | 4Gi                            | must be an object in JSON
          BUILDS_BUILDKIT_RESOURCES            | ["4Gi"]                        | must be an object in JSON
          BUILDS_BUILDKIT_RESOURCES            | {"memory":"4Gi"}               | requests and limits, and nothing else
          BUILDS_BUILDKIT_RESOURCES            | {"limits":"4Gi"}               | requests and limits, and nothing else
          BUILDS_BUILDKIT_RESOURCES            | {"limits":{"memory":"much"}}   | "much" of memory is no quantity
          BUILDS_BUILDKIT_RESOURCES            | {"limits":{"memory":{}}}       | of memory is no quantity
          """)
  void aWrongSettingEndsTheStartWithItsName(String variable, String value, String words) {
    assertThatThrownBy(() -> read(Map.of("CODESOURCE_" + variable, value)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("CODESOURCE_" + variable)
        .hasMessageContaining(words);
  }
}
