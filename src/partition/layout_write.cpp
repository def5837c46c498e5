// partition/layout_write.cpp — a node as a layout file: what is there, to the place.
#include <fmt/format.h>

#include <algorithm>

#include "partition/layout_file.h"

namespace septet::partition {

namespace {

bool fills(const plan::InstanceCut& instance) {
  return instance.compute.size() == 1 && instance.compute[0].name == instance.name;
}

std::string line_of(const plan::InstanceCut& instance) {
  if (fills(instance)) return fmt::format("{}:{}", instance.name, instance.at.start);
  std::string inside = "none";
  if (!instance.compute.empty()) {
    inside = "[";
    for (const plan::ComputeCut& compute : instance.compute) {
      inside += fmt::format("{}\"{}", inside == "[" ? "" : ", ", compute.name);
      if (compute.at) inside += fmt::format(":{}", compute.at->start);
      inside += '"';
    }
    inside += "]";
  }
  return fmt::format("{{profile: {}, start: {}, compute: {}}}", instance.name, instance.at.start,
                     inside);
}

std::string entry_of(const mig::Gpu& gpu) {
  std::string text = fmt::format("- gpu: {}  # {}, {}\n", gpu.uuid, gpu.index, gpu.name);
  const plan::GpuCut cut = plan::cut_of(gpu);
  if (cut.mode != mig::MigMode::kOn) return text + "  mig-enabled: false\n";
  if (gpu.product != nullptr) text += fmt::format("  product: {}\n", gpu.product->id);
  if (cut.instances.empty()) return text + "  instances: []\n";
  text += "  instances:\n";
  for (const plan::InstanceCut& instance : cut.instances)
    text += fmt::format("  - {}\n", line_of(instance));
  return text;
}

}  // namespace

Result<std::string> layout_text(const mig::Node& node) {
  std::string text;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.problem) {
      return fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu.index, *gpu.problem),
                  "its state is unknown, and a file without it would be wrong");
    }
    if (gpu.mode != mig::MigMode::kUnsupported && gpu.geometry != nullptr) text += entry_of(gpu);
  }
  if (text.empty()) {
    return fail(Code::kNotSupported,
                "no GPU of this node can be cut, so there is nothing to export");
  }
  return "gpus:\n" + text;
}

}  // namespace septet::partition
