#include "lab/recommend/recommend.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <tuple>

#include "lab/model/sharing_rules.h"
#include "lab/recommend/layout_ranking.h"
#include "lab/recommend/load_margin.h"
#include "lab/sharing/seats.h"
#include "lab/sharing/shared_instances.h"

namespace septet::lab {

namespace {

constexpr double kStepWeight = 0.25;  // of what simulating a request takes, a training step
constexpr double kGrows = 1e9;        // stands for p99 over objective of a queue without end
constexpr double kPaceTie = 0.02;     // of the logarithm of what trainings do
constexpr double kEnergyTie = 0.01;   // of the energy per request

// What is asked, without what recommend leaves out.
Scenario asked(const Scenario& scenario) {
  Scenario result = scenario;
  result.faults.clear();
  result.changes.clear();
  result.layouts.clear();
  result.victim.clear();
  for (Tenant& tenant : result.tenants) tenant.profile.clear();
  return result;
}

// Each replica a tenant of its own, on the profile that was found for it.
Scenario seated(const Scenario& scenario, const recommending::RankedLayout& ranked) {
  Scenario result = scenario;
  result.tenants.clear();
  result.layouts = ranked.layouts;
  std::size_t replica = 0;
  for (const Tenant& tenant : scenario.tenants) {
    for (unsigned i = 0; i < tenant.replicas; ++i) {
      result.tenants.push_back(tenant);
      Tenant& one = result.tenants.back();
      if (tenant.replicas > 1) one.name += "#" + std::to_string(i + 1);
      one.replicas = 1;
      one.profile = ranked.profiles[replica++];
    }
  }
  return result;
}

bool is_mig(Mode mode) { return mode == Mode::kMig || mode == Mode::kMigMps; }

// How a proposal was made, so that it can be tried again under another load.
struct Tried {
  Proposal proposal;
  std::optional<recommending::RankedLayout> ranked;  // of Mode::kMig
};

// What may still be simulated.
struct Effort {
  unsigned simulations = 0;
  double requests = 0;
  bool cut = false;  // more was wanted
};

double steps(double value, double width) { return std::round(value / width); }

auto order_of(const Proposal& proposal) {
  const double energy = proposal.outcome.joules_per_request;
  const double pace = -steps(proposal.pace, kPaceTie);
  const double joules = energy > 0.0 ? steps(std::log(energy), kEnergyTie) : 0.0;
  const auto gpus = static_cast<double>(proposal.gpus);
  return proposal.meets ? std::tuple(0, gpus, pace, joules, proposal.worst)
                        : std::tuple(1, proposal.worst, gpus, pace, joules);
}

// Of replicas that do as much as they can: the mean log of their rate over that of the whole GPU.
double pace_of(const Scenario& scenario, const ModeOutcome& outcome) {
  double sum = 0.0, count = 0.0;
  std::size_t i = 0;
  for (const Tenant& tenant : scenario.tenants) {
    for (unsigned replica = 0; replica < tenant.replicas; ++replica, ++i) {
      if (tenant.arrivals.kind != Arrivals::Kind::kClosed) continue;
      const double done = std::max(outcome.tenants[i].throughput, 1e-9);
      sum += std::log(done * seconds_on(tenant.work, {1.0, 1.0}));
      count += 1.0;
    }
  }
  return count > 0.0 ? sum / count : 0.0;
}

class Search {
 public:
  Search(const Scenario& scenario, const RecommendEffort& effort)
      : given_(scenario),
        scenario_(asked(scenario)),
        effort_(effort),
        left_{effort.most_simulations, effort.most_requests, false} {
    clients_ = sharing::clients_of(scenario_);
    for (const sharing::Client& client : clients_)
      load_ += sharing::load_of(client, scenario_.seconds);
  }

