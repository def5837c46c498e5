// plan/place.h — a multiset of instances on one GPU, where it disturbs least what is there.
//
// Exact: of all ways to place the multiset the best, in this order of importance: in-use instances
// kept, then memory units in place, then the fewest steps (compute instances counted), then the
// smallest profiles where they are open (memory units, then slices), then the most (profile, start)
// pairs left possible, then the first in order of starts.
// An in-use compute instance is kept when it and its GPU instance are.
//
// Errors. kInfeasible when the multiset has no legal layout, or none beside what must stay, with
// what fits instead and what would have to move (plan/refusal.h).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mig/layout.h"
#include "plan/cut.h"

namespace septet::plan {

struct WantedInstance {
  const mig::GpuInstanceProfile* profile = nullptr;  // found again on the GPU by its id
  std::optional<std::uint8_t> start;                 // nullopt: wherever it fits best
  std::vector<ComputeCut> compute;                   // exactly these inside; places may be open
};

// Any of these profiles will do; the compute instance that fills it is inside.
struct OpenInstance {
  std::vector<const mig::GpuInstanceProfile*> one_of;  // smallest first, at least one
  std::optional<std::uint8_t> start;
  friend bool operator==(const OpenInstance&, const OpenInstance&) = default;
};

struct Wanted {
  std::vector<WantedInstance> instances;
  // Everything that is there stays, wanted or not; what is wanted and there counts.
  bool leave_rest = false;
  // Compute instances are wanted by their number of slices alone: an instance that holds as many of
  // each width is left as it is, whatever their profiles.
  bool by_width = false;
  std::vector<OpenInstance> open{};
};

// The target for this GPU, MIG mode on. Also kInternal for a GPU that reports what cannot be.
Result<GpuCut> place(const mig::Gpu& gpu, const Wanted& wanted);

struct Held {
  mig::Instance instance;  // profile of the same Geometry
  bool busy = false;
  bool serves = true;  // pack: may be counted for a workload that wants its profile
};

// Without compute instances: the number of instances kept stands for the steps.
Result<mig::Layout> place(const mig::Geometry& geometry, const std::vector<Held>& held,
                          const std::vector<const mig::GpuInstanceProfile*>& wanted);

// (profile, start) pairs that may still be added: what a layout leaves open.
unsigned room_left(const mig::Geometry& geometry, const mig::Layout& layout);
unsigned room_left(const mig::Geometry& geometry, const mig::Occupancy& taken);

}  // namespace septet::plan
