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

TEST(Fleet, TooSmallShowsWhatItCarriesAtBestByPriority) {
  const std::string file = source_dir() + "/examples/fleet-too-small.yaml";
  const auto plan = septet("plan " + file);
  EXPECT_EQ(plan.code, 3) << plan.err;
  EXPECT_NE(plan.out.find("8 of 8        gateway (priority 100)"), std::string::npos) << plan.out;
  EXPECT_NE(plan.out.find("of 20       notebooks (priority -10)"), std::string::npos) << plan.out;
  EXPECT_NE(plan.out.find("fewer cannot be (by prices)"), std::string::npos) << plan.out;
  const Json json = Json::parse(septet("--json plan " + file).out);
  EXPECT_EQ(json["verdict"], "impossible");
  const Json& best = json["carried_at_best"];
  ASSERT_EQ(best["classes"].size(), 4u);
  EXPECT_EQ(best["classes"][0]["priority"], 100);
  EXPECT_EQ(best["classes"][0]["left_out"], 0);
  EXPECT_EQ(best["classes"][1]["left_out"], 0);
  EXPECT_GT(best["classes"][3]["left_out"], 0);
  for (const Json& layout : best["layouts"])
    EXPECT_EQ(layout["carries"].size(), layout["adds"].size());
}

TEST(Fleet, WorkloadsSayWhereTheyMayRun) {
  const Node node("--gpus 2");
  const std::string file = node.write("terms.yaml",
                                      "workloads:\n"
                                      "  - {name: a, memory: 30GiB, products: [a100-80gb]}\n"
                                      "  - {name: b, replicas: 2, memory: 4GiB}\n"
                                      "  - {name: c, profile: 7g.80gb, priority: 5}\n"
                                      "  - {name: d, replicas: 2, profile: 1g.10gb,\n"
                                      "     anti-affinity: [self, c]}\n");
  // For a product: what may not run there is left out, and said.
  const std::string some = node.write("some.yaml",
                                      "workloads:\n"
                                      "  - {name: a, memory: 30GiB, products: [a100-80gb]}\n"
                                      "  - {name: b, replicas: 2, memory: 4GiB}\n");
  const auto product = septet("plan --product h100-sxm5-80gb " + some);
  EXPECT_EQ(product.code, 0) << product.err;
  EXPECT_NE(product.out.find("workload a may run on a100-80gb, not on h100-sxm5-80gb"),
            std::string::npos)
      << product.out;
  const auto none = septet("plan --product a30-24gb " +
                           node.write("none.yaml",
                                      "workloads:\n"
                                      "  - {name: a, memory: 3GiB, products: [a100-80gb]}\n"));
  EXPECT_EQ(none.code, 3) << none.err;
  const auto apart = septet("plan --product h100-sxm5-80gb " + file);
  EXPECT_NE(apart.code, 0);
  EXPECT_NE(apart.err.find("fleet: [{product: h100-sxm5-80gb"), std::string::npos) << apart.err;
  // On this node (two H100): c first, then of d one on the other GPU; a nowhere.
  const auto here = node.septet("plan " + file);
  EXPECT_EQ(here.code, 3) << here.err;
  EXPECT_NE(here.out.find("in order of priority"), std::string::npos) << here.out;
  const Json json = Json::parse(node.septet("--json plan " + file).out)["packing"];
  EXPECT_EQ(json["workloads"][0]["name"], "c");
  EXPECT_EQ(json["workloads"][0]["placed"], 1);
  EXPECT_EQ(json["workloads"][1]["placed"], 0) << "a may not run here";
  EXPECT_EQ(json["workloads"][2]["placed"], 2);
  EXPECT_EQ(json["workloads"][3]["placed"], 1);
  EXPECT_NE(json["workloads"][1]["misfit"].get<std::string>().find("may run on a100-80gb"),
            std::string::npos);
}

