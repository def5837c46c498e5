#include "plan/makespan/construct.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>


namespace septet::plan {

namespace {

constexpr std::size_t kMostPlaces = 32;
constexpr std::array<unsigned, 5> kPercentOver = {100, 103, 107, 114, 126};

struct PlaceMasks {
  std::array<std::uint32_t, kMostPlaces> ends{};  // the smallest places at or below
  std::array<std::int64_t, kMostPlaces> width{};  // how many of them
};

PlaceMasks masks_of(const Board& board) {
  PlaceMasks masks;
  std::uint32_t next = 1;
  for (auto place = board.size(); place-- > 0;) {
    if (board[place].below.empty()) {
      masks.ends[place] = next;
      next <<= 1;
    }
    for (const unsigned part : board[place].below) masks.ends[place] |= masks.ends[part];
    masks.width[place] = std::popcount(masks.ends[place]);
  }
  return masks;
}

class DualGreedy {
 public:
  explicit DualGreedy(const MakespanProblem& problem)
      : problem_(problem), masks_(masks_of(problem.board)), order_(problem.jobs()),
        work_(problem.jobs()) {
    for (std::size_t job = 0; job < problem.jobs(); ++job) {
      work_[job] = kNever;
      for (unsigned place = 1; place < problem.board.size(); ++place)
        work_[job] = std::min(work_[job], area(job, place));
    }
    std::iota(order_.begin(), order_.end(), 0u);
    std::ranges::stable_sort(order_, [this](unsigned one, unsigned other) {
      return work_[one] > work_[other];
    });
  }

  Assignment run() {
    const Ticks work = std::accumulate(work_.begin(), work_.end(), Ticks{0}) / masks_.width[0];
    Assignment best;
    Ticks shortest = kNever;
    for (const unsigned percent : kPercentOver) {
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
    return takes == kNever ? kNever : takes * masks_.width[place];
  }

  Ticks fullest(unsigned place) const {
    Ticks most = 0;
    for (std::uint32_t left = masks_.ends[place]; left != 0; left &= left - 1)
      most = std::max(most, ends_[static_cast<std::size_t>(std::countr_zero(left))]);
    return most;
  }

  Ticks place_all(Ticks wanted) {
    ends_.fill(0);
    assignment_.assign(problem_.jobs(), 0);
    Ticks longest = 0;
    for (const unsigned job : order_) {
      const unsigned place = place_for(job, wanted);
      assignment_[job] = place;
      // Jobs above run first: all ways through the place grow, none is levelled.
      for (std::uint32_t left = masks_.ends[place]; left != 0; left &= left - 1) {
        Ticks& end = ends_[static_cast<std::size_t>(std::countr_zero(left))];
        end += problem_.takes[job][place];
        longest = std::max(longest, end);
      }
    }
    return longest;
  }

  unsigned place_for(unsigned job, Ticks wanted) const {
    unsigned best = 0;
    Ticks least_area = kNever;
    Ticks latest = -1;
    unsigned soonest = 0;
    Ticks least_end = kNever;
    for (unsigned place = 1; place < problem_.board.size(); ++place) {
      const Ticks takes = problem_.takes[job][place];
      if (takes == kNever) continue;
      const Ticks end = fullest(place) + takes;
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
  PlaceMasks masks_;
  std::vector<unsigned> order_;
  std::vector<Ticks> work_;
  std::array<Ticks, kMostPlaces> ends_{};  // of each smallest place: all on the way to it
  Assignment assignment_;
};

}  // namespace

Assignment construct_plan(const MakespanProblem& problem) { return DualGreedy(problem).run(); }

}  // namespace septet::plan
