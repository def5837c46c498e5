// publish/labels.h — a node's labels as GPU Feature Discovery gives them.
//
// Source. Names, values and the strategies' differences: GPU Feature Discovery v0.20. On a node
//         that `single` cannot describe NVIDIA's product is "...-MIG-INVALID"; so is ours, and
//         septet.dev/not-offered says how many GPUs and docs where the reason is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "publish/offer.h"

namespace septet::publish {

using Labels = std::map<std::string, std::string>;

struct LabelContext {
  std::string machine;                    // contents of the machine type file; empty: unknown
  std::optional<std::int64_t> timestamp;  // unix seconds
};
Labels labels(const mig::Node& node, const PluginConfig& config, const Offer& offer,
              const LabelContext& context);

// The features.d file: "key=value" lines, sorted.
std::string label_file_text(const Labels& labels);

}  // namespace septet::publish
