// mig/layout.h — the GPU instances on one GPU: a value that is either legal or not built.
//
// Legal means: every placement is one its profile allows, no two overlap, and the budgets beyond
// memory units hold (at most one +me; +me.all only beside -me; Thor's one compute and one
// graphics).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mig/product.h"

namespace septet::mig {

struct Instance {
  const GpuInstanceProfile* profile = nullptr;  // into the Geometry; outlives the Instance
  Placement at;
  friend bool operator==(const Instance&, const Instance&) = default;
};

// What is taken on one GPU: enough to answer "may this be added?" in a few instructions.
struct Occupancy {
  std::uint16_t units = 0;        // bit i set <=> memory unit i is taken
  std::uint8_t me = 0;            // instances with +me
  std::uint8_t all_me = 0;        // instances with +me.all
  std::uint8_t with_media = 0;    // instances that hold any media engine (everything but -me)
  std::uint8_t graphics = 0;      // instances with +gfx
  std::uint8_t compute_only = 0;  // instances without +gfx
  std::uint8_t padding = 0;       // so that FitTable reads it as one number

  void add(const GpuInstanceProfile& profile, Placement at);
  friend bool operator==(const Occupancy&, const Occupancy&) = default;
};

// Why an instance may not be added; kNone means it may.
enum class Refusal : std::uint8_t {
  kNone,
  kNotAPlacement,
  kOverlap,
  kMediaBudget,
  kAllMediaBudget,
  kGraphicsBudget
};
std::string_view to_string(Refusal refusal);

Refusal may_add(const Geometry& geometry, const Occupancy& taken, const GpuInstanceProfile& profile,
                Placement at);
// Starts (bit mask) at which `profile` may be added now.
std::uint16_t free_starts(const Geometry& geometry, const Occupancy& taken,
                          const GpuInstanceProfile& profile);
// How many more of `profile` can still be created (nvidia-smi's "Free").
unsigned remaining(const Geometry& geometry, const Occupancy& taken,
                   const GpuInstanceProfile& profile);

class Layout {
 public:
  Layout() = default;
  static Result<Layout> make(const Geometry& geometry, std::vector<Instance> instances);

  const std::vector<Instance>& instances() const { return instances_; }  // by start
  Occupancy occupancy() const;
  unsigned compute_slices() const;
  friend bool operator==(const Layout&, const Layout&) = default;

 private:
  friend class LayoutWalk;  // builds layouts that are legal by the way it walks
  explicit Layout(std::vector<Instance> sorted) : instances_(std::move(sorted)) {}
  std::vector<Instance> instances_;
};

std::string to_string(const Instance& instance);  // "3g.40gb@4"
std::string to_string(const Layout& layout);      // "4g.40gb@0 3g.40gb@4"; "(empty)"

using ProfileFilter = std::function<bool(const GpuInstanceProfile&)>;
// Visits every legal layout of the profiles that `use` accepts, the empty one included, each once,
// in a fixed order. 298 visits on a classic 7-slice board, the empty one counted.
void visit_layouts(const Geometry& geometry, const ProfileFilter& use,
                   const std::function<void(const Layout&)>& visit);
// No instance of a profile that `use` accepts can be added.
bool maximal(const Geometry& geometry, const Layout& layout, const ProfileFilter& use);
std::vector<Layout> layouts(const Geometry& geometry, const ProfileFilter& use, bool only_maximal);

}  // namespace septet::mig
