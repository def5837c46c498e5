// Against everything there is: the fewest starts between deployments, by visiting all of them.
#include <gtest/gtest.h>

#include <cstdio>
#include <deque>
#include <map>

#include "plan/transition/change.h"
#include "plan/transition/testing/problems.h"

namespace septet::plan {
namespace {

using testing::expect_sound;
using testing::keep_capacity;
using testing::problem_on;
using testing::product;

// All that can run on one GPU: every layout, every service in every instance.
std::vector<std::vector<RunningReplica>> all_states(const mig::Geometry& geometry,
                                                    std::size_t services) {
  std::vector<std::vector<RunningReplica>> states;
  mig::visit_layouts(
      geometry, [](const auto& profile) { return profile.classic(); },
      [&](const mig::Layout& layout) {
        std::size_t ways = 1;
        for (std::size_t i = 0; i < layout.instances().size(); ++i) ways *= services;
        for (std::size_t way = 0; way < ways; ++way) {
          std::vector<RunningReplica> state;
          std::size_t rest = way;
          for (const auto& instance : layout.instances()) {
            state.push_back({instance, rest % services});
            rest /= services;
          }
          states.push_back(std::move(state));
        }
      });
  return states;
}

// Fewest starts by visiting every deployment of `gpus` GPUs.
class Exhaustive {
 public:
  Exhaustive(const mig::Product& product, std::size_t gpus, std::size_t services)
      : problem_(problem_on(product, gpus, services)),
        states_(all_states(product.geometry, services)),
        more_(states_.size()) {
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < states_.size(); ++i) known[key(states_[i])] = i;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      for (std::size_t k = 0; k < states_[i].size(); ++k) {
        auto less = states_[i];
        less.erase(less.begin() + static_cast<std::ptrdiff_t>(k));
        more_[known.at(key(less))].emplace_back(i, states_[i][k].service);
      }
    }
    total_ = 1;
    for (std::size_t g = 0; g < gpus; ++g) total_ *= states_.size();
    for (std::size_t i = 0; i < total_; ++i) capacity_.push_back(capacity_of(i));
  }

  std::size_t total() const { return total_; }

  TransitionProblem problem(std::size_t from, std::size_t to) const {
    TransitionProblem problem = problem_;
    problem.from = deployment(from);
    problem.to = deployment(to);
    keep_capacity(problem);
    return problem;
  }

