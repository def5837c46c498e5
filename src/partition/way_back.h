// partition/way_back.h — what undoing our own steps makes of a GPU.
//
// Pure. What we created goes, what we destroyed returns to the very place it had; what somebody
// else created or destroyed meanwhile is theirs and stays as it is. So the result is the start,
// but for changes of others, which are listed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/diff.h"

namespace septet::partition {

struct WayBack {
  plan::GpuCut to;                  // what the GPU should become
  std::vector<std::string> others;  // "1g.10gb@6 was created by somebody else meanwhile"
  // Something of ours cannot return: its place is taken, or MIG mode was turned off.
  std::optional<Error> impossible;
};

struct Taken {
  plan::Step step;    // StepRun::as_done
  bool sure = false;  // StepRun::sure; otherwise it may have been taken, or not
};

// `ours`: in the order they were taken, those of earlier tries to go back included.
WayBack way_back(const plan::GpuCut& now, const plan::GpuCut& from, const std::vector<Taken>& ours);

}  // namespace septet::partition
