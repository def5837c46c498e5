// partition/differences.h — in what the GPUs of a plan are not yet as its target, in counts.
//
// What stays is not mentioned. Places are named only where a GPU holds the right instances at the
// wrong ones: files mostly leave places open, and those the planner chose are nobody's wish.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "plan/diff.h"

namespace septet::partition {

struct Counted {
  std::string name;  // "1g.10gb", "3g.40gb (2c.3g.40gb 1c.3g.40gb)"
  unsigned count = 0;
};

struct Difference {
  std::uint32_t gpu = 0;
  std::string uuid;
  std::optional<bool> mode_on;  // wanted, and not so
  bool mode_pending = false;    // a mode change waits for a reset
  std::vector<Counted> lacks, unwanted;
};

// By GPU; empty: every GPU of the plan is as wanted.
std::vector<Difference> differences(const plan::Plan& plan);

// "GPU 1: MIG mode is off, not on; lacks 7x 1g.10gb; holds 1x 3g.40gb that nobody asked for"
std::string to_string(const Difference& difference);
Json to_json(const Difference& difference);

}  // namespace septet::partition
