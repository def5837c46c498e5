#include "plan/compact/choose.h"

#include <algorithm>
#include <cmath>

#include "plan/compact/relaxed_choice.h"
#include "plan/fleet/price_bound.h"

namespace septet::plan {

namespace {

constexpr double kNearWhole = 1e-6;     // this near a whole number is one
constexpr double kTiedCosts = 0.02;     // costs this near are equal
constexpr double kAllWaiting = 0.4;     // what all waiting slots together cost at most
constexpr std::uint64_t kFewGpus = 64;  // GPUs that branch and bound settles without help

std::uint64_t gpus_of(const ReshapeProblem& problem) {
  std::uint64_t gpus = 0;
  for (const ReshapeSource& source : problem.sources) gpus += source.gpus;
  return gpus;
}

// All of them together cost less than one memory unit.
double waiting_cost(const ReshapeProblem& problem) {
  if (problem.goal == ReshapeGoal::kFewestUsed) return 0.0;
  std::uint64_t most = 1;
  for (const ReshapeSource& source : problem.sources) {
    unsigned waiting = 0;
    for (const Reshape& reshape : source.reshapes) waiting = std::max(waiting, reshape.waiting);
    most += waiting * source.gpus;
  }
  return kAllWaiting / static_cast<double>(most);
}

// Snapped prices, and what they prove.
std::uint64_t proved(const ReshapeProblem& problem, const ReshapePrices& relaxed) {
  std::vector<double> together = relaxed.slot;
  together.push_back(relaxed.gpu);
  const Prices prices = snapped(together);
  const std::int64_t gpu = prices.replica.back();
  Wide sum = 0;
  for (std::size_t c = 0; c < problem.slots.size(); ++c)
    sum += Wide{prices.replica[c]} * static_cast<Wide>(problem.slots[c]);
  if (problem.most_used) sum -= Wide{gpu} * static_cast<Wide>(*problem.most_used);
  for (const ReshapeSource& source : problem.sources) {
    if (source.gpus == 0) continue;
    std::optional<Wide> least;
    for (const Reshape& reshape : source.reshapes) {
      Wide cost = static_cast<Wide>(cost_of(reshape, problem.goal)) * prices.denominator;
      if (problem.most_used && reshape.used) cost += gpu;
      for (std::size_t c = 0; c < problem.slots.size(); ++c)
        cost -= Wide{prices.replica[c]} * reshape.slots[c];
      least = least ? std::min(*least, cost) : cost;
    }
    sum += *least * static_cast<Wide>(source.gpus);
  }
  return static_cast<std::uint64_t>(rounded_up(sum, prices.denominator, 1));
}

// What slots that wait cost has moved them a little; the best prices are often small fractions.
ReshapePrices rounded(ReshapePrices prices) {
  constexpr double kParts = 12;
  const auto round = [](double& price) { price = std::round(price * kParts) / kParts; };
  std::ranges::for_each(prices.slot, round);
  round(prices.gpu);
  return prices;
}

class WholeChoice {
 public:
  WholeChoice(const ReshapeProblem& problem, double waiting_cost, const RelaxedChoice& relaxed,
              ReshapeChoice& choice)
      : problem_(problem),
        waiting_(waiting_cost),
        choice_(choice),
        shares_(relaxed.shares),
        beyond_(relaxed.beyond_best) {}

  void find() {
    if (whole()) {
      GpusByReshape gpus = nothing_settled(problem_);
      for (std::size_t s = 0; s < gpus.size(); ++s) {
        for (std::size_t r = 0; r < gpus[s].size(); ++r)
          gpus[s][r] = static_cast<std::uint64_t>(std::llround(shares_[s][r]));
      }
      take(gpus);
      choice_.searched_all = choice_.found;
      if (choice_.found) return;
    }
    if (gpus_of(problem_) > kFewGpus) {
      search_rest(1, 4, kTiedCosts);
      if (!good_enough()) search_rest(4, 64, 1.0);
    }
    if (!good_enough()) search_all();
  }

