// lab/scenario/layouts_file.h — how a scenario says what GPUs are cut into, and when anew.
//
// Form.   [[7 x 1g.10gb], [3g.40gb, 4g.40gb]]: one list of profiles per GPU.
// Errors. kInvalidArgument with FILE:LINE:COLUMN: no such profile, or they do not fit on one GPU.
#pragma once

#include "base/yaml.h"
#include "lab/scenario/scenario.h"

namespace septet::lab {

using GpuLayouts = std::vector<std::vector<std::string>>;
Result<GpuLayouts> read_layouts(const YamlDocument& document, const YAML::Node& node,
                                const mig::Geometry& geometry, unsigned most_gpus);
Result<std::vector<LayoutChange>> read_changes(const YamlDocument& document, const YAML::Node& node,
                                               const mig::Geometry& geometry, unsigned most_gpus,
                                               double seconds);

}  // namespace septet::lab
