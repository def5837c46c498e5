// Certificates of serving plans hold: of small ones, of random ones, of the published scenarios.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "cli/testing/serving_plans.h"
#include "cli/testing/tampering.h"
#include "partition/measurement_file.h"

namespace septet::cli {
namespace {

TEST(VerifyServing, HoldsForWhatThePlannerWrites) {
  const Json json = certificate_of(workloads_of(kServices));
  EXPECT_EQ(objections(json), "");
  const verify::ServingVerdict verdict = verdict_of(json);
  EXPECT_TRUE(verdict.not_checked.empty());
  EXPECT_EQ(verdict.least, json["gpus"]);
  EXPECT_EQ(verdict.measured, 5u);
  EXPECT_EQ(verdict.modelled, 2u);
  std::size_t layouts = 0;
  mig::visit_layouts(
      mig::find_product("a100-80gb")->geometry, [](const auto&) { return true; },
      [&layouts](const mig::Layout&) { ++layouts; });
  EXPECT_EQ(verdict.layouts_priced, layouts);
  EXPECT_EQ(objections(certificate_of(
                workloads_of("workloads: [{name: a, replicas: 7, profile: 3g.40gb}]\n"))),
            "");
}

TEST(VerifyServing, HoldsForTheExample) {
  const auto document = read_yaml_file(SEPTET_SOURCE_DIR "/examples/services.yaml");
  ASSERT_TRUE(document.has_value());
  const Json json = certificate_of(*partition::read_workloads(*document));
  EXPECT_EQ(objections(json), "");
  EXPECT_EQ(json["gap_gpus"], 0);
}

// More per second than any rate: the plan counts it as the highest rate there is.
TEST(VerifyServing, HoldsForSizesThatGiveMoreThanAnyoneAsks) {
  auto workloads = workloads_of(kServices);
  for (plan::Measurement& row : workloads[0].measured[0].rows) row.per_second *= 1e12;
  const Json json = certificate_of(std::move(workloads));
  EXPECT_EQ(json["services"][0]["options"][0]["per_second"], "1000000000");
  EXPECT_EQ(objections(json), "");
}

std::vector<plan::Workload> random_services(std::mt19937& random, unsigned count) {
  std::string text = "workloads:\n";
  for (unsigned i = 0; i < count; ++i) {
    text += "  - {name: s" + std::to_string(i) + ", rate: " + std::to_string(random() % 400 + 1) +
            ", measured: {product: a100-80gb, fill-in: false, rows: [";
    for (const char* const profile : {"1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"}) {
      if (random() % 3 == 0 && *profile != '7') continue;
      const auto gives = static_cast<unsigned>(*profile - '0') * 20u + random() % 30;
      text += std::string("{profile: ") + profile + ", throughput: " + std::to_string(gives) + "},";
    }
    text += "]}}\n";
  }
  return workloads_of(text);
}

TEST(VerifyServingSweep, HoldsForRandomServices) {
  std::mt19937 random(3);
  for (unsigned round = 0; round < 120; ++round) {
    const Json json = certificate_of(random_services(random, 1 + round % 8));
    ASSERT_EQ(objections(json), "") << to_text(json);
    const verify::ServingVerdict verdict = verdict_of(json);
    EXPECT_EQ(verdict.least + json["gap_gpus"].get<std::uint64_t>(), json["gpus"]);
    EXPECT_EQ(verdict.not_checked.size(), json.contains("searched_least_gpus") ? 1u : 0u);
  }
}

// ---- the published scenarios, where they are

std::filesystem::path published_data() {
  const char* const named = std::getenv("SEPTET_DATA");
  return named != nullptr ? named : SEPTET_SOURCE_DIR "/../shared/data";
}

TEST(VerifyServing, HoldsForParvaGpusScenariosAllProvedByPrices) {
  const auto folder = published_data() / "parvagpu";
  if (!std::filesystem::is_directory(folder))
    GTEST_SKIP() << "no " << folder << "; SEPTET_DATA names another";
  std::map<std::string, plan::Measured> measured;
  std::vector<std::string> models;
  const mig::Product& product = *mig::find_product("a100-80gb");
  for (const auto& file : std::filesystem::directory_iterator(folder / "prof_data")) {
    const auto table = read_csv_file(file.path().string());
    models.push_back(file.path().stem().string());
    measured[models.back()] = *partition::measured_from(*table, product, "");
    measured[models.back()].fill_in = false;
  }
  std::ranges::sort(models);  // the order of the scenarios' columns
  const auto scenarios =
      partition::parva_scenarios(*read_csv_file((folder / "SLO/SLO_req_rate.csv").string()),
                                 *read_csv_file((folder / "SLO/SLO_latency.csv").string()), models);
  ASSERT_TRUE(scenarios.has_value()) << scenarios.error().describe();
  for (const double factor : {1.0, 100.0}) {
    for (const partition::Scenario& scenario : *scenarios) {
      std::vector<plan::Workload> workloads(scenario.models.size());
      for (std::size_t i = 0; i < workloads.size(); ++i) {
        workloads[i].name = scenario.models[i];
        workloads[i].objective = scenario.objectives[i];
        workloads[i].objective->latency_share = 0.45 - 1e-9;  // less than, never equal
        workloads[i].objective->per_second *= factor;
        workloads[i].measured = {measured[scenario.models[i]]};
      }
      const Json json = certificate_of(std::move(workloads));
      EXPECT_EQ(objections(json), "");
      EXPECT_EQ(json["gap_gpus"], 0);
      EXPECT_FALSE(json.contains("searched_least_gpus"));
      std::printf("  %s GPUs, bound %s\n", json["gpus"].dump().c_str(),
                  json["bound_gpus"].get<std::string>().c_str());
    }
  }
}

}  // namespace
}  // namespace septet::cli
