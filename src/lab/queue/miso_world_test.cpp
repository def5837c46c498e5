#include "lab/queue/miso_world.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "lab/queue/miso_comparison.h"

namespace septet::lab::queue {
namespace {

constexpr const char* kSteps =
    "workload,batch,gslices,mean_iter_s,median_iter_s,samples\n"
    "resnet,64,1,0.4,0.4,9\nresnet,64,3,0.2,0.2,9\nresnet,64,7,0.1,0.1,9\n"
    "bert,8,3,0.3,0.3,9\nbert,8,7,0.15,0.15,9\n";

Result<MisoData> read(const std::string& steps, const std::string& models,
                      const std::string& lengths) {
  return read_miso(TRY(parse_csv("steps.csv", steps)), TRY(parse_yaml("models.json", models)),
                   TRY(parse_yaml("lengths.json", lengths)));
}

TEST(MisoWorldTest, SpeedsAreRelativeToTheWholeGpuAndMissingRowsDoNotFit) {
  const auto data =
      read(kSteps, R"({"0": "resnet_train64", "1": "bert_train8"})", R"({"0": 120, "1": 27.9})");
  ASSERT_TRUE(data.has_value()) << data.error().what;
  ASSERT_EQ(data->jobs.size(), 2u);
  EXPECT_DOUBLE_EQ(data->jobs[0].speed[0], 0.25);
  EXPECT_DOUBLE_EQ(data->jobs[0].speed[1], 0);  // 2g was not measured
  EXPECT_DOUBLE_EQ(data->jobs[0].speed[4], 1);
  EXPECT_EQ(data->jobs[1].smallest(), 2u);  // bert runs from 3g on
  EXPECT_DOUBLE_EQ(data->jobs[1].work, 27);
}

TEST(MisoWorldTest, MistakesAreSaidWithTheirPlace) {
  const auto complaint = [](const std::string& models, const std::string& lengths) {
    const auto data = read(kSteps, models, lengths);
    return data ? std::string("read") : data.error().what;
  };
  EXPECT_NE(complaint(R"({"0": "vgg_train1"})", R"({"0": 1})").find("models.json:1:7"),
            std::string::npos);
  EXPECT_NE(complaint(R"({"0": "bert_train8"})", R"({"0": -1})").find("lengths.json:1:7"),
            std::string::npos);
  EXPECT_NE(complaint(R"({"0": "bert_train8"})", R"({"1": 1})").find("no length"),
            std::string::npos);
  EXPECT_NE(complaint("[]", R"({"0": 1})").find("models.json:1:1"), std::string::npos);
}

TEST(MisoWorldTest, TheSameSeedGivesTheSameArrivals) {
  const auto data =
      read(kSteps, R"({"0": "resnet_train64", "1": "bert_train8"})", R"({"0": 120, "1": 60})")
          .value();
  const World a = miso_world(data, 3, 8).value(), b = miso_world(data, 3, 8).value();
  for (std::size_t i = 0; i < a.jobs.size(); ++i)
    EXPECT_DOUBLE_EQ(a.jobs[i].arrives, b.jobs[i].arrives);
  EXPECT_FALSE(miso_world(data, 0, 8).has_value());  // recorded for 100 jobs only
  EXPECT_GT(a.costs.create[0], 0.1);                 // as FAR's authors measured it
}

// The bar itself is bench/lab_queue_bars; here that the public trace is understood.
TEST(MisoWorldTest, ThePublicTraceGivesMisosPicture) {
  const char* const named = std::getenv("SEPTET_DATA");
  const std::filesystem::path folder =
      std::filesystem::path(named != nullptr ? named : SEPTET_SOURCE_DIR "/../shared/data") /
      "miso";
  if (!std::filesystem::is_directory(folder))
    GTEST_SKIP() << "no " << folder << "; SEPTET_DATA names another";
  const auto steps = read_csv_file(folder / "a100_40gb_training_iter_time_per_profile.csv");
  const auto models = read_yaml_file(folder / "job_models.json");
  const auto lengths = read_yaml_file(folder / "trace_100.json");
  ASSERT_TRUE(steps && models && lengths);
  const MisoData data = read_miso(*steps, *models, *lengths).value();
  ASSERT_EQ(data.jobs.size(), 100u);
  MisoOptions options;
  options.seeds = 0;
  const MisoComparison comparison = compare_on_miso(data, options).value();
  EXPECT_NEAR(comparison.mean_work, 770, 1);
  const MisoRow& ours = *find_row(comparison, "dynamic");
  EXPECT_GT(*below(comparison, ours, "whole"), 49);
  EXPECT_GT(*below(comparison, ours, "static"), 16);
  EXPECT_GT(*below(comparison, *find_row(comparison, "miso"), "whole"), 49);
}

}  // namespace
}  // namespace septet::lab::queue
