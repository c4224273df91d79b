package dev.codesource.controller.trigger;

import dev.codesource.api.TriggerSpec;
import java.util.List;

/** The names of images. */
final class ImageNames {

  private ImageNames() {}

  /** The image of the trigger with each tag; the tags alone if the trigger names no image. */
  static List<String> of(TriggerSpec spec, List<String> tags) {
    String image = spec.image();
    return image == null ? tags : tags.stream().map(tag -> image + ":" + tag).toList();
  }
}
