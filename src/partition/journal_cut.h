// partition/journal_cut.h — a cut as the journal keeps it, and found again on the node of today.
//
// The text is JSON with every key always there; the reader takes nothing else, for what it reads is
// carried out. A GPU is found by its UUID: indices move when a board is added or replaced.
// Errors. kInvalidArgument names the key that is wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mig/node.h"
#include "plan/cut.h"

namespace septet::partition {

std::string cut_text(const plan::GpuCut& cut);
Result<plan::GpuCut> parse_cut(std::string_view text);

struct Located {
  std::vector<plan::GpuCut> cuts;    // with the index the GPU has now
  std::vector<std::string> missing;  // UUIDs that this node does not have
  // "GPU 2: fell off the bus": what they hold is unknown. A GPU that is lost may not even tell its
  // UUID: while there is one, no other is called missing.
  std::vector<std::string> unreadable;
};
Located locate(const std::vector<plan::GpuCut>& cuts, const mig::Node& node);

}  // namespace septet::partition