  Result<Recommendation> run() {
    for (const Mode mode : scenario_.modes) TRY(try_mode(mode));
    result_.simulated = effort_.most_simulations - left_.simulations;
    result_.cut_short = left_.cut;
    std::ranges::stable_sort(found_, {}, [](const Tried& one) { return order_of(one.proposal); });
    if (!found_.empty() && found_.front().proposal.meets) {
      result_.best = found_.front().proposal;
      if (effort_.margins && found_.front().proposal.worst > 0.0) TRY(find_margins(found_.front()));
    }
    for (std::size_t i = result_.best ? 1 : 0; i < found_.size(); ++i)
      result_.others.push_back(found_[i].proposal);
    return result_;
  }

 private:
  // From one GPU up until the objectives are met; keeps the best of what meets, or what came
  // nearest.
  Result<> try_mode(Mode mode) {
    std::optional<Tried> best;
    const auto most =
        std::min<unsigned>(scenario_.most_gpus, static_cast<unsigned>(clients_.size()));
    for (unsigned gpus = 1; gpus <= most && !left_.cut; ++gpus) {
      if (mode == Mode::kWholeGpu && gpus < clients_.size() && gpus < most) continue;
      TRY(try_gpus(mode, gpus, best));
      if (best && best->proposal.meets) break;
    }
    if (best) {
      found_.push_back(*std::move(best));
    } else {
      result_.impossible.emplace_back(mode, why_.empty() ? overload_text() : why_);
    }
    why_.clear();
    return {};
  }

  std::string overload_text() const {
    return "its queues would grow without end on as many GPUs as there may be";
  }

  Result<> try_gpus(Mode mode, unsigned gpus, std::optional<Tried>& best) {
    switch (mode) {
      case Mode::kWholeGpu: return consider(mode, std::nullopt, scenario_, std::nullopt, best);
      case Mode::kTimeSlicing:
        if (overloaded(load_ * (clients_.size() > gpus ? 1.0 + kTurnOverhead : 1.0), gpus))
          return {};
        return consider(mode, gpus, scenario_, std::nullopt, best);
      case Mode::kMps:
      case Mode::kMpsPercentages: return consider(mode, gpus, scenario_, std::nullopt, best);
      case Mode::kMig: return try_layouts(gpus, best);
      case Mode::kMigMps: return try_shared_layouts(gpus, best);
    }
    return {};
  }

  // Closed loops keep one GPU busy each and wait for it: they are never an overload.
  bool overloaded(double load, unsigned gpus) {
    const bool open = std::ranges::none_of(clients_, [](const sharing::Client& client) {
      return client.tenant->arrivals.kind == Arrivals::Kind::kClosed;
    });
    // Near one GPU's worth a run may still end in time; above it nothing is learnt.
    if (!open || load < 1.05 * gpus) return false;
    ++result_.overloaded;
    return true;
  }

  Result<> try_layouts(unsigned gpus, std::optional<Tried>& best) {
    if (given_.layouts.size() == gpus) {
      Scenario as_given = scenario_;
      as_given.layouts = given_.layouts;
      as_given.tenants = given_.tenants;
      TRY(consider(Mode::kMig, gpus, as_given, std::nullopt, best));
    }
    const auto ranked = recommending::rank_layouts(scenario_, gpus, effort_.layouts_each,
                                                   effort_.most_combinations);
    if (!ranked) return consider(Mode::kMig, gpus, scenario_, std::nullopt, best);
    result_.ranked += static_cast<unsigned>(ranked->size());
    if (ranked->empty() && why_.empty())
      why_ = "no layout has an instance with enough memory for everybody";
    for (const recommending::RankedLayout& one : *ranked)
      TRY(consider(Mode::kMig, gpus, seated(scenario_, one), one, best));
    return {};
  }

