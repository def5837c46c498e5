#include "plan/makespan/construct.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace septet::plan {

namespace {

constexpr std::size_t kMostPlacesBuilt = 33;
constexpr std::array<Ticks, 5> kPercentOfWork = {100, 103, 107, 114, 126};

class DualGreedy {
 public:
  explicit DualGreedy(const MakespanProblem& problem)
      : problem_(problem),
        places_(static_cast<unsigned>(problem.board.size())),
        order_(problem.jobs()),
        work_(problem.jobs()) {
    SEPTET_ASSERT(places_ <= kMostPlacesBuilt);
    for (unsigned place = places_; place-- > 0;) {
      above_[place] = problem.board[place].above;
      if (problem.board[place].below.empty()) width_[place] = 1;
      if (place > 0) width_[above_[place]] += width_[place];
    }
    for (std::size_t job = 0; job < problem.jobs(); ++job) {
      work_[job] = kNever;
      for (unsigned place = 1; place < places_; ++place)
        work_[job] = std::min(work_[job], area(job, place));
    }
    std::iota(order_.begin(), order_.end(), 0u);
    std::ranges::stable_sort(
        order_, [this](unsigned one, unsigned other) { return work_[one] > work_[other]; });
  }

  Assignment run() {
    const Ticks work = std::accumulate(work_.begin(), work_.end(), Ticks{0}) / width_[0];
    Assignment best;
    Ticks shortest = kNever;
    for (const Ticks percent : kPercentOfWork) {
      const Ticks wanted = work / 100 * percent;
      const Ticks reached = place_all(wanted);
      if (reached < shortest) {
        shortest = reached;
        best = assignment_;
      }
      if (reached <= wanted) break;
    }
    return best;
  }

 private:
  Ticks area(std::size_t job, unsigned place) const {
    const Ticks takes = problem_.takes[job][place];
    return takes == kNever ? kNever : takes * width_[place];
  }

  // The fullest way through every place.
  void look_at_ways() {
    std::array<Ticks, kMostPlacesBuilt> way{};
    full_[0] = 0;
    for (unsigned place = 1; place < places_; ++place)
      full_[place] = way[place] = loads_[place] + way[above_[place]];
    for (unsigned place = places_; place-- > 1;)
      full_[above_[place]] = std::max(full_[above_[place]], full_[place]);
  }

  Ticks place_all(Ticks wanted) {
    loads_.fill(0);
    full_.fill(0);
    assignment_.assign(problem_.jobs(), 0);
    for (const unsigned job : order_) {
      const unsigned place = place_for(job, wanted);
      assignment_[job] = place;
      loads_[place] += problem_.takes[job][place];
      look_at_ways();
    }
    return full_[0];
  }

  unsigned place_for(unsigned job, Ticks wanted) const {
    unsigned best = 0;
    Ticks least_area = kNever;
    Ticks latest = -1;
    unsigned soonest = 0;
    Ticks least_end = kNever;
    for (unsigned place = 1; place < places_; ++place) {
      const Ticks takes = problem_.takes[job][place];
      if (takes == kNever) continue;
      const Ticks end = full_[place] + takes;
      if (end < least_end) {
        least_end = end;
        soonest = place;
      }
      const Ticks uses = area(job, place);
      if (end > wanted || uses > least_area || (uses == least_area && end <= latest)) continue;
      best = place;
      least_area = uses;
      latest = end;
    }
    return best != 0 ? best : soonest;
  }

  const MakespanProblem& problem_;
  unsigned places_;
  std::array<unsigned, kMostPlacesBuilt> above_{};
  std::array<Ticks, kMostPlacesBuilt> width_{};  // smallest places at or below
  std::array<Ticks, kMostPlacesBuilt> loads_{}, full_{};
  std::vector<unsigned> order_;
  std::vector<Ticks> work_;
  Assignment assignment_;
};

}  // namespace

Assignment construct_plan(const MakespanProblem& problem) { return DualGreedy(problem).run(); }

}  // namespace septet::plan
