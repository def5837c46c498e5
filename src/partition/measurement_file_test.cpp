#include "partition/measurement_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "plan/serve/plan_services.h"

namespace septet::partition {
namespace {

const mig::Product& a100() { return *mig::find_product("a100-80gb"); }

Result<plan::Measured> import_from(const char* text, const std::string& workload = "",
                                   const char* product = "a100-80gb") {
  const auto table = TRY(parse_csv("m.csv", text));
  return measured_from(table, *mig::find_product(product), workload);
}

TEST(Csv, ReadsFieldsWithTheirPlaces) {
  const auto table = parse_csv("m.csv",
                               "\xef\xbb\xbf"
                               "a, b ,c\r\n1,2,3\n\n");
  ASSERT_TRUE(table) << table.error().what;
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0][1].text, "b");
  EXPECT_EQ(table->where(table->rows[1][2]), "m.csv:2:5");
}

TEST(Csv, EveryMistakeHasItsPlace) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "m.csv:1:1: the file is empty"},
      {"a,b\n1\n", "m.csv:2:1: 1 fields where the first row has 2"},
      {"a\n\nb\n", "m.csv:2:1: an empty line"},
      {std::string("a,b\n1,") + '\0' + "\n", "m.csv:2:3: a control character"},
      {"a\n" + std::string(201, 'x') + "\n", "m.csv:2:1: a field of over 200"},
      {std::string(64, ',') + "\n", "m.csv:1:65: over 64 fields"},
      {std::string((4u << 20) + 1, 'x'), "m.csv:1:1: over 4 MiB"},
  };
  for (const auto& [text, what] : cases) {
    const auto table = parse_csv("m.csv", text);
    ASSERT_FALSE(table) << what;
    EXPECT_TRUE(table.error().what.starts_with(what)) << table.error().what;
    EXPECT_EQ(table.error().code, Code::kInvalidArgument);
  }
  EXPECT_EQ(read_csv_file("/nowhere/m.csv").error().code, Code::kNotFound);
  EXPECT_FALSE(read_csv_file("/"));
}

TEST(MeasurementFile, ParvaGpuCountsPerProcessAndInSeconds) {
  const auto measured = import_from(
      "Mig instance,Batch size,Workload Number,Throughput,Latency\n"
      "1,4,3,111.125,0.036\n"
      "4,32,2,0,0\n");
  ASSERT_TRUE(measured) << measured.error().what;
  ASSERT_EQ(measured->rows.size(), 2u);
  EXPECT_EQ(measured->rows[0].profile, "1g.10gb");
  EXPECT_EQ(measured->rows[0].processes, 3u);
  EXPECT_DOUBLE_EQ(measured->rows[0].per_second, 3 * 111.125);
  EXPECT_DOUBLE_EQ(measured->rows[0].latency_ms, 36.0);
  EXPECT_EQ(measured->rows[1].per_second, 0.0);
  EXPECT_EQ(measured->rows[1].where, "m.csv:3:1");
  EXPECT_FALSE(measured->training);
}

TEST(MeasurementFile, MisoIsTrainingOfSeveralWorkloads) {
  const char* const text =
      "workload,batch,gslices,mean_iter_s,median_iter_s,samples\n"
      "bert,2,2,0.12136,0.1213,2000\n"
      "gnn,64,1,0.5,0.5,10\n";
  const auto measured = import_from(text, "bert", "a100-40gb");
  ASSERT_TRUE(measured) << measured.error().what;
  ASSERT_EQ(measured->rows.size(), 1u);
  EXPECT_TRUE(measured->training);
  EXPECT_EQ(measured->rows[0].profile, "2g.10gb");
  EXPECT_NEAR(measured->rows[0].per_second, 2 / 0.12136, 1e-9);
  const auto unnamed = import_from(text, "", "a100-40gb");
  ASSERT_FALSE(unnamed);
  EXPECT_NE(unnamed.error().remedy.find("bert, gnn"), std::string::npos);
  EXPECT_EQ(import_from(text, "vgg", "a100-40gb").error().code, Code::kNotFound);
}

TEST(MeasurementFile, OwnLayoutTakesProfilesByName) {
  const auto measured =
      import_from("profile,batch,processes,per_second,latency_ms\n1g.10gb,8,2,370.6,43\n");
  ASSERT_TRUE(measured) << measured.error().what;
  EXPECT_EQ(measured->rows[0].profile, "1g.10gb");
  EXPECT_DOUBLE_EQ(measured->rows[0].per_second, 370.6);
}

TEST(MeasurementFile, EveryMistakeHasItsPlace) {
  const std::string parva = "Mig instance,Batch size,Workload Number,Throughput,Latency\n";
  const std::pair<std::string, const char*> cases[] = {
      {"a,b\n1,2\n", "m.csv:1:1: the header"},
      {parva, "m.csv:1:1: no measurement"},
      {parva + "5,1,1,10,1\n", "m.csv:2:1: a100-80gb has no profile of 5 slices"},
      {parva + "1,0,1,10,1\n", "m.csv:2:3: batch"},
      {parva + "1,1,-1,10,1\n", "m.csv:2:5: processes"},
      {parva + "1,1,1,inf,1\n", "m.csv:2:7: throughput"},
      {parva + "1,1,1,nan,1\n", "m.csv:2:7: throughput"},
      {parva + "1,1,1,1e300,1\n", "m.csv:2:7: throughput"},
      {parva + "1,1,1,1e-300,1\n", "m.csv:2:7: a throughput below"},
      {parva + "1,1,1,10,0\n", "m.csv:2:10: a throughput without a latency"},
      {parva + "1,1,1,10,0.1x\n", "m.csv:2:10: latency"},
      {parva + "1,1,1,10,1\n1,1,1,11,1\n", "m.csv:3:1: 1g.10gb with batch 1 and 1 processes is"},
      {"profile,batch,processes,per_second,latency_ms\n9g.90gb,1,1,1,1\n", "m.csv:2:1"},
  };
  for (const auto& [text, what] : cases) {
    const auto measured = import_from(text.c_str());
    ASSERT_FALSE(measured) << what;
    EXPECT_TRUE(measured.error().what.starts_with(what)) << measured.error().what;
  }
}

