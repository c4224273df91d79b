package dev.codesource;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessFieldWhere;
import static com.tngtech.archunit.lang.conditions.ArchConditions.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import dev.codesource.api.Platform;
import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeliveryHeaders;
import dev.codesource.codehost.SignedBody;
import dev.codesource.codehost.UnsignedBody;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Client;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the rooms of {@code docs/architecture.md} to what it says. */
class ArchitectureTest {

  private static final String ROOT = "dev.codesource";

  /** {@code http_limit[limit of a host] --> http}; an underscore stands for a dot. */
  private static final Pattern ARROW =
      Pattern.compile("^ *(\\w+)(?:\\[[^]]*])? *--> *(\\w+)(?:\\[[^]]*])? *$", Pattern.MULTILINE);

  private static final Path SOURCES = Path.of("src/main/java/dev/codesource");

  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?dev\\.codesource\\.([a-z.]+)\\.[A-Z]");

  /** Of texts and arrays. */
  private static final Set<String> COMPARISONS =
      Set.of(
          "equals",
          "equalsIgnoreCase",
          "contentEquals",
          "compareTo",
          "compareToIgnoreCase",
          "compare",
          "compareUnsigned",
          "mismatch",
          "deepEquals",
          "regionMatches");

  private static final JavaClasses OPERATOR =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  /** A use of a room by another. */
  private record Use(String from, String to, String how) {}

  @Test
  void everyRoomUsesOnlyWhatItsArrowsLeadTo() throws IOException {
    Map<String, Set<String>> arrows = arrows();

    assertThat(uses())
        .filteredOn(use -> !reachable(use.from(), arrows).contains(use.to()))
        .isEmpty();
  }

  @Test
  void everyArrowIsUsed() throws IOException {
    Set<String> used =
        uses().map(use -> use.from() + " --> " + use.to()).collect(Collectors.toSet());

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
    Matcher row = Pattern.compile("(?m)^\\| `([\\w.]+)` \\|").matcher(map());
    while (row.find()) {
      described.add(row.group(1));
    }

    assertThat(described).isEqualTo(rooms);
  }

  /** Also by constants, of which the compiled code keeps no trace. */
  @Test
  void noRoomLeadsBackToItself() throws IOException {
    Map<String, Set<String>> used =
        uses()
            .collect(
                Collectors.groupingBy(Use::from, Collectors.mapping(Use::to, Collectors.toSet())));

    assertThat(used)
        .allSatisfy(
            (room, others) ->
                assertThat(others)
                    .as("the rooms that %s uses", room)
                    .allSatisfy(other -> assertThat(reachable(other, used)).doesNotContain(room)));
  }

