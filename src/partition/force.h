// partition/force.h — the instances that may be destroyed although they are in use: named, one by
// one.
//
// Grammar. "MIG-..." (a compute instance and nothing else in its GPU instance), or
//          GPU ":" PROFILE "@" START with GPU an index or "GPU-...": "0:3g.40gb@4".
// Errors.  kInvalidArgument: not of this form. kNotFound: no such instance where the plan starts.
#pragma once

#include <string>
#include <vector>

#include "plan/diff.h"

namespace septet::partition {

class Force {
 public:
  static Result<Force> make(const std::vector<std::string>& names,
                            const std::vector<plan::GpuCut>& from);

  // May this step end the processes that are in its way?
  bool allows(const plan::Step& step) const;
  // Steps that still have somebody in the way when those that are allowed have ended theirs.
  std::vector<const plan::Step*> blocked(const std::vector<plan::Step>& steps) const;

 private:
  struct Named {
    std::uint32_t gpu = 0;
    mig::Placement at;
    std::string uuid;  // empty: the whole GPU instance
  };
  std::vector<Named> named_;
};

// How to name what the step is about: "0:3g.40gb@4".
std::string force_name(const plan::Step& step);

}  // namespace septet::partition
