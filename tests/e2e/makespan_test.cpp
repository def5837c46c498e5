// Jobs on one GPU over time, as a user asks for them.
#include <gtest/gtest.h>

#include "program.h"

namespace septet::e2e {
namespace {

const std::string& jobs_file() {
  static const std::string file = source_dir() + "/examples/jobs.yaml";
  return file;
}

TEST(Makespan, OfTheExampleIsProvenAndShorterThanAnyLayoutThatStays) {
  const auto plan = septet("plan --json --product a100-80gb --makespan " + jobs_file());
  ASSERT_EQ(plan.code, 0) << plan.err;
  const Json json = Json::parse(plan.out);
  EXPECT_TRUE(json["best_splitting"].get<bool>());
  EXPECT_LE(json["bound_s"].get<double>(), json["makespan_s"].get<double>());
  std::size_t jobs = 0;
  for (const Json& instance : json["instances"]) jobs += instance["jobs"].size();
  EXPECT_EQ(jobs, json["jobs"].get<std::size_t>());
  ASSERT_EQ(json["fixed"].size(), 3u);
  EXPECT_TRUE(json["fixed"][0]["makespan_s"].is_null());  // tokenize does not run on the whole GPU
  EXPECT_GT(json["fixed"][1]["makespan_s"].get<double>(), json["makespan_s"].get<double>());
}

TEST(Makespan, SaysWhatTheDriverCallsAreTakenFor) {
  const auto measured = septet("plan --product h100-sxm5-80gb --makespan " + jobs_file());
  EXPECT_NE(measured.out.find("as measured on this chip"), std::string::npos) << measured.out;
  const auto unknown = septet("plan --product b200-180gb --makespan " + jobs_file());
  EXPECT_NE(unknown.out.find("nobody published"), std::string::npos) << unknown.out;
  EXPECT_NE(unknown.out.find("no plan is shorter"), std::string::npos) << unknown.out;
}

TEST(Makespan, NamesThePlaceOfAMistake) {
  const auto no_product = septet("plan --makespan " + jobs_file());
  EXPECT_EQ(no_product.code, 1);
  EXPECT_NE(no_product.err.find("--product"), std::string::npos) << no_product.err;
  const auto two_things = septet("plan --product a30-24gb --makespan " + jobs_file() + " " +
                                 source_dir() + "/examples/services.yaml");
  EXPECT_EQ(two_things.code, 1);
  EXPECT_NE(two_things.err.find("is too much"), std::string::npos) << two_things.err;
  const auto too_few_slices = septet("plan --product a30-24gb --makespan " + jobs_file());
  EXPECT_EQ(too_few_slices.code, 1);
  EXPECT_NE(too_few_slices.err.find("jobs.yaml:10:"), std::string::npos) << too_few_slices.err;
  const auto workloads =
      septet("plan --product a30-24gb --makespan " + source_dir() + "/examples/services.yaml");
  EXPECT_EQ(workloads.code, 1);
  EXPECT_NE(workloads.err.find("workloads"), std::string::npos) << workloads.err;
}

}  // namespace
}  // namespace septet::e2e