  @Test
  void roomsFormNoCycle() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(OPERATOR);
  }

  /** A room with its sub-rooms, taken as one. */
  @Test
  void roomsOfTheFirstLevelFormNoCycle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(OPERATOR);
  }

  /** What a second kind of resource needs, too. */
  @Test
  void theRuntimeKnowsNoKindOfResource() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".runtime..", ROOT + ".credential.owned..")
        .should()
        .dependOnClassesThat(
            assignableTo(CustomResource.class).and(not(equivalentTo(CustomResource.class))))
        .check(OPERATOR);
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
        // The latter sends nothing: it answers deliveries.
        .resideOutsideOfPackages(ROOT + ".http..", ROOT + ".web.webhook..")
        .and()
        .haveNameNotMatching(ROOT.replace(".", "\\.") + "\\.app\\.ApiServerClient(\\$.*)?")
        .and()
        // They send nothing: they guard the ports that the operator listens on.
        .haveNameNotMatching(
            ROOT.replace(".", "\\.")
                + "\\.app\\.(BoundedServers|ConnectionGate|LargeForms|WatchedConnection)(\\$.*)?")
        .and()
        // It sends nothing: it reads and sets cookies.
        .haveNameNotMatching(ROOT.replace(".", "\\.") + "\\.web\\.console\\.OidcCookies(\\$.*)?")
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

  /**
   * The console has no token of its own: every client of the API server is of a visitor, and made
   * in one place.
   */
  @Test
  void theConsoleActsOnlyWithTheTokenOfItsVisitor() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".web.console..")
        .and()
        .doNotHaveSimpleName("VisitorClients")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "io\\.fabric8\\.kubernetes\\.client\\.(Config|ConfigBuilder|KubernetesClientBuilder|.*\\.HttpClient(\\$.*)?)")
        .check(OPERATOR);
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".web.console..")
        .and()
        .areTopLevelClasses() // what a class keeps for itself is from VisitorClients
        .should(
            haveA(
                "constructor, field or method that is given a client of the API server",
                each ->
                    Stream.of(
                            each.getFields().stream()
                                .filter(field -> !each.isRecord())
                                .map(JavaField::getRawType),
                            each.getConstructors().stream()
                                .filter(constructor -> !each.isRecord())
                                .flatMap(
                                    constructor -> constructor.getRawParameterTypes().stream()),
                            each.getMethods().stream()
                                .filter(
                                    method ->
                                        method.isAnnotatedWith(jakarta.inject.Inject.class)
                                            || method.isAnnotatedWith(
                                                jakarta.enterprise.inject.Produces.class))
                                .flatMap(method -> method.getRawParameterTypes().stream()))
                        .flatMap(types -> types)
                        .anyMatch(type -> type.isAssignableTo(Client.class))))
        .check(OPERATOR);
  }

  private static ArchCondition<JavaClass> haveA(String what, Predicate<JavaClass> test) {
    return have(describe("a " + what, test));
  }

  /**
   * Of a comparison that ends at the first difference, a stranger can measure how much of a secret
   * was right.
   */
  @Test
  void proofsOfDeliveriesAreComparedInConstantTime() {
    assertThat(List.of(SignedBody.class, UnsignedBody.class))
        .allSatisfy(
            each ->
                assertThat(OPERATOR.get(each).getMethodCallsFromSelf())
                    .anyMatch(
                        call ->
                            call.getTargetOwner().isEquivalentTo(MessageDigest.class)
                                && call.getName().equals("isEqual")));
    noClasses()
        .that()
        .areAssignableTo(DeliveryCheck.class)
        .or()
        .areAssignableTo(DeliveryCheck.Factory.class)
        .or()
        .areAssignableTo(DeliveryHeaders.class)
        .should()
        .callMethodWhere(
            describe(
                "values are compared in a time that depends on them",
                call ->
                    COMPARISONS.contains(call.getName())
                        && !call.getTargetOwner().isAssignableTo(Duration.class)
                        && !call.getTargetOwner().isEquivalentTo(MessageDigest.class)))
        .check(OPERATOR);
  }

  /**
   * Objects of an informer's cache are the informer's own: the Operator SDK copies none here, and a
   * change by one would be seen by all. These classes change objects that they made themselves, or
   * that are not in a cache yet.
   */
  @Test
  void nobodyChangesWhatAnInformerHolds() {
    noClasses()
        .that()
        .doNotHaveSimpleName("StatusWriter") // makes the patch of a status
        .and()
        .doNotHaveSimpleName("Trim") // of TrimmedSecrets: trims before the cache
        .and()
        .doNotHaveSimpleName("KubernetesFinalizerRemover") // edits what it has just read
        .and()
        .resideOutsideOfPackage(ROOT + ".crd") // runs in the build
        .should()
        .callMethodWhere(
            describe(
                "an object of the Kubernetes API is changed in place",
                call ->
                    (call.getTargetOwner()
                                .getPackageName()
                                .startsWith("io.fabric8.kubernetes.api.model")
                            || call.getTargetOwner().isAssignableTo(HasMetadata.class))
                        && call.getName().matches("set[A-Z].*|addFinalizer|removeFinalizer")))
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
    assertThat(OPERATOR.getPackage(ROOT).getSubpackagesInTree())
        .filteredOn(each -> !each.getClasses().isEmpty())
        .isNotEmpty()
        .allSatisfy(
            each ->
                assertThat(each.isAnnotatedWith(NullMarked.class))
                    .as(each.getName() + " is @NullMarked in its package-info.java")
                    .isTrue());
  }

  /** By the compiled code, and by the imports of the sources. */
  private static Stream<Use> uses() throws IOException {
    Stream<Use> compiled =
        inRooms().stream()
            .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
            .filter(dependency -> isOurs(dependency.getTargetClass()))
            .map(
                dependency ->
                    new Use(
                        room(dependency.getOriginClass()),
                        room(dependency.getTargetClass()),
                        dependency.getDescription()));
    return Stream.concat(compiled, imports().stream()).filter(use -> !use.from().equals(use.to()));
  }

  private static List<Use> imports() throws IOException {
    List<Use> uses = new ArrayList<>();
    try (Stream<Path> sources = Files.walk(SOURCES)) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        String room =
            SOURCES.relativize(source.getParent()).toString().replace(File.separatorChar, '.');
        IMPORT
            .matcher(Files.readString(source))
            .results()
            .forEach(found -> uses.add(new Use(room, found.group(1), source.toString())));
      }
    }
    return uses;
  }

  private static List<JavaClass> inRooms() {
    return OPERATOR.stream().filter(ArchitectureTest::isOurs).toList();
  }

  private static boolean isOurs(JavaClass each) {
    return each.getPackageName().startsWith(ROOT + ".");
  }

  private static String room(JavaClass each) {
    return each.getPackageName().substring(ROOT.length() + 1);
  }

  private static String room(String node) {
    return node.replace('_', '.');
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
      arrows
          .computeIfAbsent(room(arrow.group(1)), from -> new TreeSet<>())
          .add(room(arrow.group(2)));
    }
    return arrows;
  }

  private static String map() throws IOException {
    return Files.readString(Path.of("docs/architecture.md"));
  }
}
