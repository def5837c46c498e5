// plan/fitting.h — every multiset of profiles that one GPU can take beside what it holds.
//
// A Count has one number per row of the geometry. Built once per question: at most a few thousand
// legal layouts on any product, each visited once.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "mig/layout.h"
#include "plan/explain.h"

namespace septet::plan {

using Count = std::vector<std::uint8_t>;

class Fitting {
 public:
  // Considers profiles that are asked for, and all plain ones.
  Fitting(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
          const std::vector<Wish>& wishes);

  std::size_t row(const mig::GpuInstanceProfile* profile) const {
    return static_cast<std::size_t>(profile - geometry_.profiles.data());
  }
  Count count_of(const std::vector<Wish>& wishes) const;
  // The layout (held ones included) that adds exactly this; the roomiest. nullptr: there is none.
  const mig::Layout* find(const Count& added) const;
  // Everything that can be added, by count.
  const std::map<Count, mig::Layout>& all() const { return by_count_; }
  bool considered(const mig::GpuInstanceProfile& profile) const {
    return considered_[row(&profile)];
  }
  std::size_t layouts() const { return layouts_; }

 private:
  bool honors_starts(const mig::Layout& layout, const Count& added,
                     const std::vector<Wish>& wishes) const;

  const mig::Geometry& geometry_;
  std::vector<bool> considered_;
  std::map<Count, mig::Layout> by_count_;
  std::map<Count, unsigned> room_;
  std::size_t layouts_ = 0;
};

// The reason, in units and budgets, why `wishes` (which do not fit) do not.
std::string why_not(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                    const std::vector<Wish>& wishes, const Fitting& fitting);

// The closest wishes that fit: one change, or two where one does not do.
std::vector<Alternative> nearest_that_fit(const mig::Geometry& geometry,
                                          const std::vector<Wish>& wishes, const Fitting& fitting);

}  // namespace septet::plan
