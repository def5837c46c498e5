// bench/transition_bars.cpp — the bars of transitions: starts, longest chain and time, each beside
// its lower bound. The bars: starts = bound, chain <= bound + 1, placing and planning <= 1 s.
//
// Between the deployments of ParvaGPU's S5 and S6 (data from $SEPTET_DATA), and between random
// deployments of up to 10,000 A100s. Exit 1 when a bar is missed or the data is missing.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <random>

#include "parva_data.h"
#include "plan/serve/plan_services.h"
#include "plan/transition/keep_most.h"
#include "plan/transition/transition.h"

namespace septet::bench {
namespace {

constexpr double kLoadSeconds = 10.0;  // nobody published one that holds for all models
bool all_hold = true;

std::int64_t thousandths(double per_second) {
  return static_cast<std::int64_t>(std::floor(per_second * 1000));
}

// GPU by GPU what a plan says, services by name.
void add_deployment(const plan::ServicesPlan& plan, plan::TransitionProblem& problem,
                    plan::Deployment& deployment) {
  std::vector<std::size_t> index;
  for (const plan::PlannedService& planned : plan.services) {
    std::size_t s = 0;
    while (s < problem.services.size() && problem.services[s].name != planned.workload.name) ++s;
    if (s == problem.services.size())
      problem.services.push_back({planned.workload.name, 0, kLoadSeconds, {}});
    index.push_back(s);
    for (const plan::ServingOption& option : planned.sizes->best) {
      plan::MovingService& service = problem.services[s];
      const auto amount = thousandths(option.per_second);
      const auto row = std::ranges::find(service.gives, option.profile, &plan::Gives::profile);
      // The two objectives may allow different batches: what counts is what holds under both.
      if (row == service.gives.end()) {
        service.gives.push_back({option.profile, amount});
      } else {
        row->amount = std::min(row->amount, amount);
      }
    }
  }
  for (const plan::ServedGpu& gpu : plan.gpus) {
    deployment.emplace_back();
    for (const plan::ServedInstance& one : gpu.instances) {
      deployment.back().push_back({one.instance, one.service ? index[*one.service] : plan::kIdle});
    }
  }
}

void keep_capacity(plan::TransitionProblem& problem) {
  const auto before = plan::capacities(problem, problem.from);
  const auto after = plan::capacities(problem, problem.to);
  for (std::size_t s = 0; s < before.size(); ++s)
    problem.services[s].floor = std::min(before[s], after[s]);
}

// Of this program alone: the machine may be shared.
double milliseconds(std::clock_t begin, std::clock_t end) {
  return 1000.0 * static_cast<double>(end - begin) / CLOCKS_PER_SEC;
}

// Chains are told apart: their bound pools services, and nothing of the plan is wrong when they are
// longer.
std::string verdict(bool fewest, bool short_chain, bool quick) {
  const std::string chain = short_chain ? "" : "; chain more than one above its bound";
  if (fewest && quick) return "holds" + chain;
  return fmt::format("MISSED:{}{}{}", fewest ? "" : " starts", quick ? "" : " time", chain);
}

void bar(const std::string& name, plan::TransitionProblem problem, bool counts = true) {
  const auto begin = std::clock();
  const plan::KeptMost most = plan::keep_most(problem);
  problem.to = most.to;
  const auto placed = std::clock();
  const auto transition = plan::plan_transition(problem);
  const double placing = milliseconds(begin, placed), ms = milliseconds(placed, std::clock());
  if (!transition) {
    fmt::print("{:<28} {}\n", name, transition.error().what);
    all_hold = false;
    return;
  }
  const bool fewest = transition->starts == transition->least_starts;
  const bool short_chain = transition->chain <= transition->least_chain + 1;
  const bool quick = placing + ms <= 1000.0;
  const double ratio = static_cast<double>(transition->starts) /
                       static_cast<double>(std::max(1u, transition->least_starts));
  all_hold = all_hold && (!counts || (fewest && quick));
  fmt::print(
      "{:<28} {:>7} {:>7} {:>6.3f} {:>6} {:>4} {:>5} {:>9.1f} {:>9.1f} {:>7} {:>8.1f} {:>8.1f}  "
      "{}\n",
      name, transition->starts, transition->least_starts, ratio, transition->spares_used,
      transition->chain, transition->least_chain, transition->seconds, transition->least_seconds,
      transition->kept, placing, ms, counts ? verdict(fewest, short_chain, quick) : "");
}

void heading(const char* what) {
  fmt::print("\n{}\n{:<28} {:>7} {:>7} {:>6} {:>6} {:>4} {:>5} {:>9} {:>9} {:>7} {:>8} {:>8}\n",
             what, "", "starts", "bound", "ratio", "spares", "chn", "bound", "seconds", "bound",
             "kept", "place ms", "plan ms");
}

Result<> parva() {
  const auto data = TRY(read_parva());
  const mig::Product& product = *mig::find_product(kParvaProduct);
  heading("Transitions between ParvaGPU's S5 and S6, no capacity lost, at most 2 spare GPUs");
  for (const double factor : {1.0, 10.0, 100.0, 700.0}) {
    const auto five = TRY(plan::plan_services(product, parva_workloads(data, 4, factor)));
    const auto six = TRY(plan::plan_services(product, parva_workloads(data, 5, factor)));
    for (const bool up : {true, false}) {
      plan::TransitionProblem problem;
      add_deployment(up ? five : six, problem, problem.from);
      add_deployment(up ? six : five, problem, problem.to);
      const std::size_t gpus = std::max(problem.from.size(), problem.to.size()) + 2;
      problem.from.resize(gpus);
      problem.to.resize(gpus);
      for (std::size_t g = 0; g < gpus; ++g)
        problem.gpus.push_back({fmt::format("GPU {}", g), &product});
      keep_capacity(problem);
      bar(fmt::format("{} x{:g}", up ? "S5 to S6" : "S6 to S5", factor), std::move(problem));
    }
  }
  return {};
}

plan::MovingService service_by_slices(const mig::Product& product, std::size_t number) {
  plan::MovingService service{fmt::format("s{}", number), 0, kLoadSeconds, {}};
  for (const auto& profile : product.geometry.profiles) {
    if (profile.classic()) service.gives.push_back({&profile, profile.slices * 1000});
  }
  return service;
}

// Nothing to spare and nothing that fits: every GPU from one replica to seven of other services.
plan::TransitionProblem sevenths_problem(std::size_t gpus, std::size_t spares) {
  const mig::Product& product = *mig::find_product("a100-80gb");
  const auto* const whole = product.geometry.find_name("7g.80gb");
  const auto* const seventh = product.geometry.find_name("1g.10gb");
  plan::TransitionProblem problem;
  for (std::size_t s = 0; s < 20; ++s) problem.services.push_back(service_by_slices(product, s));
  problem.from.resize(gpus + spares);
  problem.to.resize(gpus + spares);
  for (std::size_t g = 0; g < gpus + spares; ++g) {
    problem.gpus.push_back({fmt::format("GPU {}", g), &product});
    if (g >= gpus) continue;
    problem.from[g].push_back({{whole, {0, whole->size}}, g % 20});
    for (std::uint8_t start = 0; start < 7; ++start)
      problem.to[g].push_back({{seventh, {start, seventh->size}}, (7 * g + start) % 20});
  }
  keep_capacity(problem);
  return problem;
}

plan::TransitionProblem random_problem(std::size_t gpus, std::size_t spares, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const mig::Product& product = *mig::find_product("a100-80gb");
  const auto classic = [](const mig::GpuInstanceProfile& profile) { return profile.classic(); };
  const auto layouts = mig::layouts(product.geometry, classic, true);
  plan::TransitionProblem problem;
  for (std::size_t s = 0; s < 20; ++s) problem.services.push_back(service_by_slices(product, s));
  for (std::size_t g = 0; g < gpus + spares; ++g) {
    problem.gpus.push_back({fmt::format("GPU {}", g), &product});
    for (auto* const deployment : {&problem.from, &problem.to}) {
      deployment->emplace_back();
      if (g >= gpus) continue;
      for (const auto& instance : layouts[random() % layouts.size()].instances())
        deployment->back().push_back({instance, random() % problem.services.size()});
    }
  }
  keep_capacity(problem);
  return problem;
}

int run() {
  const auto parva_done = parva();
  if (!parva_done) {
    fmt::print("ParvaGPU's scenarios: {}\n", parva_done.error().describe());
    all_hold = false;
  }
  heading(
      "Random full deployments of A100s, 20 services, no capacity lost, 1 % spare GPUs (one at "
      "least)");
  for (const std::size_t gpus : {10u, 100u, 1'000u, 10'000u})
    bar(fmt::format("{} GPUs", gpus),
        random_problem(gpus, std::max<std::size_t>(1, gpus / 100), gpus));
  heading("Whole GPUs into sevenths of 20 services, no capacity lost, 20 spare GPUs; no bar");
  for (const std::size_t gpus : {20u, 100u, 1'000u, 10'000u}) {
    bar(fmt::format("{} GPUs", gpus), sevenths_problem(gpus, 20), false);
  }
  return all_hold ? 0 : 1;
}

}  // namespace
}  // namespace septet::bench

int main() { return septet::bench::run(); }
