#include "lab/recommend/recommend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <thread>

#include "lab/recommend/layout_ranking.h"
#include "lab/recommend/load_margin.h"

namespace septet::lab {
namespace {

Tenant service(const std::string& name, double compute, double rate, double objective) {
  Tenant tenant;
  tenant.name = name;
  tenant.work.host = 2e-3;
  tenant.work.compute = compute;
  tenant.work.memory_mib = 2000;
  tenant.work.source = "made up";
  tenant.arrivals.per_second = rate;
  tenant.objective_seconds = objective;
  return tenant;
}
Scenario scenario_on(const char* product, std::vector<Tenant> tenants, std::vector<Mode> modes) {
  Scenario scenario;
  scenario.gpu = *gpu_model(*mig::find_product(product));
  scenario.most_gpus = 3;
  scenario.seconds = 60;
  scenario.warm_up = 5;
  scenario.tenants = std::move(tenants);
  scenario.modes = std::move(modes);
  return scenario;
}
Recommendation found(const Scenario& scenario) {
  auto result = recommend(scenario, {});
  EXPECT_TRUE(result) << result.error().describe();
  return result ? *std::move(result) : Recommendation{};
}

// Every maximal layout of one GPU and every way to hand out its instances: does any meet all?
bool any_on_one_gpu(const Scenario& scenario) {
  SimulateOptions options;
  options.pictures = options.victim_alone = false;
  for (const auto& multiset : recommending::maximal_multisets(scenario.gpu)) {
    if (multiset.size() < scenario.tenants.size()) continue;
    std::vector<std::size_t> order(multiset.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::map<std::vector<std::string>, bool> tried;
    do {
      Scenario cut = scenario;
      cut.layouts.assign(1, {});
      for (const auto* const profile : multiset) cut.layouts[0].emplace_back(profile->name);
      std::vector<std::string> profiles;
      for (std::size_t t = 0; t < cut.tenants.size(); ++t) {
        cut.tenants[t].profile = multiset[order[t]]->name;
        profiles.push_back(cut.tenants[t].profile);
      }
      if (!tried.emplace(profiles, true).second) continue;
      const auto outcome = simulate(cut, Mode::kMig, options);
      EXPECT_TRUE(outcome) << outcome.error().describe();
      if (outcome && outcome->impossible.empty() && outcome->meets_objectives) return true;
    } while (std::ranges::next_permutation(order).found);
  }
  return false;
}

// An A30 has few layouts, so that all of them can be tried.
TEST(Recommend, one_gpu_of_mig_is_found_exactly_when_one_is_enough) {
  int enough = 0, tried = 0;
  for (const double heavy : {0.002, 0.006, 0.012, 0.018}) {
    for (const double objective : {0.03, 0.06, 0.2}) {
      const Scenario scenario =
          scenario_on("a30-24gb",
                      {service("heavy", heavy, 15, objective),
                       service("light", 0.002, 8, objective), service("other", 0.004, 5, 0.1)},
                      {Mode::kMig});
      const bool one = any_on_one_gpu(scenario);
      RecommendEffort effort;
      effort.margins = false;
      effort.layouts_each = 50;
      const auto result = recommend(scenario, effort);
      ASSERT_TRUE(result) << result.error().describe();
      EXPECT_EQ(result->best && result->best->gpus == 1, one) << heavy << " " << objective;
      enough += one ? 1 : 0;
      ++tried;
    }
  }
  EXPECT_GT(enough, 0);
  EXPECT_LT(enough, tried) << "the cases must tell the difference";
}

TEST(Recommend, the_fewest_gpus_come_first_whatever_the_mode) {
  const Recommendation result =
      found(scenario_on("a100-80gb", {service("a", 0.004, 10, 0.2), service("b", 0.004, 10, 0.2)},
                        {Mode::kWholeGpu, Mode::kMig, Mode::kMps}));
  ASSERT_TRUE(result.best);
  EXPECT_EQ(result.best->gpus, 1u);
  EXPECT_TRUE(result.best->meets);
  EXPECT_LE(result.best->worst, 1.0);
  ASSERT_EQ(result.others.size(), 2u);
  EXPECT_EQ(result.others.back().mode, Mode::kWholeGpu);
  EXPECT_EQ(result.others.back().gpus, 2u);
  for (const Proposal& other : result.others) EXPECT_GE(other.gpus, result.best->gpus);
}

// Whatever the search leaves out to be quick, it is not in the numbers it shows.
TEST(Recommend, a_proposal_is_told_as_it_is_simulated_by_itself) {
  Scenario scenario =
      scenario_on("a100-80gb", {service("a", 0.004, 10, 0.2), service("b", 0.02, 12, 0.3)}, {});
  scenario.modes.assign(std::begin(kModes), std::end(kModes));
  const Recommendation result = found(scenario);
  ASSERT_TRUE(result.best);
  std::vector<Proposal> all = result.others;
  all.push_back(*result.best);
  EXPECT_EQ(all.size(), std::size(kModes));
  for (const Proposal& one : all) {
    if (one.mode == Mode::kMig) continue;  // who sits where is not in a proposal
    Scenario same = scenario;
    same.layouts = one.layouts;
    SimulateOptions options;
    if (one.mode != Mode::kWholeGpu) options.gpus = one.gpus;
    const auto outcome = simulate(same, one.mode, options);
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(one.outcome.joules_per_request, outcome->joules_per_request);
    EXPECT_EQ(one.outcome.sm_active, outcome->sm_active);
    for (std::size_t t = 0; t < 2; ++t)
      EXPECT_EQ(one.outcome.tenants[t].latency.p99, outcome->tenants[t].latency.p99);
  }
  for (const Proposal& one : all) EXPECT_GT(one.outcome.joules_per_request, 0.0);
}

TEST(Recommend, the_margin_is_the_load_at_which_it_breaks) {
  const Scenario scenario =
      scenario_on("a100-80gb", {service("a", 0.02, 10, 0.2)}, {Mode::kWholeGpu});
  const Recommendation result = found(scenario);
  ASSERT_TRUE(result.best);
  ASSERT_EQ(result.margins.size(), 1u) << "one tenant: all together is it";
  const LoadMargin& margin = result.margins[0];
  EXPECT_GT(margin.factor, 1.5);
  EXPECT_LT(margin.factor, 5.0) << "at 50 requests a second it has no time left";
  const auto at = [&](double factor) {
    const auto outcome =
        simulate(recommending::with_load(scenario, "", factor), Mode::kWholeGpu, {});
    EXPECT_TRUE(outcome) << outcome.error().describe();
    return outcome && outcome->meets_objectives;
  };
  EXPECT_TRUE(at(margin.factor));
  EXPECT_FALSE(at(margin.factor * 1.2));
}

TEST(Recommend, nothing_meets_what_cannot_be_met_and_the_nearest_is_told) {
  const Recommendation result = found(
      scenario_on("a100-80gb", {service("a", 0.02, 10, 0.01)}, {Mode::kMig, Mode::kWholeGpu}));
  EXPECT_FALSE(result.best);
  ASSERT_FALSE(result.others.empty());
  EXPECT_FALSE(result.others.front().meets);
  EXPECT_GT(result.others.front().worst, 1.0);
  for (const Proposal& other : result.others)
    EXPECT_GE(other.worst, result.others.front().worst) << "the nearest first";
  EXPECT_TRUE(result.margins.empty());
}

TEST(Recommend, a_training_is_not_starved_to_save_energy) {
  Tenant training;
  training.name = "training";
  training.training = true;
  training.work = service("", 0.05, 1, 1).work;
  training.arrivals.kind = Arrivals::Kind::kClosed;
  const Recommendation result =
      found(scenario_on("a100-80gb", {service("a", 0.001, 5, 0.5), training}, {Mode::kMig}));
  ASSERT_TRUE(result.best);
  ASSERT_EQ(result.best->gpus, 1u);
  EXPECT_NE(result.best->outcome.tenants[1].runs_on.find("4g.40gb"), std::string::npos)
      << "the largest that leaves the service an instance: "
      << result.best->outcome.tenants[1].runs_on;
}

TEST(Recommend, what_is_tried_is_bounded_and_said) {
  RecommendEffort effort;
  effort.most_simulations = 3;
  const auto result = recommend(
      scenario_on("a100-80gb", {service("a", 0.02, 10, 0.01), service("b", 0.02, 10, 0.01)},
                  {std::begin(kModes), std::end(kModes)}),
      effort);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->simulated, 3u);
  EXPECT_TRUE(result->cut_short);
}

TEST(Recommend, margins_are_the_same_in_whatever_order_they_are_found) {
  const Scenario scenario =
      scenario_on("a100-80gb", {service("a", 0.004, 10, 0.2), service("b", 0.02, 12, 0.3)},
                  {Mode::kMps, Mode::kMig});
  const Recommendation forwards = found(scenario);
  RecommendEffort effort;
  effort.run_all = [](const std::vector<std::function<void()>>& tasks) {
    std::vector<std::jthread> threads;
    for (std::size_t i = tasks.size(); i-- > 0;) threads.emplace_back(tasks[i]);
  };
  const auto at_once = recommend(scenario, effort);
  ASSERT_TRUE(at_once);
  ASSERT_EQ(at_once->margins.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(at_once->margins[i].tenant, forwards.margins[i].tenant);
    EXPECT_EQ(at_once->margins[i].factor, forwards.margins[i].factor);
  }
  EXPECT_EQ(at_once->simulated, forwards.simulated);
}

TEST(LoadMargin, scales_arrivals_and_leaves_trainings) {
  Scenario scenario = scenario_on("a100-80gb", {service("a", 0.02, 10, 0.2)}, {Mode::kMig});
  Tenant traced = service("t", 0.01, 0, 1);
  traced.arrivals.kind = Arrivals::Kind::kTrace;
  traced.arrivals.trace = {{2.0, 1.0}, {4.0, 3.0}};
  scenario.tenants.push_back(traced);
  const Scenario twice = recommending::with_load(scenario, "", 2.0);
  EXPECT_EQ(twice.tenants[0].arrivals.per_second, 20.0);
  EXPECT_EQ(twice.tenants[1].arrivals.trace[1].at, 2.0);
  EXPECT_EQ(twice.tenants[1].arrivals.trace[1].size, 3.0);
  const Scenario only = recommending::with_load(scenario, "t", 2.0);
  EXPECT_EQ(only.tenants[0].arrivals.per_second, 10.0);
}

// Whatever the guess, the same margin as by halving: the last step that holds.
TEST(LoadMargin, does_not_depend_on_the_guess) {
  const Scenario scenario = scenario_on("a100-80gb", {service("a", 0.02, 10, 0.2)}, {});
  for (const int halvings : {3, 5}) {
    const double steps = 1 << halvings;
    for (double breaks = 1.001; breaks < 9.0; breaks += 0.037) {
      const double octave = breaks < 2 ? 1 : breaks < 4 ? 2 : 4;
      const double expected =
          std::min(8.0, octave * (1 + std::floor((breaks / octave - 1) * steps) / steps));
      for (const double guess : {0.2, 1.0, 1.4, breaks, 3.0, 7.9, 100.0}) {
        int asked = 0;
        const auto margin = recommending::load_margin(
            scenario, "a", halvings, guess,
            [&](const Scenario& loaded) -> Result<std::optional<recommending::Held>> {
              ++asked;
              const double factor = loaded.tenants[0].arrivals.per_second / 10;
              return std::optional(recommending::Held{factor <= breaks, guess / factor});
            });
        ASSERT_TRUE(margin);
        EXPECT_DOUBLE_EQ(margin->factor, expected) << breaks << " " << guess;
        EXPECT_EQ(margin->beyond, breaks >= 8.0);
        EXPECT_LE(asked, guess == breaks ? 2 : 2 * (halvings + 2)) << breaks << " " << guess;
      }
    }
  }
}

TEST(LoadMargin, says_what_is_known_when_there_are_no_more_tries) {
  const Scenario scenario = scenario_on("a100-80gb", {service("a", 0.02, 10, 0.2)}, {});
  for (const int tries : {0, 1, 2, 3}) {
    int left = tries;
    const auto margin = recommending::load_margin(
        scenario, "a", 3, 1.5,
        [&](const Scenario& loaded) -> Result<std::optional<recommending::Held>> {
          if (left-- == 0) return std::optional<recommending::Held>();
          return std::optional(
              recommending::Held{loaded.tenants[0].arrivals.per_second <= 16.3, 1.0});
        });
    ASSERT_TRUE(margin);
    EXPECT_EQ(margin->factor,
              std::vector({1.0, 1.625, 1.625, 1.625})[static_cast<unsigned>(tries)]);
    EXPECT_EQ(margin->beyond, tries < 2);
  }
}

TEST(LayoutRanking, multisets_are_maximal_and_different) {
  const auto gpu = *gpu_model(*mig::find_product("a100-80gb"));
  const auto multisets = recommending::maximal_multisets(gpu);
  const auto has = [&](std::vector<std::string> names) {
    return std::ranges::any_of(multisets, [&](const auto& multiset) {
      std::vector<std::string> own;
      for (const auto* const profile : multiset) own.emplace_back(profile->name);
      std::ranges::sort(own);
      return own == names;
    });
  };
  EXPECT_TRUE(has(std::vector<std::string>(7, "1g.10gb")));
  EXPECT_TRUE(has({"3g.40gb", "4g.40gb"}));
  EXPECT_TRUE(has({"7g.80gb"}));
  EXPECT_FALSE(has({"3g.40gb"})) << "another would still fit";
}

}  // namespace
}  // namespace septet::lab