  // The same layout on every GPU, the least full first.
  Result<> try_shared_layouts(unsigned gpus, std::optional<Tried>& best) {
    std::vector<std::pair<double, std::vector<std::string>>> ranked;
    for (const auto& multiset : recommending::maximal_multisets(scenario_.gpu)) {
      double largest = 0.0;  // SMs of the largest instance: more of them are less likely to be full
      std::vector<std::string> names;
      for (const mig::GpuInstanceProfile* const profile : multiset) {
        largest = std::max(largest, share_on(scenario_.gpu, *profile)->sm);
        names.emplace_back(profile->name);
      }
      ranked.emplace_back(-largest + 0.01 * static_cast<double>(names.size()), std::move(names));
    }
    std::ranges::stable_sort(ranked, {}, &std::pair<double, std::vector<std::string>>::first);
    if (ranked.size() > 2 * effort_.layouts_each) ranked.resize(2 * effort_.layouts_each);
    for (const auto& [rank, names] : ranked) {
      Scenario cut = scenario_;
      cut.layouts.assign(gpus, names);
      TRY(consider(Mode::kMigMps, gpus, cut, std::nullopt, best));
    }
    return {};
  }

  // nullopt: `effort` is spent. `totals`: a margin asks of the objectives only.
  static Result<std::optional<ModeOutcome>> simulated(const Scenario& scenario, Mode mode,
                                                      SimulateOptions options, Effort& effort) {
    if (effort.simulations == 0 || effort.requests <= 0.0) {
      effort.cut = true;
      return std::optional<ModeOutcome>();
    }
    --effort.simulations;
    options.pictures = false;
    options.victim_alone = false;
    auto outcome = TRY(simulate(scenario, mode, options));
    std::size_t i = 0;
    for (const Tenant& tenant : scenario.tenants) {
      const double weight = tenant.training ? kStepWeight : 1.0;
      for (unsigned replica = 0; replica < tenant.replicas && i < outcome.tenants.size(); ++replica)
        effort.requests -= weight * static_cast<double>(outcome.tenants[i++].completed);
    }
    return std::optional<ModeOutcome>(std::move(outcome));
  }

  Result<> consider(Mode mode, std::optional<unsigned> gpus, const Scenario& scenario,
                    std::optional<recommending::RankedLayout> ranked, std::optional<Tried>& best) {
    // What does not meet them is of no interest beside what does.
    const bool must_meet = best && best->proposal.meets;
    SimulateOptions options;
    options.gpus = gpus;
    options.until_missed = must_meet;
    auto outcome = TRY(simulated(scenario, mode, options, left_));
    if (!outcome) return {};
    if (!outcome->impossible.empty()) {
      why_ = outcome->impossible;
      return {};
    }
    if (must_meet && !outcome->meets_objectives) return {};
    Tried tried;
    tried.ranked = std::move(ranked);
    Proposal& proposal = tried.proposal;
    proposal.mode = mode;
    proposal.gpus = outcome->gpus;
    proposal.meets = outcome->meets_objectives;
    std::tie(proposal.worst, proposal.worst_tenant) = worst_of(scenario, *outcome);
    proposal.pace = pace_of(scenario, *outcome);
    if (is_mig(mode)) proposal.layouts = scenario.layouts;
    proposal.outcome = *std::move(outcome);
    if (!best || order_of(proposal) < order_of(best->proposal)) best = std::move(tried);
    return {};
  }

  // All together (an empty name), then each that answers requests, the nearest to its objective
  // first.
  std::vector<std::string> tenants_to_load(const ModeOutcome& outcome) const {
    std::vector<std::pair<double, std::string>> used;
    std::size_t i = 0;
    for (const Tenant& tenant : scenario_.tenants) {
      double most = 0.0;
      for (unsigned replica = 0; replica < tenant.replicas; ++replica, ++i)
        most = std::max(most, outcome.tenants[i].latency.p99);
      if (!tenant.training)
        used.emplace_back(-most / tenant.objective_seconds.value_or(kGrows), tenant.name);
    }
    std::ranges::stable_sort(used, {}, &std::pair<double, std::string>::first);
    std::vector<std::string> names = {""};
    for (auto& [nearness, name] : used)
      if (scenario_.tenants.size() > 1) names.push_back(std::move(name));
    return names;
  }

  // Of all together: less than the least of them, for they are in each other's way.
  double guess_of(const std::string& name, const ModeOutcome& outcome) const {
    double least = 8.0;
    for (std::size_t c = 0; c < clients_.size(); ++c) {
      const Tenant& tenant = *clients_[c].tenant;
      if (name.empty() || tenant.name == name)
        least = std::min(least, recommending::guessed_margin(tenant, outcome.tenants[c]));
    }
    return name.empty() ? 1.0 + 0.8 * (least - 1.0) : least;
  }

