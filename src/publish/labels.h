// publish/labels.h — a node's labels as GPU Feature Discovery gives them.
//
// Source. Names, values and the strategies' differences: GPU Feature Discovery v0.20. Beyond it:
//         septet.dev/not-offered says of how many GPUs something is left out (why is in
//         Offer::not_offered and in the node's condition). On a node that `single` cannot describe
//         the product is "...-MIG-INVALID" as NVIDIA's; count, replicas and memory are of what is
//         served, where NVIDIA's plugin serves nothing and says 0. Values longer than Kubernetes'
//         63 characters are cut short.
// Errors. None: what the driver does not tell has no label.
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