  // nullopt: there is no way.
  std::optional<unsigned> fewest(const TransitionProblem& problem, std::size_t from,
                                 std::size_t to) const {
    std::vector<unsigned> cost(total_, kFar);
    std::deque<std::size_t> open{from};
    cost[from] = 0;
    while (!open.empty()) {
      const std::size_t at = open.front();
      open.pop_front();
      if (at == to) return cost[at];
      std::size_t place = 1;
      for (std::size_t g = 0; g < problem.gpus.size(); ++g, place *= states_.size()) {
        const std::size_t mine = at / place % states_.size();
        for (const auto& [next, service] : more_[mine]) {
          const std::size_t there = at + (next - mine) * place;
          if (cost[at] + 1 >= cost[there]) continue;
          cost[there] = cost[at] + 1;
          open.push_back(there);
        }
        for (const std::size_t next : less_of(mine)) {
          const std::size_t there = at - mine * place + next * place;
          if (!allowed(problem, there) || cost[at] >= cost[there]) continue;
          cost[there] = cost[at];
          open.push_front(there);
        }
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr unsigned kFar = 1'000'000;

  static std::string key(const std::vector<RunningReplica>& state) {
    std::string text;
    for (const RunningReplica& one : state)
      text += mig::to_string(one.instance) + "/" + std::to_string(one.service) + " ";
    return text;
  }

  const std::vector<std::size_t>& less_of(std::size_t state) const {
    if (less_.empty()) {
      less_.resize(states_.size());
      for (std::size_t i = 0; i < states_.size(); ++i) {
        for (const auto& [next, service] : more_[i]) less_[next].push_back(i);
      }
    }
    return less_[state];
  }

  std::vector<std::int64_t> capacity_of(std::size_t index) const {
    return capacities(problem_, deployment(index));
  }

  bool allowed(const TransitionProblem& problem, std::size_t index) const {
    for (std::size_t s = 0; s < problem.services.size(); ++s) {
      if (capacity_[index][s] < problem.services[s].floor) return false;
    }
    return true;
  }

  Deployment deployment(std::size_t index) const {
    Deployment deployment;
    for (std::size_t g = 0; g < problem_.gpus.size(); ++g) {
      deployment.push_back(states_[index % states_.size()]);
      index /= states_.size();
    }
    return deployment;
  }

  TransitionProblem problem_;
  std::vector<std::vector<RunningReplica>> states_;
  std::vector<std::vector<std::pair<std::size_t, std::size_t>>> more_;  // and whose replica it is
  mutable std::vector<std::vector<std::size_t>> less_;
  std::size_t total_ = 0;
  std::vector<std::vector<std::int64_t>> capacity_;
};

struct Tally {
  unsigned pairs = 0, impossible = 0, above_direct = 0, greedy_more = 0, greedy_none = 0;
};

constexpr TransitionEffort kEffort{200'000, 16, 1};  // the exact way is what is compared

// Every `step`-th pair of deployments.
Tally compare(const char* id, std::size_t gpus, std::size_t services, std::size_t step) {
  const Exhaustive all(product(id), gpus, services);
  std::mt19937 random(4);
  Tally tally;
  for (std::size_t pair = 0; pair < all.total() * all.total(); pair += step) {
    const std::size_t from = pair / all.total(), to = pair % all.total();
    const auto problem = all.problem(from, to);
    const auto expected = all.fewest(problem, from, to);
    const auto transition = plan_transition(problem, kEffort);
    EXPECT_EQ(transition.has_value(), expected.has_value()) << from << " to " << to;
    ++tally.pairs;
    tally.impossible += expected ? 0u : 1u;
    if (!expected || !transition) continue;
    EXPECT_EQ(transition->starts, *expected) << from << " to " << to;
    EXPECT_TRUE(transition->fewest()) << from << " to " << to;
    expect_sound(problem, *transition, random);
    tally.above_direct += *expected > least_starts(problem) ? 1u : 0u;
    const auto quick = exchange_greedily(problem);
    tally.greedy_none += quick ? 0u : 1u;
    tally.greedy_more += quick && starts(*quick) > *expected ? 1u : 0u;
    if (::testing::Test::HasFailure()) return tally;
  }
  std::printf(
      "  %s, %zu GPUs, %zu services: %u pairs, %u impossible, %u with temporary replicas; "
      "the quick way alone: %u with more, %u not found\n",
      id, gpus, services, tally.pairs, tally.impossible, tally.above_direct, tally.greedy_more,
      tally.greedy_none);
  return tally;
}

void expect_tally(const Tally& tally, unsigned pairs, unsigned impossible, unsigned above_direct) {
  EXPECT_EQ(tally.pairs, pairs);
  EXPECT_EQ(tally.impossible, impossible);
  EXPECT_EQ(tally.above_direct, above_direct);
}

TEST(Transition, IsTheBestThereIsOnSomeOfEverything) {
  expect_tally(compare("a30-24gb", 1, 2, 61), 249, 42, 22);
}

TEST(TransitionSweep, IsTheBestThereIsOnOneGpu) {
  expect_tally(compare("a30-24gb", 1, 2, 1), 15'129, 2'364, 1'404);
  expect_tally(compare("a100-80gb", 1, 1, 17), 5'224, 843, 690);
}

TEST(TransitionSweep, IsTheBestThereIsOnTwoGpus) {
  expect_tally(compare("a30-24gb", 2, 1, 331), 1'381, 132, 150);
  expect_tally(compare("a30-24gb", 2, 2, 1'400'009), 164, 10, 17);
}

}  // namespace
}  // namespace septet::plan
