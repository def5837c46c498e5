// A fleet from its file to a certificate, and what verify says of it; no driver is asked.
#include <gtest/gtest.h>
#include <unistd.h>

#include "program.h"

namespace septet::e2e {
namespace {

TEST(Fleet, IsPlannedCertifiedAndVerified) {
  const Node node("--gpus 1");  // for a folder of its own
  const std::string certificate = node.state() + ".json";
  const std::string file = source_dir() + "/examples/fleet.yaml";
  const auto plan = septet("plan " + file + " --certificate " + certificate);
  ASSERT_EQ(plan.code, 0) << plan.err;
  EXPECT_NE(plan.out.find("no plan costs less"), std::string::npos) << plan.out;
  EXPECT_NE(plan.out.find("what binds"), std::string::npos) << plan.out;
  const auto good = septet("verify " + certificate);
  EXPECT_EQ(good.code, 0) << good.out << good.err;
  EXPECT_TRUE(good.out.starts_with("true: ")) << good.out;

  Json changed = Json::parse(read_file(certificate));
  changed["layouts"][0]["gpus"] = changed["layouts"][0]["gpus"].get<int>() + 1;
  const auto bad = septet("verify " + node.write("changed.json", changed.dump()));
  EXPECT_EQ(bad.code, 2) << bad.out;
  EXPECT_NE(bad.out.find("/cost_thousandths: "), std::string::npos) << bad.out;
  const auto told = septet("--json verify " + node.write("changed.json", changed.dump()));
  EXPECT_FALSE(Json::parse(told.out)["objections"].empty());

  const auto no_json = septet("verify " + file);
  EXPECT_EQ(no_json.code, 1);
  EXPECT_NE(no_json.err.find("is not JSON"), std::string::npos) << no_json.err;
  EXPECT_EQ(septet("verify /nowhere/at/all").code, 1);
  unlink(certificate.c_str());
}

TEST(Fleet, TooSmallIsProvedAndExitsThree) {
  const Node node("--gpus 1");
  const std::string file = node.write("small.yaml",
                                      "fleet: [{product: h100-sxm5-80gb, gpus: 2}]\n"
                                      "workloads: [{name: a, replicas: 5, memory: 30GiB}]\n");
  const std::string certificate = node.state() + ".json";
  const auto plan = septet("plan " + file + " --certificate " + certificate);
  EXPECT_EQ(plan.code, 3) << plan.err;
  EXPECT_NE(plan.out.find("1 h100-sxm5-80gb more would do"), std::string::npos) << plan.out;
  EXPECT_EQ(septet("verify " + certificate).code, 0);
  unlink(certificate.c_str());
}

TEST(Fleet, WorkloadsMayComeFromAnotherFileAndApplyRefuses) {
  const Node node("--gpus 1");
  const std::string fleet = source_dir() + "/examples/fleet.yaml";
  const auto plan =
      septet("--json plan --fleet " + fleet + " " + source_dir() + "/examples/inference-mix.yaml");
  ASSERT_EQ(plan.code, 0) << plan.err;
  EXPECT_EQ(Json::parse(plan.out)["certificate"]["workloads"].size(), 12u);
  const auto apply = node.septet("apply " + fleet);
  EXPECT_EQ(apply.code, 1);
  EXPECT_NE(apply.err.find("about a fleet"), std::string::npos) << apply.err;
  const auto mixed_up =
      node.septet("plan " + source_dir() + "/examples/inference-mix.yaml --certificate /tmp/never");
  EXPECT_EQ(mixed_up.code, 1);
}

TEST(Fleet, IsCompactedOntoFewerGpus) {
  const std::string file = source_dir() + "/examples/compact.yaml";
  const auto words = septet("plan --compact " + file);
  ASSERT_EQ(words.code, 2) << words.err;
  EXPECT_NE(words.out.find("fewer GPUs cannot hold it"), std::string::npos) << words.out;
  EXPECT_NE(words.out.find("then empty"), std::string::npos) << words.out;
  EXPECT_NE(words.out.find("wave 1"), std::string::npos) << words.out;
  const auto told = septet("--json plan --compact " + file);
  for (const Json& one : Json::parse(told.out)["compaction"]) {
    EXPECT_TRUE(one["fewest_proven"].get<bool>()) << one;
    EXPECT_LT(one["used"].get<int>(), one["used_before"].get<int>()) << one;
    EXPECT_LE(one["moved_units_at_least"].get<int>(), one["moved_units"].get<int>()) << one;
  }
  // What may move is no place to plan around, and what nobody runs needs no compaction.
  const auto planned =
      septet("plan --fleet " + file + " " + source_dir() + "/examples/inference-mix.yaml");
  EXPECT_EQ(planned.code, 1);
  EXPECT_NE(planned.err.find("--compact"), std::string::npos) << planned.err;
  const Node node("--gpus 1");
  EXPECT_EQ(septet("plan --compact " +
                   node.write("empty.yaml", "fleet: [{product: a30-24gb, gpus: 3}]\n"))
                .code,
            0);
  const auto asked = septet("plan --compact " + source_dir() + "/examples/fleet.yaml");
  EXPECT_EQ(asked.code, 1);
  EXPECT_NE(asked.err.find("fleet.yaml:"), std::string::npos) << asked.err;
  EXPECT_EQ(septet("plan --product a30-24gb --compact " + file).code, 1);
}

}  // namespace
}  // namespace septet::e2e
