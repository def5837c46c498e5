// plan/fleet/hand_out.h — slots of classes to the profiles that were asked for.
//
// Fillings count classes; a GPU is cut into profiles. Each slot becomes an instance of a profile
// that somebody asked for, or is left out; GPUs that come out alike stay one row.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/fleet/fleet.h"
#include "plan/fleet/price_bound.h"

namespace septet::plan {

class HandOut {
 public:
  HandOut(const Fleet& fleet, const FleetFillings& fillings);

  void ask(const FleetChoice& choice, std::uint64_t replicas);  // all of it before the first fill
  void fill(std::size_t pool, const Filling& filling, std::uint64_t gpus);
  bool all_placed() const;
  std::vector<FleetRow> take() { return std::move(rows_); }

 private:
  struct Asked {
    const mig::GpuInstanceProfile* profile = nullptr;
    std::uint64_t left = 0;
  };
  using Queue = std::vector<Asked>;  // of one class
  std::vector<const mig::GpuInstanceProfile*> next_of(Queue& queue, std::uint16_t slots,
                                                      std::uint64_t& alike);

  const Fleet& fleet_;
  const FleetFillings& fillings_;
  std::vector<std::vector<Queue>> asked_;  // by product and class
  std::vector<FleetRow> rows_;
};

}  // namespace septet::plan
