#include "plan/transition/transition.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "plan/diff.h"
#include "plan/testing/layout_as_gpu.h"
#include "plan/transition/change.h"
#include "plan/transition/instance_seconds.h"
#include "plan/transition/testing/replay.h"

namespace septet::plan {
namespace {

const mig::Product& product(const char* id) { return *mig::find_product(id); }

Replica replica(const mig::Product& product, const char* profile, unsigned start,
                std::size_t service) {
  const auto* const row = product.geometry.find_name(profile);
  return {{row, {static_cast<std::uint8_t>(start), row->size}}, service};
}

// `gpus` of one product, `services` that give as many thousands as an instance has slices.
TransitionProblem problem_on(const mig::Product& product, std::size_t gpus, std::size_t services) {
  TransitionProblem problem;
  for (std::size_t g = 0; g < gpus; ++g)
    problem.gpus.push_back({"GPU " + std::to_string(g), &product});
  for (std::size_t s = 0; s < services; ++s) {
    MovingService service{std::string(1, static_cast<char>('a' + s)), 0, 10.0, {}};
    for (const auto& profile : product.geometry.profiles) {
      if (profile.classic()) service.gives.push_back({&profile, profile.slices * 1000});
    }
    problem.services.push_back(std::move(service));
  }
  problem.from.resize(gpus);
  problem.to.resize(gpus);
  return problem;
}

// Floors as high as they can be.
void keep_capacity(TransitionProblem& problem) {
  const auto before = capacities(problem, problem.from), after = capacities(problem, problem.to);
  for (std::size_t s = 0; s < before.size(); ++s)
    problem.services[s].floor = std::min(before[s], after[s]);
}

void expect_sound(const TransitionProblem& problem, const Transition& transition,
                  std::mt19937& random) {
  for (int i = 0; i < 4; ++i)
    ASSERT_EQ(testing::Replay(problem).in_random_order(transition, random), "");
  ASSERT_EQ(testing::Replay(problem).in_time(transition), "");
  ASSERT_GE(transition.starts, transition.least_starts);
  ASSERT_GE(transition.chain, transition.least_chain);
  ASSERT_GE(transition.seconds, transition.least_seconds - 1e-9);
}

TEST(InstanceSeconds, AreThoseThatWereMeasured) {
  const auto& a100 = product("a100-80gb");
  const auto seven = instance_seconds(a100, *a100.geometry.find_name("7g.80gb"));
  EXPECT_TRUE(seven.measured);
  EXPECT_DOUBLE_EQ(seven.create, 0.24);
  EXPECT_DOUBLE_EQ(seven.destroy, 0.22);
  const auto& b200 = product("b200-180gb");
  for (const auto& profile : b200.geometry.profiles) {
    EXPECT_FALSE(instance_seconds(b200, profile).measured) << profile.name;
    EXPECT_GT(instance_seconds(b200, profile).create, 0.0);
  }
}

TEST(Transition, OfNothingIsNothing) {
  auto problem = problem_on(product("a30-24gb"), 1, 1);
  problem.from[0] = problem.to[0] = {replica(product("a30-24gb"), "4g.24gb", 0, 0)};
  keep_capacity(problem);
  const auto transition = plan_transition(problem);
  ASSERT_TRUE(transition);
  EXPECT_TRUE(transition->steps.empty());
  EXPECT_EQ(transition->kept, 1u);
  EXPECT_EQ(transition->seconds, 0.0);
}

TEST(Transition, CutsAWholeGpuInTwoOverASpareOne) {
  const auto& a30 = product("a30-24gb");
  auto problem = problem_on(a30, 1, 1);
  problem.from[0] = {replica(a30, "4g.24gb", 0, 0)};
  problem.to[0] = {replica(a30, "2g.12gb", 0, 0), replica(a30, "2g.12gb", 2, 0)};
  keep_capacity(problem);
  const auto stuck = plan_transition(problem);
  ASSERT_FALSE(stuck);
  EXPECT_EQ(stuck.error().code, Code::kInfeasible);
  EXPECT_NE(stuck.error().what.find("there is no way"), std::string::npos);

  problem.gpus.push_back({"spare", &a30});
  problem.from.emplace_back();
  problem.to.emplace_back();
  const auto transition = plan_transition(problem);
  ASSERT_TRUE(transition) << transition.error().what;
  EXPECT_EQ(transition->starts, 3u);  // one of them temporary
  EXPECT_TRUE(transition->fewest());
  EXPECT_EQ(transition->spares_used, 1u);
  std::mt19937 random(1);
  expect_sound(problem, *transition, random);
}

TEST(Transition, HandsAnInstanceOverWithoutTouchingIt) {
  const auto& a100 = product("a100-80gb");
  auto problem = problem_on(a100, 1, 2);
  problem.from[0] = {replica(a100, "3g.40gb", 0, 0), replica(a100, "3g.40gb", 4, 0)};
  problem.to[0] = {replica(a100, "3g.40gb", 0, 0), replica(a100, "3g.40gb", 4, 1)};
  keep_capacity(problem);
  const auto transition = plan_transition(problem);
  ASSERT_TRUE(transition) << transition.error().what;
  ASSERT_EQ(transition->steps.size(), 1u);
  EXPECT_EQ(transition->steps[0].kind, TransitionKind::kHandOver);
  EXPECT_TRUE(cuts_in_order(problem, *transition).empty());
  EXPECT_DOUBLE_EQ(transition->seconds, 10.0);
  EXPECT_DOUBLE_EQ(transition->least_seconds, 10.0);
}

TEST(Transition, MovesAReplicaBeforeItsRoomIsTaken) {
  const auto& a100 = product("a100-80gb");
  auto problem = problem_on(a100, 2, 2);
  problem.from[0] = {replica(a100, "2g.20gb", 0, 0)};
  problem.to[0] = {replica(a100, "7g.80gb", 0, 1)};
  problem.to[1] = {replica(a100, "2g.20gb", 2, 0)};
  keep_capacity(problem);
  const auto transition = plan_transition(problem);
  ASSERT_TRUE(transition) << transition.error().what;
  ASSERT_EQ(transition->steps.size(), 2u);
  EXPECT_EQ(transition->steps[0].kind, TransitionKind::kMove);
  EXPECT_EQ(transition->steps[1].kind, TransitionKind::kCreate);
  EXPECT_EQ(transition->steps[1].after, std::vector<std::size_t>{0});
  EXPECT_EQ(transition->chain, 3u);
  EXPECT_EQ(transition->least_chain, 3u);
  // Make 0.17, load 10, unmake 0.20, make 0.24, load 10.
  EXPECT_NEAR(transition->seconds, 20.61, 1e-9);
}

TEST(Transition, RefusesFloorsAboveTheDeploymentsAndReplicasThatGiveNothing) {
  const auto& a30 = product("a30-24gb");
  auto problem = problem_on(a30, 1, 1);
  problem.from[0] = {replica(a30, "4g.24gb", 0, 0)};
  problem.to[0] = {replica(a30, "2g.12gb", 0, 0)};
  problem.services[0].floor = 3000;
  const auto low = plan_transition(problem);
  ASSERT_FALSE(low);
  EXPECT_EQ(low.error().what, "the last deployment gives a 2, which is below its floor of 3");
  problem.services[0].gives.clear();
  const auto nothing = plan_transition(problem);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().what, "GPU 0: a gives nothing in a 4g.24gb");
}

// ---- against everything there is

// All that can run on one GPU: every layout, every service in every instance.
std::vector<std::vector<Replica>> all_states(const mig::Geometry& geometry, std::size_t services) {
  std::vector<std::vector<Replica>> states;
  mig::visit_layouts(
      geometry, [](const auto& profile) { return profile.classic(); },
      [&](const mig::Layout& layout) {
        std::size_t ways = 1;
        for (std::size_t i = 0; i < layout.instances().size(); ++i) ways *= services;
        for (std::size_t way = 0; way < ways; ++way) {
          std::vector<Replica> state;
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

  static std::string key(const std::vector<Replica>& state) {
    std::string text;
    for (const Replica& one : state)
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
  std::vector<std::vector<Replica>> states_;
  std::vector<std::vector<std::pair<std::size_t, std::size_t>>> more_;  // and whose replica it is
  mutable std::vector<std::vector<std::size_t>> less_;
  std::size_t total_ = 0;
  std::vector<std::vector<std::int64_t>> capacity_;
};

struct Tally {
  unsigned pairs = 0, impossible = 0, above_direct = 0, greedy_more = 0, greedy_none = 0;
};

// Every `step`-th pair of deployments.
Tally compare(const char* id, std::size_t gpus, std::size_t services, std::size_t step) {
  const Exhaustive all(product(id), gpus, services);
  std::mt19937 random(4);
  Tally tally;
  for (std::size_t pair = 0; pair < all.total() * all.total(); pair += step) {
    const std::size_t from = pair / all.total(), to = pair % all.total();
    const auto problem = all.problem(from, to);
    const auto expected = all.fewest(problem, from, to);
    const auto transition = plan_transition(problem);
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

TEST(Transition, IsTheBestThereIsOnSomeOfEverything) {
  EXPECT_GT(compare("a30-24gb", 1, 2, 61).pairs, 200u);
}

TEST(TransitionSweep, IsTheBestThereIsOnOneGpu) {
  EXPECT_GT(compare("a30-24gb", 1, 2, 1).pairs, 15'000u);
  EXPECT_GT(compare("a100-80gb", 1, 1, 17).pairs, 5'000u);
}

TEST(TransitionSweep, IsTheBestThereIsOnTwoGpus) {
  EXPECT_GT(compare("a30-24gb", 2, 1, 331).pairs, 1'000u);
  EXPECT_GT(compare("a30-24gb", 2, 2, 1'400'009).pairs, 100u);
}

// ---- whatever the size

std::vector<Replica> random_gpu(const mig::Product& product, std::size_t services,
                                std::mt19937& random) {
  static std::map<const mig::Product*, std::vector<mig::Layout>> layouts;
  auto& mine = layouts[&product];
  if (mine.empty()) {
    mine = mig::layouts(
        product.geometry, [](const auto& profile) { return profile.classic(); }, false);
  }
  std::vector<Replica> replicas;
  for (const auto& instance : mine[random() % mine.size()].instances())
    replicas.push_back({instance, random() % 7 == 0 ? kIdle : random() % services});
  return replicas;
}

TransitionProblem random_problem(std::mt19937& random, std::size_t gpus, std::size_t spares) {
  const char* const ids[] = {"a30-24gb", "a100-80gb", "h100-sxm5-80gb"};
  const auto& on = product(ids[random() % 3]);
  auto problem = problem_on(on, gpus + spares, 1 + random() % 5);
  for (std::size_t g = 0; g < gpus; ++g) {
    problem.from[g] = random_gpu(on, problem.services.size(), random);
    problem.to[g] = random_gpu(on, problem.services.size(), random);
  }
  keep_capacity(problem);
  return problem;
}

TEST(Transition, IsSoundInEveryOrderItsStepsAllow) {
  std::mt19937 random(20261121);
  unsigned found = 0, fewest = 0;
  for (int i = 0; i < 200; ++i) {
    const auto problem = random_problem(random, 1 + random() % 8, random() % 2);
    const auto transition = plan_transition(problem, {500, 4});
    if (!transition) continue;
    ++found;
    fewest += transition->fewest() ? 1u : 0u;
    expect_sound(problem, *transition, random);
  }
  EXPECT_GT(found, 120u);
  EXPECT_GT(fewest, 60u);
}

TEST(Transition, FeedsApplyOneInstanceAtATime) {
  std::mt19937 random(7);
  unsigned cuts = 0;
  for (int i = 0; i < 60; ++i) {
    const auto problem = random_problem(random, 1 + random() % 3, 1);
    const auto transition = plan_transition(problem, {500, 4});
    if (!transition) continue;
    auto now = problem.from;
    std::vector<std::vector<mig::Instance>> instances;
    for (const auto& gpu : now) {
      instances.emplace_back();
      for (const auto& one : gpu) instances.back().push_back(one.instance);
    }
    for (const CutAfterStep& cut : cuts_in_order(problem, *transition)) {
      const auto layout = mig::Layout::make(problem.geometry(cut.gpu), instances[cut.gpu]);
      ASSERT_TRUE(layout);
      const auto gpu = testing::layout_as_gpu(*problem.gpus[cut.gpu].product, *layout);
      const auto steps = diff(gpu, gpu_cut(cut, gpu.index, gpu.uuid));
      // One instance with its compute instance, made or unmade.
      ASSERT_EQ(steps.size(), 2u);
      ASSERT_EQ(steps[0].destroys(), steps[1].destroys());
      instances[cut.gpu] = cut.instances;
      ++cuts;
    }
    for (std::size_t g = 0; g < instances.size(); ++g) {
      std::vector<mig::Instance> wanted;
      for (const auto& one : problem.to[g]) wanted.push_back(one.instance);
      EXPECT_TRUE(std::ranges::is_permutation(instances[g], wanted));
    }
  }
  EXPECT_GT(cuts, 100u);
}

}  // namespace
}  // namespace septet::plan
