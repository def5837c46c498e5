// cli/node_picture.h — a node as a picture: every GPU as its slices, with walls between instances.
//
// Text only, pure: the same snapshot gives the same characters. 80 columns unless told otherwise.
#pragma once

#include <functional>
#include <string>

#include "mig/node.h"

namespace septet::cli {

struct PictureOptions {
  bool ascii = false;   // +-| instead of box characters
  bool color = false;   // ANSI colors
  unsigned width = 80;  // columns, at least 60
  bool details = true;  // the line per instance under each GPU
  // A name for who has an instance (a workload); empty = nobody. May be null.
  std::function<std::string(const mig::Gpu&, const mig::GpuInstance&)> label;
};

std::string draw_gpu(const mig::Node& node, const mig::Gpu& gpu, const PictureOptions& options);
std::string draw_node(const mig::Node& node, const PictureOptions& options);

}  // namespace septet::cli
