// partition/layout_file.h — reads septet's own form of how GPUs are to be cut.
//
// Form.   gpus:                            # or  layouts: {day: [...], night: [...]}
//         - gpu: 0                         # index, GPU-UUID, PCI address, a list of these, or all
//           product: h100-sxm5-80gb        # optional: it must be one; with `all`, only those
//           instances:
//           - 3g.40gb:4                    # a profile, and its start where that matters
//           - {profile: 1g.10gb, count: 2}
//           - {profile: 3g.40gb, start: 0, compute: ["2c.3g.40gb:0", 1c.3g.40gb]}
//           - {memory: 18GiB, slices: 2}   # whatever profile gives that much; the needs are those
//                                          # of a workload: memory, compute: 30%, sms, slices,
//                                          media
//           rest: keep                     # what else is there stays; remove when not written
//         - gpu: GPU-8c0f2ba9-...
//           mig-enabled: false
//
// `compute` not written: one that fills the instance; `none`: none inside. A GPU that no entry
// names is left as it is. One that `all` names and another entry too goes by the latter. Errors.
// kInvalidArgument with file, line and column: unknown keys with the nearest known, keys or
//         GPUs written twice, profiles that are no names, counts no GPU holds, keys that exclude
//         each other.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/yaml.h"
#include "mig/node.h"
#include "plan/cut.h"
#include "plan/workload.h"

namespace septet::partition {

// What a `gpu:` names: an index, or a UUID or PCI address as written.
struct GpuName {
  std::variant<std::uint32_t, std::string> name;
  std::string where;
};
std::string to_string(const GpuName& name);

struct ComputeWish {
  std::string profile;  // "1c.3g.40gb"; checked to be a name, not yet to be the GPU's
  std::optional<std::uint8_t> start;
  std::string where;
};

struct InstanceWish {
  plan::Workload needs;  // names the profile, or says what it must give
  unsigned count = 1;
  std::optional<std::uint8_t> start;
  std::optional<std::vector<ComputeWish>> compute;  // nullopt: one that fills it
  std::string where;
};

struct LayoutEntry {
  bool all = false;
  std::vector<GpuName> gpus;  // when not all
  std::string product;        // empty: any
  bool mig_enabled = true;
  bool keep_rest = false;
  std::vector<InstanceWish> instances;
  std::string where;
};

struct NamedLayout {
  std::string name;  // empty: the file's only one
  std::vector<LayoutEntry> entries;
};

bool looks_like_layouts(const YamlDocument& document);
Result<std::vector<NamedLayout>> read_layouts(const YamlDocument& document);
// The one named, or the only one when `name` is empty. kNotFound names the nearest.
Result<NamedLayout> select_layout(const std::vector<NamedLayout>& layouts, std::string_view name);

// This node in that form, to the place and the compute instance, GPUs by UUID: read back, nothing
// differs. A mode change that waits for a reset is not in it. kUnavailable when a GPU's state is
// unknown, kNotSupported when none can be cut.
Result<std::string> layout_text(const mig::Node& node);

}  // namespace septet::partition
