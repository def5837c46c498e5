// tests/e2e/layouts_of_tests.h — the config file that the tests of changes apply, and what a node
// holds.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "program.h"

namespace septet::e2e {

// Every config is about GPU 0 alone.
inline std::string write_configs(const Node& node) {
  return node.write("configs.yaml",
                    "version: v1\n"
                    "mig-configs:\n"
                    "  halves:\n"
                    "  - {devices: [0], mig-enabled: true, mig-devices: {3g.40gb: 2}}\n"
                    "  small:\n"
                    "  - {devices: [0], mig-enabled: true, mig-devices: {1g.10gb: 7}}\n"
                    "  mixed:\n"
                    "  - {devices: [0], mig-enabled: true, mig-devices: {3g.40gb: 1, 2g.20gb: 1}}\n"
                    "  off:\n"
                    "  - {devices: [0], mig-enabled: false}\n"
                    "  everywhere:\n"
                    "  - {devices: all, mig-enabled: true, mig-devices: {3g.40gb: 1}}\n");
}

// "3g.40gb@0 3g.40gb@4" of one GPU, by start.
inline std::string held_by(const Node& node, std::size_t gpu = 0) {
  std::vector<std::pair<int, std::string>> held;
  const Json status = node.json("status");
  for (const Json& gi : status["gpus"][gpu]["gpu_instances"]) {
    const int start = gi["placement"]["start"].get<int>();
    std::string text = gi["profile"].get<std::string>() + "@" + std::to_string(start);
    if (gi["compute_instances"].empty()) text += "(no compute)";
    held.emplace_back(start, text);
  }
  std::ranges::sort(held);
  std::string text;
  for (const auto& [start, one] : held) text += (text.empty() ? "" : " ") + one;
  return text;
}

}  // namespace septet::e2e