// ---- the published tables, where they are

// $SEPTET_DATA, or ../shared/data beside the checkout.
std::filesystem::path data() {
  const char* const named = std::getenv("SEPTET_DATA");
  return named != nullptr ? named : SEPTET_SOURCE_DIR "/../shared/data";
}

Result<std::vector<std::vector<plan::Workload>>> published() {
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(data() / "parvagpu/prof_data"))
    files.push_back(file.path());
  std::ranges::sort(files);
  std::vector<std::string> models;
  std::vector<plan::Measured> measured;
  for (const auto& file : files) {
    const auto table = TRY(read_csv_file(file.string()));
    measured.push_back(TRY(measured_from(table, a100(), "")));
    measured.back().fill_in = false;
    models.push_back(file.stem().string());
  }
  const auto rates = TRY(read_csv_file((data() / "parvagpu/SLO/SLO_req_rate.csv").string()));
  const auto limits = TRY(read_csv_file((data() / "parvagpu/SLO/SLO_latency.csv").string()));
  const auto scenarios = TRY(parva_scenarios(rates, limits, models));
  std::vector<std::vector<plan::Workload>> all;
  for (const Scenario& scenario : scenarios) {
    auto& workloads = all.emplace_back();
    for (std::size_t i = 0; i < scenario.models.size(); ++i) {
      const auto model = std::ranges::find(models, scenario.models[i]) - models.begin();
      plan::Workload workload;
      workload.name = scenario.models[i];
      workload.objective = scenario.objectives[i];
      workload.objective->latency_share = 0.45 - 1e-9;  // their rule: less than, never equal
      workload.measured = {measured[static_cast<std::size_t>(model)]};
      workloads.push_back(std::move(workload));
    }
  }
  return all;
}

// Legal and enough, told from the domain model and the tables alone.
void check_served(const plan::ServicesPlan& plan) {
  std::vector<double> given(plan.services.size(), 0.0);
  for (const plan::ServedGpu& gpu : plan.gpus) {
    std::vector<mig::Instance> instances;
    for (const plan::ServedInstance& one : gpu.instances) {
      instances.push_back(one.instance);
      if (!one.service) continue;
      const plan::Workload& workload = plan.services[*one.service].workload;
      double best = 0.0;
      for (const plan::Measurement& row : workload.measured[0].rows) {
        const bool here = row.profile == one.instance.profile->name;
        if (here && row.latency_ms < 0.45 * *workload.objective->latency_ms)
          best = std::max(best, row.per_second);
      }
      given[*one.service] += best;
    }
    EXPECT_TRUE(mig::Layout::make(a100().geometry, std::move(instances)));
  }
  for (std::size_t i = 0; i < given.size(); ++i)
    EXPECT_GE(given[i], plan.services[i].workload.objective->per_second - 1e-6);
  EXPECT_EQ(plan.gpus.size(), plan.answer.gpus);
}

TEST(ParvaGpuScenarios, AreServedWithTheProvenFewest) {
  if (!std::filesystem::is_directory(data() / "parvagpu"))
    GTEST_SKIP() << "no " << data() << "; SEPTET_DATA names another folder";
  const auto scenarios = published();
  ASSERT_TRUE(scenarios) << scenarios.error().describe();
  const unsigned fewest[] = {2, 3, 5, 7, 12, 15};  // published: 2, 3, 5, 7, 13, 16
  ASSERT_EQ(scenarios->size(), std::size(fewest));
  for (std::size_t s = 0; s < scenarios->size(); ++s) {
    const auto plan = plan::plan_services(a100(), (*scenarios)[s]);
    ASSERT_TRUE(plan) << plan.error().describe();
    EXPECT_EQ(plan->answer.gpus, fewest[s]);
    EXPECT_TRUE(plan->answer.proven());
    check_served(*plan);
  }
}

TEST(ParvaGpuScenarios, TenAndAHundredTimesTheDemand) {
  if (!std::filesystem::is_directory(data() / "parvagpu"))
    GTEST_SKIP() << "no " << data() << "; SEPTET_DATA names another folder";
  const auto scenarios = published();
  ASSERT_TRUE(scenarios) << scenarios.error().describe();
  for (const double factor : {10.0, 100.0}) {
    for (std::vector<plan::Workload> workloads : *scenarios) {
      for (plan::Workload& workload : workloads) workload.objective->per_second *= factor;
      const auto plan = plan::plan_services(a100(), std::move(workloads));
      ASSERT_TRUE(plan) << plan.error().describe();
      EXPECT_LE(plan->answer.gpus, plan->answer.bound.exactly() * 1.001 + 1.0);
      check_served(*plan);
    }
  }
}

}  // namespace
}  // namespace septet::partition
