// Measured workloads and named strategies, from the words to the cut GPUs.
#include <gtest/gtest.h>
#include <unistd.h>

#include "program.h"

namespace septet::e2e {
namespace {

TEST(Services, AreCountedForAProductWithoutANode) {
  const auto plan =
      septet("plan --json --product a100-80gb " + source_dir() + "/examples/services.yaml");
  ASSERT_EQ(plan.code, 0) << plan.err;
  const Json json = Json::parse(plan.out);
  EXPECT_EQ(json["gpus"], json["least"]);
  EXPECT_EQ(json["layouts"].size(), json["gpus"].get<std::size_t>());
  for (const Json& service : json["services"]) EXPECT_GE(service["over"].get<double>(), 0.0);
}

TEST(Services, AreCertifiedAndVerified) {
  const Node node("--gpus 1");  // for a folder of its own
  const std::string certificate = node.state() + ".json";
  const std::string plan = "plan --product a100-80gb --certificate " + certificate + " ";
  const auto planned = septet(plan + source_dir() + "/examples/services.yaml");
  ASSERT_EQ(planned.code, 0) << planned.err;
  EXPECT_NE(planned.out.find("septet verify checks it"), std::string::npos) << planned.out;
  const auto good = septet("verify " + certificate);
  EXPECT_EQ(good.code, 0) << good.out << good.err;
  EXPECT_TRUE(good.out.starts_with("true: ")) << good.out;
  EXPECT_NE(good.out.find(": optimal"), std::string::npos) << good.out;

  Json changed = Json::parse(read_file(certificate));
  changed["services"][0]["rate"] = "99999";
  const auto bad = septet("verify " + node.write("changed.json", changed.dump()));
  EXPECT_EQ(bad.code, 2) << bad.out;
  EXPECT_NE(bad.out.find("/services/0/rate: "), std::string::npos) << bad.out;
  const auto told = septet("--json verify " + node.write("changed.json", changed.dump()));
  EXPECT_FALSE(Json::parse(told.out)["objections"].empty());
  unlink(certificate.c_str());
  EXPECT_EQ(septet(plan + "--strategy mixed").code, 1);
  EXPECT_EQ(septet("verify " + certificate).code, 1);  // nothing was written
}

// Here prices prove three GPUs, the search that three do not do.
TEST(Services, AreNotCalledProvenByVerifyWhereOnlyASearchShowsIt) {
  const auto told =
      septet("verify " + source_dir() + "/tests/fuzz/corpus/fuzz_certificate/searched");
  EXPECT_EQ(told.code, 0);
  EXPECT_TRUE(told.out.starts_with("true as far as it can be checked: ")) << told.out;
  EXPECT_NE(told.out.find("not checked: that 3 GPUs do not do"), std::string::npos) << told.out;
  EXPECT_EQ(told.out.find("optimal"), std::string::npos) << told.out;
}

TEST(Services, GetTheirInstancesOnANode) {
  const Node node("--gpus 4 --product a100-80gb --mig on");
  const std::string file = source_dir() + "/examples/services.yaml";
  ASSERT_EQ(node.septet("apply " + file).code, 0);
  const auto again = node.septet("plan " + file);
  EXPECT_EQ(again.code, 0) << again.out << again.err;
}

TEST(Services, OfAnotherProductAreRefusedWithTheirPlace) {
  const auto plan =
      septet("plan --product h100-sxm5-80gb " + source_dir() + "/examples/services.yaml");
  EXPECT_EQ(plan.code, 3);
  EXPECT_NE(plan.err.find("only on a100-80gb"), std::string::npos) << plan.err;
  EXPECT_NE(plan.err.find("services.yaml:"), std::string::npos) << plan.err;
}

TEST(Strategies, CutEveryGpuAndThenHaveNothingToDo) {
  const Node node("--gpus 2 --product a100-80gb --mig on");
  for (const char* name : {"mixed", "all-balanced", "high-performance", "memory-balanced",
                           "compute-balanced", "custom --profiles 3g.40gb,3g.40gb"}) {
    const std::string words = std::string("--strategy ") + name;
    EXPECT_EQ(node.septet("plan " + words).code, 2) << name;
    const auto apply = node.septet("apply " + words);
    EXPECT_EQ(apply.code, 0) << name << apply.err;
    EXPECT_EQ(node.septet("plan " + words).code, 0) << name;
  }
}

TEST(Strategies, MistakesAreAnsweredWithTheNames) {
  const auto unknown = septet("plan --product a100-80gb --strategy balanced");
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.err.find("memory-balanced"), std::string::npos);
  EXPECT_EQ(septet("plan --product a100-80gb --strategy custom").code, 1);
  EXPECT_EQ(septet("plan --product a100-80gb --strategy mixed --profiles 1g.10gb").code, 1);
  EXPECT_EQ(septet("plan --product a100-80gb --strategy mixed file.yaml").code, 1);
}

}  // namespace
}  // namespace septet::e2e
