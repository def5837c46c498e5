#include "plan/transition/transition.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "plan/transition/chain_bound.h"
#include "plan/transition/change.h"
#include "plan/transition/change_order.h"
#include "plan/transition/step_times.h"

namespace septet::plan {

namespace {

constexpr unsigned kNoWay = std::numeric_limits<unsigned>::max();

constexpr std::size_t kManyGpus = 2'000;  // what meets the bound on starts will do
constexpr unsigned kOneByOne = 200;       // links: looking at so many GPUs as often takes long
// How many GPUs are looked at over all orders: for shorter chains, and to start no more than must.
constexpr std::size_t kGpusTried = 16'000, kGpusTriedForStarts = 64'000;
constexpr std::size_t kMoreForStarts = 64;

struct WayThere {
  std::optional<std::vector<Change>> changes;
  unsigned least = 0;
  bool impossible = false;  // proven
};

std::size_t orders(const TransitionProblem& problem, std::size_t looked_at, std::size_t most) {
  const std::size_t gpus = std::max<std::size_t>(1, problem.gpus.size());
  return std::clamp<std::size_t>(looked_at / gpus, 1, std::max<std::size_t>(1, most));
}

std::vector<ExchangeManner> manners(std::size_t orders) {
  std::vector<ExchangeManner> manners;
  for (std::uint32_t order = 0; order < orders; ++order) {
    for (const bool in_layers : {true, false}) {
      for (const bool eager : {true, false}) manners.push_back({in_layers, eager, order});
    }
  }
  return manners;
}

// Of what the quick way finds: the fewest starts, then the shortest chain. Where the exact way will
// look at what starts too much, few orders do.
std::optional<std::vector<Change>> best_quick_way(const TransitionProblem& problem, unsigned least,
                                                  const TransitionEffort& effort) {
  std::optional<std::vector<Change>> best;
  std::pair best_rank{kNoWay, kNoWay};
  const unsigned shortest = least_chain_of_fewest(problem);
  const bool exact = problem.gpus.size() <= effort.most_gpus;
  const bool many_gpus = problem.gpus.size() > kManyGpus;
  const std::size_t few = orders(problem, kGpusTried, effort.most_orders);
  const std::size_t many =
      orders(problem, kGpusTriedForStarts, effort.most_orders * kMoreForStarts);
  for (const ExchangeManner& manner : manners(exact ? few : many)) {
    if (many_gpus && best_rank.second > kOneByOne && best) break;
    const bool good = many_gpus || best_rank.second <= shortest || manner.order >= few;
    if (best_rank.first == least && good) break;
    auto changes = exchange_greedily(problem, manner);
    if (!changes) continue;
    const std::pair rank{starts(*changes), longest_chain(waits_of(problem, *changes))};
    if (rank >= best_rank) continue;
    best = std::move(changes);
    best_rank = rank;
  }
  return best;
}

// The quick way; where it starts more than the bound says and the case is small, the exact one.
WayThere find_way(const TransitionProblem& problem, const TransitionEffort& effort) {
  const unsigned bound = least_starts(problem);
  const bool exact = problem.gpus.size() <= effort.most_gpus;
  WayThere way{best_quick_way(problem, bound, effort), bound, false};
  const unsigned quick = way.changes ? starts(*way.changes) : kNoWay;
  if (quick == way.least || !exact) return way;
  Searched searched = fewest_starts(problem, quick, effort.most_states);
  if (searched.changes) {
    way.least = starts(*searched.changes);
    way.changes = std::move(searched.changes);
  } else if (searched.exhausted) {
    way.impossible = !way.changes;
    way.least = quick;
  } else {
    way.least = searched.least;
  }
  return way;
}

std::unexpected<Error> no_way(const TransitionProblem& problem, bool proven) {
  std::size_t spares = 0;
  for (std::size_t g = 0; g < problem.gpus.size(); ++g) spares += problem.spare(g) ? 1u : 0u;
  const std::string with = fmt::format("with {} spare GPU{}", spares, spares == 1 ? "" : "s");
  return fail(Code::kInfeasible,
              proven ? "there is no way from the first deployment to the last that keeps every "
                       "service at its floor " +
                           with
                     : "no way was found from the first deployment to the last " + with,
              "allow spare GPUs, or lower the floors while it lasts");
}

std::size_t spares_used(const TransitionProblem& problem,
                        const std::vector<TransitionStep>& steps) {
  std::set<std::size_t> used;
  for (const TransitionStep& step : steps) {
    if (step.to && problem.spare(step.to->gpu)) used.insert(step.to->gpu);
  }
  return used.size();
}

unsigned kept(const TransitionProblem& problem, const std::vector<Change>& changes) {
  std::size_t all = 0, gone = 0;
  for (const auto& replicas : problem.from) all += replicas.size();
  for (const Change& change : changes)
    gone += !change.comes && holds(problem.from[change.gpu], change.replica) ? 1u : 0u;
  return static_cast<unsigned>(all - std::min(all, gone));
}

}  // namespace

std::string_view to_string(TransitionKind kind) {
  switch (kind) {
    case TransitionKind::kCreate: return "create";
    case TransitionKind::kDelete: return "delete";
    case TransitionKind::kMove: return "move";
    case TransitionKind::kHandOver: return "hand over";
  }
  return "unknown";
}

Result<Transition> plan_transition(const TransitionProblem& problem,
                                   const TransitionEffort& effort) {
  TRY(check(problem));
  const WayThere way = find_way(problem, effort);
  if (!way.changes) return no_way(problem, way.impossible);
  const Waits waits = waits_of(problem, *way.changes);
  Transition transition;
  transition.steps = steps_of(problem, *way.changes, waits);
  transition.kept = kept(problem, *way.changes);
  transition.starts = starts(*way.changes);
  transition.least_starts = way.least;
  transition.chain = longest_chain(waits);
  transition.least_chain = transition.starts == least_starts(problem)
                               ? least_chain_of_fewest(problem)
                               : least_chain(problem);
  transition.seconds = time_steps(problem, transition.steps);
  transition.least_seconds = least_seconds(problem);
  transition.spares_used = spares_used(problem, transition.steps);
  return transition;
}

std::vector<CutAfterStep> cuts_in_order(const TransitionProblem& problem,
                                        const Transition& transition) {
  std::vector<std::vector<mig::Instance>> now(problem.gpus.size());
  for (std::size_t g = 0; g < now.size(); ++g) {
    for (const RunningReplica& replica : problem.from[g]) now[g].push_back(replica.instance);
  }
  std::vector<CutAfterStep> cuts;
  const auto changed = [&](std::size_t step, std::size_t gpu) {
    std::ranges::sort(now[gpu], {}, &mig::Instance::at);
    cuts.push_back({step, gpu, now[gpu]});
  };
  for (std::size_t i = 0; i < transition.steps.size(); ++i) {
    const TransitionStep& step = transition.steps[i];
    if (step.kind == TransitionKind::kHandOver) continue;
    if (step.to) {
      now[step.to->gpu].push_back(step.to->replica.instance);
      changed(i, step.to->gpu);
    }
    if (step.from) {
      std::erase(now[step.from->gpu], step.from->replica.instance);
      changed(i, step.from->gpu);
    }
  }
  return cuts;
}

GpuCut gpu_cut(const CutAfterStep& after, std::uint32_t index, std::string uuid) {
  GpuCut cut{index, std::move(uuid), mig::MigMode::kOn, mig::MigMode::kOn, {}};
  for (const mig::Instance& instance : after.instances)
    cut.instances.push_back(whole_instance(*instance.profile, instance.at));
  return cut;
}

}  // namespace septet::plan