 private:
  ChosenReshapes at_most_beyond(double worse) const {
    ChosenReshapes chosen;
    for (const std::vector<double>& of_source : beyond_) {
      std::vector<bool> near;
      near.reserve(of_source.size());
      for (const double beyond : of_source) near.push_back(beyond <= worse);
      chosen.push_back(std::move(near));
    }
    return chosen;
  }

  bool whole() const {
    return std::ranges::all_of(shares_, [](const std::vector<double>& of_source) {
      return std::ranges::all_of(
          of_source, [](double share) { return std::abs(share - std::round(share)) < kNearWhole; });
    });
  }
  bool good_enough() const {
    const bool count = problem_.goal == ReshapeGoal::kFewestUsed;
    return choice_.found && choice_.cost <= choice_.bound + (count ? 0 : choice_.bound / 1000);
  }

  void take(const GpusByReshape& gpus) {
    if (!keeps(problem_, gpus)) return;
    const std::uint64_t cost = cost_of(problem_, gpus);
    if (choice_.found && choice_.cost <= cost) return;
    choice_.found = true;
    choice_.cost = cost;
    choice_.gpus = gpus;
  }

  // Settles whole parts of the fractions, but leaves `free` GPUs of every reshape in use that is
  // among the first `sources` sources or in a fractional one; to choose again among reshapes that
  // are at most `worse` from the best.
  void search_rest(std::uint64_t free, std::size_t sources, double worse) {
    GpusByReshape settled = nothing_settled(problem_);
    std::size_t opened = 0;
    for (std::size_t s = 0; s < shares_.size(); ++s) {
      const bool fractional = std::ranges::any_of(shares_[s], [](double share) {
        return std::abs(share - std::round(share)) >= kNearWhole;
      });
      const bool open = fractional || opened < sources;
      opened += open ? 1 : 0;
      for (std::size_t r = 0; r < shares_[s].size(); ++r) {
        const auto floor = static_cast<std::uint64_t>(shares_[s][r] + kNearWhole);
        settled[s][r] = open ? floor - std::min(floor, free) : floor;
      }
    }
    ChosenReshapes chosen = at_most_beyond(worse);
    for (std::size_t s = 0; s < shares_.size(); ++s) {
      for (std::size_t r = 0; r < shares_[s].size(); ++r)
        chosen[s][r] = chosen[s][r] || shares_[s][r] > kNearWhole;
    }
    run(ChooseProgram(problem_, settled, chosen, waiting_), settled, 200);
  }

  void search_all() {
    const GpusByReshape none = nothing_settled(problem_);
    const bool best =
        run(ChooseProgram(problem_, none, every_reshape(problem_), waiting_), none, 2000);
    choice_.searched_all = choice_.searched_all || best;
  }

  // Whether the library says that nothing better exists.
  bool run(const ChooseProgram& rest, GpusByReshape gpus, int nodes) {
    WholeLimits limits;
    limits.gap = 0.999 - kAllWaiting;
    limits.nodes = nodes;
    const WholeNumbers found = best_whole_numbers(rest.program(), limits);
    if (found.x.empty()) return false;
    rest.add(found.x, gpus);
    take(gpus);
    return choice_.found && found.outcome == Outcome::kOptimal;
  }

  const ReshapeProblem& problem_;
  const double waiting_;
  ReshapeChoice& choice_;
  const std::vector<std::vector<double>>&shares_, &beyond_;
};

}  // namespace

ReshapeChoice choose_reshapes(const ReshapeProblem& problem) {
  ReshapeChoice choice;
  const double waiting = waiting_cost(problem);
  const RelaxedChoice relaxed = relaxed_choice(problem, waiting);
  if (!relaxed.found) return choice;
  choice.bound =
      std::max(proved(problem, relaxed.prices), proved(problem, rounded(relaxed.prices)));
  WholeChoice(problem, waiting, relaxed, choice).find();
  return choice;
}

}  // namespace septet::plan
