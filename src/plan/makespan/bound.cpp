#include "plan/makespan/bound.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace septet::plan {

namespace {

using PlaceWeights = std::vector<double>;  // by place: what its smallest places weigh together

constexpr double kRoundingSlack = 1e-9;  // what rounding may have added to a weighed sum
constexpr Ticks kMostFolds = 6;

// A dual feasible function of takes / length, which is at most one; k = 0 is that share itself.
double dual_feasible_share(Ticks takes, Ticks length, Ticks k) {
  const double share = static_cast<double>(takes) / static_cast<double>(length);
  if (k == 0 || (takes * (k + 1)) % length == 0) return share;
  const Ticks whole = takes * (k + 1) / length;
  return static_cast<double>(whole) / static_cast<double>(k);
}

class WeighedBound {
 public:
  explicit WeighedBound(const MakespanProblem& problem) : problem_(problem) { weigh(); }

  // Whether no plan of `length` exists, by these weights.
  bool contradicts(Ticks length) const {
    for (const PlaceWeights& weights : families_) {
      for (Ticks k = 0; k <= kMostFolds; ++k) {
        if (least_sum(weights, length, k, nullptr) > 1.0 + kRoundingSlack) return true;
      }
    }
    return false;
  }

 private:
  // Of the cheapest places of all jobs; `chosen`, if any, is filled with them.
  double least_sum(const PlaceWeights& weights, Ticks length, Ticks k, Assignment* chosen) const {
    double sum = 0.0;
    for (std::size_t job = 0; job < problem_.jobs(); ++job) {
      double least = 2.0;  // more than anything that fits
      for (unsigned place = 1; place < weights.size(); ++place) {
        const Ticks takes = problem_.takes[job][place];
        if (takes > length) continue;
        const double cost = weights[place] * dual_feasible_share(takes, length, k);
        if (cost >= least) continue;
        least = cost;
        if (chosen != nullptr) (*chosen)[job] = place;
      }
      sum += least;
    }
    return sum;
  }

  PlaceWeights from_ends(std::vector<double> ends) const {
    double sum = 0.0;
    for (unsigned place = 1; place < ends.size(); ++place) {
      if (!problem_.board[place].below.empty()) ends[place] = 0.0;
      sum += ends[place];
    }
    for (auto place = ends.size(); place-- > 1;) {
      if (problem_.board[place].below.empty()) ends[place] /= sum;
      ends[problem_.board[place].above] += problem_.board[place].above == 0 ? 0.0 : ends[place];
    }
    return ends;
  }

  // Equal weights, then weights that follow the fullest places of what each family would choose.
  void weigh() {
    std::vector<double> ends(problem_.board.size(), 1.0);
    families_.push_back(from_ends(ends));
    Ticks length = kSecond;
    while (contradicts(length)) length *= 2;
    Assignment chosen(problem_.jobs(), 0);
    for (double step = 0.4; step > 0.04; step *= 0.75) {
      least_sum(families_.back(), length, 0, &chosen);
      std::vector<Ticks> way = loads_of(problem_, chosen);
      for (unsigned place = 1; place < way.size(); ++place) {
        way[place] += way[problem_.board[place].above];
        ends[place] *=
            std::exp(step * static_cast<double>(way[place]) / static_cast<double>(length));
      }
      families_.push_back(from_ends(ends));
    }
  }

  const MakespanProblem& problem_;
  std::vector<PlaceWeights> families_;
};

}  // namespace

double work_bound(const MakespanProblem& problem, unsigned slices) {
  double sum = 0.0;
  for (std::size_t job = 0; job < problem.jobs(); ++job) {
    double least = static_cast<double>(kNever);
    for (unsigned place = 1; place < problem.board.size(); ++place) {
      const auto takes = static_cast<double>(problem.takes[job][place]);
      least = std::min(least, takes * problem.board[place].profile->slices);
    }
    sum += least;
  }
  return sum / slices;
}

Ticks weighed_bound(const MakespanProblem& problem, Ticks enough) {
  const WeighedBound bound(problem);
  Ticks create = kNever;
  for (unsigned place = 1; place < problem.board.size(); ++place)
    create = std::min(create, problem.calls[place].create);
  Ticks low = 0;
  Ticks high = std::max<Ticks>(enough - create, 1);
  while (high - low > 1) {
    const Ticks middle = low + (high - low) / 2;
    (bound.contradicts(middle) ? low : high) = middle;
  }
  return low + 1 + create;
}

}  // namespace septet::plan
