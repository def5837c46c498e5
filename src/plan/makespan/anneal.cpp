#include "plan/makespan/anneal.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "plan/makespan/job_picker.h"

namespace septet::plan {

namespace {

constexpr std::size_t kMostPlacesAnnealed = 33;
constexpr double kMeanWeight = 6.0;
constexpr double kWarmestShare = 0.01,
                 kColdestShare = 0.0003;  // of what is to be small at the beginning

class Annealing {
 public:
  Annealing(const MakespanProblem& problem, const Assignment& plan)
      : problem_(problem), plan_(plan), places_(problem.board.size()), runs_on_(plan.size()) {
    SEPTET_ASSERT(places_ <= kMostPlacesAnnealed);
    for (std::size_t place = 0; place < places_; ++place) {
      above_[place] = problem.board[place].above;
      ends_[place] = problem.board[place].below.empty();
      end_count_ += ends_[place] ? 1.0 : 0.0;
    }
    for (std::size_t job = 0; job < plan.size(); ++job) {
      loads_[plan[job]] += takes(job, plan[job]);
      for (unsigned place = 1; place < places_; ++place) {
        if (problem.takes[job][place] < kNever) runs_on_[job].push_back(place);
      }
    }
  }

  Assignment run(unsigned moves) {
    Assignment best = plan_;
    value_ = weigh();
    double shortest = fullest_;
    double heat = kWarmestShare * value_;
    const double cooling = std::pow(kColdestShare / kWarmestShare, 1.0 / moves);
    for (unsigned move = 0; move < moves; ++move, heat *= cooling) {
      const bool moved = picker_.below(2) == 0 ? move_one(heat) : swap_two(heat);
      if (!moved || fullest_ >= shortest) continue;
      shortest = fullest_;
      best = plan_;
    }
    return best;
  }

 private:
  double takes(std::size_t job, unsigned place) const {
    return static_cast<double>(problem_.takes[job][place]);
  }

  double weigh() {
    std::array<double, kMostPlacesAnnealed> way{};
    double sum = 0.0;
    fullest_ = 0.0;
    for (std::size_t place = 1; place < places_; ++place) {
      way[place] = loads_[place] + way[above_[place]];
      if (!ends_[place]) continue;
      fullest_ = std::max(fullest_, way[place]);
      sum += way[place];
    }
    return fullest_ + kMeanWeight * sum / end_count_;
  }

  bool accepted(double heat) {
    const double value = weigh();
    if (value > value_ && picker_.share() >= std::exp((value_ - value) / heat)) return false;
    value_ = value;
    return true;
  }

  bool move_one(double heat) {
    const std::size_t job = picker_.below(plan_.size());
    const unsigned from = plan_[job];
    const unsigned to = runs_on_[job][picker_.below(runs_on_[job].size())];
    if (to == from) return false;
    loads_[from] -= takes(job, from);
    loads_[to] += takes(job, to);
    if (accepted(heat)) {
      plan_[job] = to;
      return true;
    }
    loads_[to] -= takes(job, to);
    loads_[from] += takes(job, from);
    return false;
  }

  bool swap_two(double heat) {
    const std::size_t one = picker_.below(plan_.size());
    const std::size_t other = picker_.below(plan_.size());
    const unsigned here = plan_[one];
    const unsigned there = plan_[other];
    if (here == there) return false;
    if (problem_.takes[one][there] == kNever || problem_.takes[other][here] == kNever) return false;
    const double more_here = takes(other, here) - takes(one, here);
    const double more_there = takes(one, there) - takes(other, there);
    loads_[here] += more_here;
    loads_[there] += more_there;
    if (accepted(heat)) {
      std::swap(plan_[one], plan_[other]);
      return true;
    }
    loads_[here] -= more_here;
    loads_[there] -= more_there;
    return false;
  }

  const MakespanProblem& problem_;
  Assignment plan_;
  std::size_t places_;
  std::vector<std::vector<unsigned>> runs_on_;  // by job
  std::array<std::size_t, kMostPlacesAnnealed> above_{};
  std::array<bool, kMostPlacesAnnealed> ends_{};     // nothing is below
  std::array<double, kMostPlacesAnnealed> loads_{};  // whole ticks: sums are exact
  double end_count_ = 0.0;
  double value_ = 0.0, fullest_ = 0.0;
  JobPicker picker_;
};

}  // namespace

Assignment anneal_plan(const MakespanProblem& problem, const Assignment& plan, unsigned moves) {
  return Annealing(problem, plan).run(moves);
}

}  // namespace septet::plan
