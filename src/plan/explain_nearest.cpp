// plan/explain_nearest.cpp — the wishes closest to one that does not fit.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "plan/fitting.h"

namespace septet::plan {

namespace {

constexpr std::size_t kShownNearest = 4;

// One change of a wish: another profile in place of one, or none.
struct Edit {
  const mig::GpuInstanceProfile* from = nullptr;
  const mig::GpuInstanceProfile* to = nullptr;  // nullptr: dropped
};

struct Candidate {
  std::vector<Edit> edits;
  Count count;
  unsigned slices_lost = 0, units_lost = 0, dropped = 0;
  auto rank() const { return std::tuple(edits.size(), slices_lost, dropped, units_lost); }
};

class Nearest {
 public:
  Nearest(const mig::Geometry& geometry, const std::vector<Wish>& wishes, const Fitting& fitting)
      : geometry_(geometry), wishes_(wishes), fitting_(fitting), asked_(fitting.count_of(wishes)) {
    for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
      const std::size_t row = fitting.row(&profile);
      if (asked_[row] == 0) continue;
      add_edit(row, nullptr);
      for (const mig::GpuInstanceProfile& other : geometry.profiles) {
        const bool smaller = other.slices <= profile.slices && other.size <= profile.size;
        if (&other != &profile && smaller && fitting.considered(other)) add_edit(row, &other);
      }
    }
  }

  std::vector<Alternative> run() {
    for (const Edit& edit : edits_) consider({edit});
    if (found_.empty()) {
      for (std::size_t i = 0; i < edits_.size(); ++i) {
        for (std::size_t j = i; j < edits_.size(); ++j) consider({edits_[i], edits_[j]});
      }
    }
    std::ranges::stable_sort(found_, {},
                             [](const Candidate& candidate) { return candidate.rank(); });
    std::vector<Alternative> shown;
    for (std::size_t i = 0; i < std::min(found_.size(), kShownNearest); ++i)
      shown.push_back(spell(found_[i]));
    return shown;
  }

 private:
  void add_edit(std::size_t row, const mig::GpuInstanceProfile* to) {
    edits_.push_back({&geometry_.profiles[row], to});
  }

  void consider(const std::vector<Edit>& edits) {
    Candidate candidate{edits, asked_, 0, 0, 0};
    for (const Edit& edit : edits) {
      std::uint8_t& from = candidate.count[fitting_.row(edit.from)];
      if (from == 0) return;
      --from;
      candidate.slices_lost += edit.from->slices;
      candidate.units_lost += edit.from->size;
      if (edit.to == nullptr) {
        ++candidate.dropped;
        continue;
      }
      ++candidate.count[fitting_.row(edit.to)];
      candidate.slices_lost -= edit.to->slices;
      candidate.units_lost -= edit.to->size;
    }
    const bool nothing_left =
        std::ranges::all_of(candidate.count, [](std::uint8_t n) { return n == 0; });
    if (nothing_left || fitting_.find(candidate.count) == nullptr) return;
    const auto twin = std::ranges::find(found_, candidate.count, &Candidate::count);
    if (twin == found_.end()) {
      found_.push_back(std::move(candidate));
    } else if (candidate.rank() < twin->rank()) {
      *twin = std::move(candidate);
    }
  }

  Alternative spell(const Candidate& candidate) const {
    Alternative alternative;
    for (const Wish& wish : wishes_) alternative.profiles.push_back(wish.profile);
    for (const Edit& edit : candidate.edits) {
      const bool several = asked_[fitting_.row(edit.from)] > 1;
      const std::string what = fmt::format("{}{}", several ? "one " : "", edit.from->name);
      if (!alternative.change.empty()) alternative.change += ", ";
      // From the back: the wishes named first are the ones people care about.
      const auto at =
          std::ranges::find(alternative.profiles.rbegin(), alternative.profiles.rend(), edit.from);
      if (edit.to == nullptr) {
        alternative.change += "without " + what;
        alternative.profiles.erase(std::next(at).base());
      } else {
        alternative.change += fmt::format("{} instead of {}", edit.to->name, what);
        *at = edit.to;
      }
    }
    alternative.layout = *fitting_.find(candidate.count);
    return alternative;
  }

  const mig::Geometry& geometry_;
  const std::vector<Wish>& wishes_;
  const Fitting& fitting_;
  const Count asked_;
  std::vector<Edit> edits_;
  std::vector<Candidate> found_;
};

}  // namespace

std::vector<Alternative> nearest_that_fit(const mig::Geometry& geometry,
                                          const std::vector<Wish>& wishes, const Fitting& fitting) {
  return Nearest(geometry, wishes, fitting).run();
}

}  // namespace septet::plan
