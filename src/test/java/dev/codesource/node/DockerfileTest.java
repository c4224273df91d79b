package dev.codesource.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** There are two ways to build the image: Docker's and Jib's. */
class DockerfileTest {

  private static final String JIB = "//plugin[artifactId='jib-maven-plugin']/configuration/";

  private final Dockerfile dockerfile = Dockerfile.read();
  private final Document pom = pom();

  @Test
  void jibMakesTheSameImage() {
    assertThat(text("from/image")).isEqualTo(dockerfile.base());
    assertThat(text("container/user")).isEqualTo(dockerfile.user());
    assertThat(text("container/workingDirectory")).isEqualTo(dockerfile.folder());
    assertThat(List.of(text("container/entrypoint").split(","))).isEqualTo(dockerfile.entrypoint());
    assertThat(elements("container/ports/port").stream().map(Element::getTextContent))
        .isEqualTo(dockerfile.ports());
    Map<String, String> environment = new LinkedHashMap<>();
    elements("container/environment/*")
        .forEach(each -> environment.put(each.getTagName(), each.getTextContent()));
    assertThat(environment).isEqualTo(dockerfile.environment());
    Map<String, String> copies = new LinkedHashMap<>();
    elements("extraDirectories/paths/path")
        .forEach(
            path ->
                copies.put(
                    path.getElementsByTagName("from").item(0).getTextContent(),
                    path.getElementsByTagName("into").item(0).getTextContent()));
    assertThat(copies).isEqualTo(dockerfile.copies());
  }

  @Test
  void bothRunAsANumberThatIsNotRoot() {
    assertThat(dockerfile.user()).matches("[1-9]\\d*:[1-9]\\d*");
  }

  private String text(String path) {
    List<Element> found = elements(path);
    assertThat(found).as(path).hasSize(1);
    return found.getFirst().getTextContent();
  }

  private List<Element> elements(String path) {
    try {
      NodeList found =
          (NodeList)
              XPathFactory.newInstance()
                  .newXPath()
                  .evaluate(JIB + path, pom, XPathConstants.NODESET);
      return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
    } catch (XPathExpressionException e) {
      throw new IllegalArgumentException(path, e);
    }
  }

  private static Document pom() {
    try {
      // Without names of namespaces, which XPath would want in every step.
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(Path.of("pom.xml").toFile());
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }
}