TEST(Fleet, OnANodeOfTwoProductsEachGetsTheGpuItMayRunOn) {
  const Node node("--product a100-80gb,h100-sxm5-80gb --mig on");
  const std::string file = node.write("two.yaml",
                                      "workloads:\n"
                                      "  - {name: old, replicas: 8, memory: 4GiB,\n"
                                      "     products: [a100-80gb]}\n"
                                      "  - {name: new, replicas: 2, memory: 4GiB, priority: 1,\n"
                                      "     products: [h100-sxm5-80gb], anti-affinity: self}\n"
                                      "  - {name: any, replicas: 3, memory: 9GiB}\n");
  const Json seven = Json::parse(node.septet("--json plan " + file).out)["packing"];
  EXPECT_FALSE(seven["fits"]);
  EXPECT_EQ(seven["workloads"][0]["name"], "new");
  EXPECT_EQ(seven["workloads"][0]["placed"], 1) << "there is one H100";
  EXPECT_EQ(seven["workloads"][1]["placed"], 7) << "an A100 has seven slices";
  EXPECT_EQ(seven["workloads"][2]["placed"], 3);

  const std::string fits = node.write("fits.yaml",
                                      "workloads:\n"
                                      "  - {name: old, replicas: 2, memory: 4GiB,\n"
                                      "     products: [a100-80gb]}\n"
                                      "  - {name: new, memory: 4GiB, products: [h100-sxm5-80gb]}\n"
                                      "  - {name: two, replicas: 2, memory: 4GiB,\n"
                                      "     anti-affinity: [self, old]}\n");
  const auto text = node.septet("plan " + fits);
  EXPECT_EQ(text.code, 3) << "old takes the only A100, and two needs two GPUs without it";
  const std::string last = node.write("last.yaml",
                                      "workloads:\n"
                                      "  - {name: old, replicas: 2, memory: 4GiB,\n"
                                      "     products: [a100-80gb]}\n"
                                      "  - {name: two, replicas: 2, memory: 4GiB,\n"
                                      "     anti-affinity: self}\n");
  const auto plan = node.septet("plan " + last);
  EXPECT_EQ(plan.code, 2) << plan.err;
  EXPECT_NE(plan.out.find("kept apart     two from itself"), std::string::npos) << plan.out;
  const Json packed = Json::parse(node.septet("--json plan " + last).out)["packing"];
  for (const Json& gpu : packed["gpus"]) {
    unsigned twos = 0;
    for (const Json& instance : gpu["instances"]) {
      EXPECT_TRUE(instance["workload"] != "old" || gpu["gpu"] == 0);
      twos += instance["workload"] == "two" ? 1 : 0;
    }
    EXPECT_EQ(twos, 1u);
  }
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

TEST(Fleet, AFileForAnotherPlanSaysForWhich) {
  const std::pair<const char*, const char*> files[] = {
      {"compact", "--compact"}, {"jobs", "--makespan"}, {"deployment-day", "--from"}};
  for (const auto& [name, option] : files) {
    const auto plan = septet("plan " + source_dir() + "/examples/" + name + ".yaml");
    EXPECT_EQ(plan.code, 1);
    EXPECT_NE(plan.err.find(option), std::string::npos) << plan.err;
    EXPECT_NE(plan.err.find(std::string(name) + ".yaml:"), std::string::npos) << plan.err;
  }
}

TEST(Fleet, IsCompactedOntoFewerGpus) {
  const std::string file = source_dir() + "/examples/compact.yaml";
  const auto words = septet("plan --compact " + file);
  ASSERT_EQ(words.code, 2) << words.err;
  EXPECT_NE(words.out.find("fewer GPUs cannot hold it"), std::string::npos) << words.out;
  EXPECT_NE(words.out.find("then empty"), std::string::npos) << words.out;
  EXPECT_NE(words.out.find("wave 1"), std::string::npos) << words.out;
  const auto told = septet("--json plan --compact " + file);
  const Json answer = Json::parse(told.out);
  for (const Json& one : answer["compaction"]) {
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
