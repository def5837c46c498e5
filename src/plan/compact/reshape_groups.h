// plan/compact/reshape_groups.h — the groups of a compaction as sources of reshapes, those that are
// interchangeable as one; and the choice between reshapes back as changes of each group's GPUs.
#pragma once

#include <functional>
#include <vector>

#include "plan/compact/choose.h"
#include "plan/compact/waves.h"

namespace septet::plan {

struct HeldGpus {
  Holding holding;
  std::uint64_t gpus = 0;
};

class ReshapeGroups {
 public:
  // The reshapes must live as long as this.
  using Find = std::function<const std::vector<Reshape>&(const Holding&)>;
  ReshapeGroups(const std::vector<HeldGpus>& groups, const Find& find);

  std::vector<ReshapeSource> sources() const;
  // Slots that nobody takes are left out, those that would have to wait first.
  std::vector<ChangedGpus> changes(const PlaceTable& places, const ReshapeChoice& choice,
                                   const std::vector<std::uint64_t>& asked) const;

 private:
  struct Source {
    const std::vector<Reshape>* reshapes = nullptr;
    std::vector<std::size_t> groups;
  };
  std::vector<ChangedGpus> hand_out(const ReshapeChoice& choice) const;

  const std::vector<HeldGpus>& groups_;
  std::vector<const std::vector<Reshape>*> reshapes_;  // by group
  std::vector<Source> sources_;
};

}  // namespace septet::plan
