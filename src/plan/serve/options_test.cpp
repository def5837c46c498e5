#include "plan/serve/options.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plan/serve/plan_services.h"

namespace septet::plan {
namespace {

const mig::Product& a100() { return *mig::find_product("a100-80gb"); }

Workload measured(std::vector<Measurement> rows) {
  Workload workload;
  workload.name = "w";
  workload.where = "w.yaml:2:5";
  workload.objective = Objective{100.0, 50.0, 1.0};
  workload.measured = {{"a100-80gb", false, true, std::move(rows), "w.yaml:3:5"}};
  return workload;
}

Measurement row(const char* profile, unsigned batch, double per_second, double latency_ms) {
  return {profile, batch, 1, per_second, latency_ms, "w.yaml:4:7"};
}

const ServingRefusal* refused(const ServingSizes& sizes, const char* profile) {
  for (const ServingRefusal& one : sizes.refused) {
    if (one.profile->name == profile) return &one;
  }
  return nullptr;
}

const ServingOption* best(const ServingSizes& sizes, const char* profile) {
  for (const ServingOption& one : sizes.best) {
    if (one.profile->name == profile) return &one;
  }
  return nullptr;
}

TEST(ServingSizes, TakesTheMostPerSecondThatIsFastEnough) {
  Workload workload =
      measured({row("1g.10gb", 1, 20, 40), row("1g.10gb", 8, 30, 60), row("7g.80gb", 8, 120, 50)});
  workload.measured[0].fill_in = false;
  const auto sizes = serving_sizes(a100(), workload);
  ASSERT_TRUE(sizes) << sizes.error().describe();
  ASSERT_NE(best(*sizes, "1g.10gb"), nullptr);
  EXPECT_EQ(best(*sizes, "1g.10gb")->batch, 1u);  // batch 8 takes 60 ms of 50
  EXPECT_EQ(best(*sizes, "1g.10gb")->instances, 5u);
  EXPECT_NEAR(best(*sizes, "1g.10gb")->gpus, 5.0 / 7.0, 1e-12);
  EXPECT_EQ(best(*sizes, "7g.80gb")->instances, 1u);  // 50 ms of 50: allowed
  EXPECT_NEAR(best(*sizes, "7g.80gb")->over, 0.2, 1e-12);
  EXPECT_EQ(sizes->best.front().profile->name, "1g.10gb");  // the cheapest
  ASSERT_NE(refused(*sizes, "2g.20gb"), nullptr);
  EXPECT_NE(refused(*sizes, "2g.20gb")->why.find("measurements only"), std::string::npos);
}

TEST(ServingSizes, SaysWhyASmallerOneDoesNotDo) {
  Workload workload = measured({row("1g.10gb", 8, 0, 0), row("2g.20gb", 8, 60, 130),
                                row("3g.40gb", 8, 90, 45), row("7g.80gb", 8, 190, 40)});
  const auto sizes = serving_sizes(a100(), workload);
  ASSERT_TRUE(sizes) << sizes.error().describe();
  ASSERT_NE(refused(*sizes, "1g.10gb"), nullptr);
  EXPECT_NE(refused(*sizes, "1g.10gb")->why.find("out of memory"), std::string::npos);
  ASSERT_NE(refused(*sizes, "2g.20gb"), nullptr);
  EXPECT_NE(refused(*sizes, "2g.20gb")->why.find("takes 130 ms at least"), std::string::npos);
  const auto* const smaller = sizes->next_smaller(*best(*sizes, "3g.40gb")->profile);
  ASSERT_NE(smaller, nullptr);
  EXPECT_EQ(smaller->profile->name, "2g.20gb");
}

TEST(ServingSizes, ModelsWhatLiesBetweenAndMarksIt) {
  Workload workload = measured({row("2g.20gb", 8, 60, 133), row("7g.80gb", 8, 160, 50)});
  workload.objective->latency_ms = 200.0;
  const auto sizes = serving_sizes(a100(), workload);
  ASSERT_TRUE(sizes) << sizes.error().describe();
  EXPECT_FALSE(best(*sizes, "2g.20gb")->modelled);
  EXPECT_FALSE(best(*sizes, "7g.80gb")->modelled);
  const ServingOption* const three = best(*sizes, "3g.40gb");
  ASSERT_NE(three, nullptr);
  EXPECT_TRUE(three->modelled);
  EXPECT_GT(three->per_second, 60.0);
  EXPECT_LT(three->per_second, 160.0);
  EXPECT_GT(three->latency_ms, 50.0);
  // Less memory than anything it ran on: nobody knows whether it fits.
  ASSERT_NE(refused(*sizes, "1g.10gb"), nullptr);
  EXPECT_NE(refused(*sizes, "1g.10gb")->why.find("less memory"), std::string::npos);
}

TEST(ServingSizes, ModelsNothingOutsideOfWhatWasMeasured) {
  Workload workload = measured({row("2g.20gb", 8, 60, 133), row("4g.40gb", 8, 110, 73)});
  workload.objective->latency_ms = 200.0;
  const auto sizes = serving_sizes(a100(), workload);
  ASSERT_TRUE(sizes) << sizes.error().describe();
  EXPECT_NE(best(*sizes, "3g.40gb"), nullptr);
  for (const char* const outside : {"1g.20gb", "7g.80gb"}) {
    ASSERT_NE(refused(*sizes, outside), nullptr) << outside;
    EXPECT_NE(refused(*sizes, outside)->why.find("outside"), std::string::npos) << outside;
  }
}

TEST(ServingSizes, OneProfileSaysNothingAboutOthers) {
  const auto sizes = serving_sizes(a100(), measured({row("2g.20gb", 8, 60, 40)}));
  ASSERT_TRUE(sizes) << sizes.error().describe();
  EXPECT_EQ(sizes->best.size(), 1u);
  EXPECT_NE(refused(*sizes, "7g.80gb")->why.find("fewer than two"), std::string::npos);
}

TEST(ServingSizes, NeedsHoldAsWell) {
  Workload workload = measured({row("1g.10gb", 1, 20, 40), row("7g.80gb", 1, 120, 30)});
  workload.memory_bytes = std::uint64_t{30} << 30;
  const auto sizes = serving_sizes(a100(), workload);
  ASSERT_TRUE(sizes) << sizes.error().describe();
  EXPECT_NE(refused(*sizes, "1g.10gb")->why.find("needs 30 GiB"), std::string::npos);
  EXPECT_EQ(best(*sizes, "1g.20gb"), nullptr);
}

TEST(ServingSizes, OtherProductsAndImpossibleObjectivesAreErrors) {
  Workload workload = measured({row("1g.10gb", 1, 20, 40)});
  const auto elsewhere = serving_sizes(*mig::find_product("h100-sxm5-80gb"), workload);
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().code, Code::kInfeasible);
  EXPECT_NE(elsewhere.error().what.find("only on a100-80gb"), std::string::npos);
  workload.objective->latency_ms = 1.0;
  const auto never = serving_sizes(a100(), workload);
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().code, Code::kInfeasible);
  EXPECT_NE(never.error().what.find("w.yaml:2:5"), std::string::npos);
  workload.measured[0].rows[0].profile = "9g.90gb";
  const auto unknown = serving_sizes(a100(), workload);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::kInvalidArgument);
}

