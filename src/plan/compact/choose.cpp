#include "plan/compact/choose.h"

#include <algorithm>
#include <cmath>

#include "plan/compact/choose_program.h"
#include "plan/fleet/price_bound.h"

namespace septet::plan {

namespace {

constexpr double kWhole = 1e-6;     // this near a whole number is one
constexpr double kTidy = 0.4;       // what all waiting slots together cost at most
constexpr std::uint64_t kFew = 64;  // GPUs that branch and bound settles without help

GpusByReshape nothing_settled(const ReshapeProblem& problem) {
  GpusByReshape gpus;
  for (const ReshapeSource& source : problem.sources)
    gpus.emplace_back(source.reshapes.size(), std::uint64_t{0});
  return gpus;
}

bool every_reshape(std::size_t, std::size_t) { return true; }

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
  return kTidy / static_cast<double>(most);
}

// Snapped prices, and what they prove.
std::uint64_t proved(const ReshapeProblem& problem, const std::vector<double>& slot_prices,
                     double gpu_price) {
  std::vector<double> together = slot_prices;
  together.push_back(gpu_price);
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

class WholeChoice {
 public:
  WholeChoice(const ReshapeProblem& problem, ReshapeChoice& choice)
      : problem_(problem),
        choice_(choice),
        waiting_(waiting_cost(problem)),
        all_(problem, nothing_settled(problem), every_reshape, waiting_) {}

  void find() {
    const Fractions fractions = best_fractions(all_.program());
    if (fractions.outcome != Outcome::kOptimal) return;
    shares_ = all_.shares(fractions.x);
    reduced_ = all_.reduced_costs(fractions);
    if (whole()) {
      GpusByReshape gpus = nothing_settled(problem_);
      all_.add(fractions.x, gpus);
      take(gpus);
      choice_.searched_all = choice_.found;
      if (choice_.found) return;
    }
    if (gpus_of(problem_) > kFew) {
      search_rest(1, 4, 1e-6);
      if (!good_enough()) search_rest(4, 64, 1.0);
    }
    if (!good_enough()) search_all();
  }

 private:
  bool whole() const {
    return std::ranges::all_of(shares_, [](const std::vector<double>& of_source) {
      return std::ranges::all_of(
          of_source, [](double share) { return std::abs(share - std::round(share)) < kWhole; });
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
      const bool fractional = std::ranges::any_of(
          shares_[s], [](double share) { return std::abs(share - std::round(share)) >= kWhole; });
      const bool open = fractional || opened < sources;
      opened += open ? 1 : 0;
      for (std::size_t r = 0; r < shares_[s].size(); ++r) {
        const auto floor = static_cast<std::uint64_t>(shares_[s][r] + kWhole);
        settled[s][r] = open ? floor - std::min(floor, free) : floor;
      }
    }
    const ChooseProgram rest(
        problem_, settled,
        [&](std::size_t s, std::size_t r) {
          return shares_[s][r] > kWhole || reduced_[s][r] <= worse;
        },
        waiting_);
    run(rest, settled, 200);
  }

  void search_all() {
    const bool best = run(all_, nothing_settled(problem_), 2000);
    choice_.searched_all = choice_.searched_all || best;
  }

  // Whether the library says that nothing better exists.
  bool run(const ChooseProgram& rest, GpusByReshape gpus, int nodes) {
    WholeLimits limits;
    limits.gap = 0.999 - kTidy;
    limits.nodes = nodes;
    const WholeNumbers found = best_whole_numbers(rest.program(), limits);
    if (found.x.empty()) return false;
    rest.add(found.x, gpus);
    take(gpus);
    return choice_.found && found.outcome == Outcome::kOptimal;
  }

  const ReshapeProblem& problem_;
  ReshapeChoice& choice_;
  const double waiting_;
  const ChooseProgram all_;
  std::vector<std::vector<double>> shares_, reduced_;
};

}  // namespace

ReshapeChoice choose_reshapes(const ReshapeProblem& problem) {
  ReshapeChoice choice;
  const ChooseProgram relaxed(problem, nothing_settled(problem), every_reshape, 0.0);
  const Fractions fractions = best_fractions(relaxed.program());
  if (fractions.outcome != Outcome::kOptimal) return choice;
  choice.linear_value = fractions.value;
  choice.bound = proved(problem, relaxed.slot_prices(fractions), relaxed.gpu_price(fractions));
  WholeChoice(problem, choice).find();
  return choice;
}

}  // namespace septet::plan
