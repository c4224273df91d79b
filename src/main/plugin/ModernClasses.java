import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Writes a jar anew with class files of a present version. picocli's are of Java 5, which an AOT cache cannot hold: each of its
 * classes would be read and verified at every start. Run by `archive`, with the names of the old and the new jar.
 */
final class ModernClasses {

  private static final String NOTE =
      "The class files of this jar were changed by the build of the Code Source Operator: their version, and the stack maps that it asks for.\n";

  public static void main(String[] jars) throws IOException {
    Path from = Path.of(jars[0]);
    try (JarFile old = new JarFile(from.toFile());
        URLClassLoader loader = new URLClassLoader(new URL[] {from.toUri().toURL()});
        OutputStream file = Files.newOutputStream(Path.of(jars[1]));
        JarOutputStream made = new JarOutputStream(file)) {
      ClassFile classes =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(loader)
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      List<JarEntry> entries =
          Collections.list(old.entries()).stream().filter(entry -> !entry.isDirectory()).toList();
      for (JarEntry entry : entries) {
        byte[] bytes;
        try (InputStream in = old.getInputStream(entry)) {
          bytes = in.readAllBytes();
        }
        // module-info is of Java 9 already.
        boolean isOld =
            entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class");
        add(made, entry.getName(), isOld ? modern(classes, bytes) : bytes);
      }
      add(made, "META-INF/CHANGES", NOTE.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static byte[] modern(ClassFile classes, byte[] bytes) {
    ClassModel model = classes.parse(bytes);
    // Each method is written anew, and so gets stack maps.
    ClassTransform methods = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
    return classes.transformClass(
        model,
        methods.andThen(
            (builder, element) -> {
              if (element instanceof ClassFileVersion) {
                builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
              } else {
                builder.with(element);
              }
            }));
  }

  private static void add(JarOutputStream jar, String name, byte[] bytes) throws IOException {
    JarEntry entry = new JarEntry(name);
    entry.setTime(1_000_000_000_000L);
    jar.putNextEntry(entry);
    jar.write(bytes);
    jar.closeEntry();
  }
}