TEST(PlanServices, MixesMeasuredNamedAndNeeds) {
  Workload fixed;
  fixed.name = "fixed";
  fixed.profile = "3g.40gb";
  fixed.replicas = 2;
  Workload needs;
  needs.name = "needs";
  needs.memory_bytes = std::uint64_t{15} << 30;
  const auto plan = plan_services(
      a100(), {measured({row("1g.10gb", 1, 20, 40), row("7g.80gb", 1, 120, 30)}), fixed, needs});
  ASSERT_TRUE(plan) << plan.error().describe();
  EXPECT_TRUE(plan->answer.proven());
  std::vector<double> gives(3, 0.0);
  for (const ServedGpu& gpu : plan->gpus) {
    std::vector<mig::Instance> instances;
    for (const ServedInstance& one : gpu.instances) {
      instances.push_back(one.instance);
      if (!one.service) continue;
      for (const PlannedSize& size : plan->services[*one.service].chosen) {
        if (size.option.profile == one.instance.profile)
          gives[*one.service] += size.option.per_second;
      }
    }
    EXPECT_TRUE(mig::Layout::make(a100().geometry, instances));
  }
  EXPECT_GE(gives[0], 100.0);
  EXPECT_EQ(gives[1], 2.0);
  EXPECT_EQ(gives[2], 1.0);
  EXPECT_NEAR(plan->services[0].gives, gives[0], 1e-9);
}

}  // namespace
}  // namespace septet::plan
