package dev.codesource;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessFieldWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.codesource.api.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the rooms of {@code docs/architecture.md} to what it says. */
class ArchitectureTest {

  private static final String ROOT = "dev.codesource";

  /** {@code binding[reconciler, …] --> status}. */
  private static final Pattern ARROW =
      Pattern.compile("^ *(\\w+)(?:\\[[^]]*])? *--> *(\\w+)(?:\\[[^]]*])? *$", Pattern.MULTILINE);

  private static final JavaClasses OPERATOR =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void everyRoomUsesOnlyWhatItsArrowsLeadTo() throws IOException {
    Map<String, Set<String>> arrows = arrows();
    TreeSet<String> trespasses = new TreeSet<>();
    for (JavaClass each : inRooms()) {
      Set<String> allowed = reachable(room(each), arrows);
      each.getDirectDependenciesFromSelf().stream()
          .filter(dependency -> isOurs(dependency.getTargetClass()))
          .filter(dependency -> !allowed.contains(room(dependency.getTargetClass())))
          .forEach(dependency -> trespasses.add(dependency.getDescription()));
    }

    assertThat(trespasses).isEmpty();
  }

  @Test
  void everyArrowIsUsed() throws IOException {
    TreeSet<String> used = new TreeSet<>();
    for (JavaClass each : inRooms()) {
      each.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass())
          .filter(ArchitectureTest::isOurs)
          .forEach(target -> used.add(room(each) + " --> " + room(target)));
    }

    assertThat(used)
        .containsAll(
            arrows().entrySet().stream()
                .flatMap(
                    arrow -> arrow.getValue().stream().map(to -> arrow.getKey() + " --> " + to))
                .toList());
  }

  @Test
  void everyRoomIsOnTheMap() throws IOException {
    Set<String> rooms =
        OPERATOR.stream()
            .map(ArchitectureTest::room)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> described = new TreeSet<>();
    Matcher row = Pattern.compile("(?m)^\\| `(\\w+)` \\|").matcher(map());
    while (row.find()) {
      described.add(row.group(1));
    }

    assertThat(described).isEqualTo(rooms);
  }

  @Test
  void roomsFormNoCycle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(OPERATOR);
  }

  @Test
  void everyClassIsInARoom() {
    noClasses().should().resideInAPackage(ROOT).check(OPERATOR);
  }

  /** What differs between platforms stands in their code hosts: a new one is one new class. */
  @Test
  void platformsAreToldApartInTheirOwnRoomOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".codehost..", ROOT + ".api..")
        .should(
            // A switch over an enum reads its constants too, in a synthetic class beside it.
            accessFieldWhere(
                describe(
                    "a constant of Platform is read",
                    access -> access.getTargetOwner().isEquivalentTo(Platform.class))))
        .orShould()
        .callMethod(Platform.class, "ordinal")
        .orShould()
        .callMethod(Platform.class, "valueOf", String.class)
        .check(OPERATOR);
  }

  /**
   * All requests to code hosts pass the guard: addresses, certificates, sizes, times. One class
   * says how the API server is spoken to.
   */
  @Test
  void onlyTheHttpRoomSpeaksHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".http..")
        .and()
        .haveNameNotMatching(ROOT.replace(".", "\\.") + "\\.app\\.ApiServerClient(\\$.*)?")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "java.net.http..",
                "io.vertx.core.http..",
                "io.vertx.core.net..",
                "io.vertx.ext.web.client..",
                "io.netty..",
                "org.apache.http..",
                "okhttp3.."))
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.net.HttpURLConnection")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.net.Socket")
        .orShould()
        .callMethod(java.net.URI.class, "toURL")
        .check(OPERATOR);
  }

  /** Where Kubernetes is none of a room's business. */
  @Test
  void roomsThatKnowNothingOfKubernetes() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".reason..",
            ROOT + ".address..",
            ROOT + ".http..",
            ROOT + ".codehost..",
            ROOT + ".verification..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..")
        .check(OPERATOR);
  }

  @Test
  void noNullCrossesAPackageUnmarked() {
    assertThat(OPERATOR.getPackage(ROOT).getSubpackages())
        .isNotEmpty()
        .allSatisfy(
            each ->
                assertThat(each.isAnnotatedWith(NullMarked.class))
                    .as(each.getName() + " is @NullMarked in its package-info.java")
                    .isTrue());
  }

  private static List<JavaClass> inRooms() {
    return OPERATOR.stream().filter(ArchitectureTest::isOurs).toList();
  }

  private static boolean isOurs(JavaClass each) {
    return each.getPackageName().startsWith(ROOT + ".");
  }

  private static String room(JavaClass each) {
    return each.getPackageName().substring(ROOT.length() + 1).replaceFirst("\\..*", "");
  }

  private static Set<String> reachable(String room, Map<String, Set<String>> arrows) {
    Set<String> found = new TreeSet<>(Set.of(room));
    while (found.addAll(
        found.stream()
            .flatMap(each -> arrows.getOrDefault(each, Set.of()).stream())
            .collect(Collectors.toSet()))) {
      // until nothing new is found
    }
    return found;
  }

  private static Map<String, Set<String>> arrows() throws IOException {
    Map<String, Set<String>> arrows = new TreeMap<>();
    Matcher arrow = ARROW.matcher(map());
    while (arrow.find()) {
      arrows.computeIfAbsent(arrow.group(1), from -> new TreeSet<>()).add(arrow.group(2));
    }
    return arrows;
  }

  private static String map() throws IOException {
    return Files.readString(Path.of("docs/architecture.md"));
  }
}