  // The scenario under another load, where the proposal put everybody.
  Scenario placed(const Tried& best, const Scenario& loaded) const {
    if (best.ranked) return seated(loaded, *best.ranked);
    Scenario scenario = loaded;
    if (!is_mig(best.proposal.mode) || best.proposal.layouts.empty()) return scenario;
    scenario.layouts = best.proposal.layouts;
    for (std::size_t i = 0; i < scenario.tenants.size(); ++i)
      scenario.tenants[i].profile = given_.tenants[i].profile;
    return scenario;
  }

  Result<LoadMargin> margin_of(const Tried& best, const std::string& name, Effort& effort) const {
    SimulateOptions options;
    if (best.proposal.mode != Mode::kWholeGpu) options.gpus = best.proposal.gpus;
    options.until_missed = true;
    options.totals = false;
    const recommending::Holds holds =
        [&](const Scenario& loaded) -> Result<std::optional<recommending::Held>> {
      const auto outcome =
          TRY(simulated(placed(best, loaded), best.proposal.mode, options, effort));
      if (!outcome) return std::optional<recommending::Held>();
      if (!outcome->impossible.empty() || !outcome->meets_objectives)
        return std::optional(recommending::Held{});
      return std::optional(recommending::Held{true, guess_of(name, *outcome)});
    };
    return recommending::load_margin(scenario_, name, name.empty() ? 5 : 3,
                                     guess_of(name, best.proposal.outcome), holds);
  }

  // Of all tenants together, then of each alone; the tasks are independent, each with its part of
  // what effort is left, so that the answer is the same in whatever order they are done.
  Result<> find_margins(const Tried& best) {
    const std::vector<std::string> names = tenants_to_load(best.proposal.outcome);
    const auto parts = static_cast<unsigned>(names.size());
    std::vector<Effort> efforts(parts, {left_.simulations / parts, left_.requests / parts, false});
    std::vector<std::optional<Result<LoadMargin>>> found(parts);
    std::vector<std::function<void()>> tasks;
    for (std::size_t i = 0; i < names.size(); ++i)
      tasks.emplace_back([&, i] { found[i] = margin_of(best, names[i], efforts[i]); });
    effort_.run_all(tasks);
    for (std::size_t i = 0; i < names.size(); ++i) {
      result_.margins.push_back(TRY(*std::move(found[i])));
      result_.simulated += left_.simulations / parts - efforts[i].simulations;
      result_.margins_cut = result_.margins_cut || efforts[i].cut;
    }
    return {};
  }

  const Scenario& given_;
  const Scenario scenario_;
  const RecommendEffort effort_;
  std::vector<sharing::Client> clients_;
  double load_ = 0;
  Effort left_;
  Recommendation result_;
  std::vector<Tried> found_;
  std::string why_;
};

}  // namespace

std::pair<double, std::size_t> worst_of(const Scenario& scenario, const ModeOutcome& outcome) {
  std::pair<double, std::size_t> worst = {0.0, 0};
  std::size_t i = 0;
  for (const Tenant& tenant : scenario.tenants) {
    for (unsigned replica = 0; replica < tenant.replicas; ++replica, ++i) {
      if (!tenant.objective_seconds || i >= outcome.tenants.size()) continue;
      const TenantOutcome& one = outcome.tenants[i];
      const double ratio = one.diverges ? kGrows : one.latency.p99 / *tenant.objective_seconds;
      if (ratio > worst.first) worst = {ratio, i};
    }
  }
  return worst;
}

void one_after_the_other(const std::vector<std::function<void()>>& tasks) {
  for (const auto& task : tasks) task();
}

Result<Recommendation> recommend(const Scenario& scenario, const RecommendEffort& effort) {
  return Search(scenario, effort).run();
}

}  // namespace septet::lab
