#include "partition/workload_terms.h"

#include <gtest/gtest.h>

#include "partition/workload_file.h"

namespace septet::partition {
namespace {

Result<std::vector<plan::Workload>> read(const std::string& text) {
  const auto document = TRY(parse_yaml("w.yaml", text));
  return read_workloads(document);
}

std::string entry(const std::string& keys) {
  return "workloads:\n  - {name: other, sms: 1}\n  - name: a\n    " + keys + "\n";
}

TEST(WorkloadTerms, AreReadAndHaveDefaults) {
  const auto workloads = read(
      "workloads:\n"
      "  - {name: plain, sms: 1}\n"
      "  - {name: all, sms: 1, products: [h100_sxm5_80gb, a30-24gb], priority: -7,\n"
      "     anti-affinity: [plain, self]}\n"
      "  - {name: self-only, profile: 1g.10gb, priority: 1000000000, anti-affinity: self}\n"
      "  - {name: named, profile: 1g.10gb, anti-affinity: all}\n");
  ASSERT_TRUE(workloads) << workloads.error().what;
  const auto& plain = (*workloads)[0];
  EXPECT_TRUE(plain.products.empty() && plain.apart_from.empty() && !plain.apart);
  EXPECT_EQ(plain.priority, 0);
  EXPECT_TRUE(plan::allowed_on(plain, "a30-24gb"));
  const auto& all = (*workloads)[1];
  EXPECT_EQ(all.products, (std::vector<std::string>{"h100-sxm5-80gb", "a30-24gb"}));
  EXPECT_EQ(all.priority, -7);
  EXPECT_TRUE(all.apart);
  EXPECT_EQ(all.apart_from, std::vector<std::string>{"plain"});
  EXPECT_FALSE(plan::allowed_on(all, "a100-80gb"));
  EXPECT_FALSE(plan::allowed_on(all, ""));
  EXPECT_EQ(plan::not_allowed_text(all, "a100-80gb"),
            "workload all may run on h100-sxm5-80gb and a30-24gb, not on a100-80gb");
  EXPECT_EQ((*workloads)[2].priority, 1'000'000'000);
  EXPECT_TRUE((*workloads)[2].apart);
  EXPECT_EQ((*workloads)[3].apart_from, std::vector<std::string>{"all"});
}

TEST(WorkloadTerms, ApartIsSymmetricAndMeansOthersOfItsOwnWithSelfOnly) {
  auto workloads = *read(
      "workloads:\n"
      "  - {name: a, sms: 1, replicas: 2, anti-affinity: [self, b]}\n"
      "  - {name: b, sms: 1, replicas: 2}\n"
      "  - {name: c, sms: 1, anti-affinity: self}\n");
  EXPECT_TRUE(plan::kept_apart(workloads[0], workloads[0]));
  EXPECT_TRUE(plan::kept_apart(workloads[0], workloads[1]));
  EXPECT_TRUE(plan::kept_apart(workloads[1], workloads[0]));
  EXPECT_FALSE(plan::kept_apart(workloads[1], workloads[1]));
  EXPECT_FALSE(plan::kept_apart(workloads[0], workloads[2]));
  EXPECT_FALSE(plan::kept_apart(workloads[2], workloads[2])) << "it has one replica";
}

TEST(WorkloadTerms, PriorityOrdersAndTheFileBreaksTies) {
  const auto workloads = *read(
      "workloads:\n"
      "  - {name: a, sms: 1}\n"
      "  - {name: b, sms: 1, priority: 5}\n"
      "  - {name: c, sms: 1, priority: -1}\n"
      "  - {name: d, sms: 1, priority: 5}\n"
      "  - {name: e, sms: 1}\n");
  std::string order;
  for (const auto& workload : plan::in_order_of_priority(workloads)) order += workload.name;
  EXPECT_EQ(order, "bdaec");
}

TEST(WorkloadTerms, WhatWasMeasuredWhereItMayNotRunIsDropped) {
  const std::string row = ", rows: [{profile: 1g.10gb, throughput: 5}]}";
  const auto workloads =
      read(entry("rate: 5\n    products: [a100-80gb]\n    measured: [{product: a100-80gb" + row +
                 ", {product: h100-sxm5-80gb" + row + "]"));
  ASSERT_TRUE(workloads) << workloads.error().what;
  ASSERT_EQ((*workloads)[1].measured.size(), 1u);
  EXPECT_EQ((*workloads)[1].measured[0].product, "a100-80gb");
}

TEST(WorkloadTerms, EveryMistakeHasItsPlace) {
  const std::string measured =
      "rate: 5\n    measured: {product: a100-80gb, rows: [{profile: 1g.10gb, throughput: 5}]}\n   "
      " ";
  const struct {
    std::string text, at, says;
  } cases[] = {
      {entry("sms: 1\n    products: [h100-sxm-80gb]"), "w.yaml:5:16: product", "h100-sxm5-80gb"},
      {entry("sms: 1\n    products: []"), "w.yaml:5:15: products must be a list", "any will do"},
      {entry("sms: 1\n    products: a100-80gb"), "w.yaml:5:15: products must be a list", "write"},
      {entry("sms: 1\n    products: [a100-80gb, a100_80gb]"), "w.yaml:5:27: product", "twice"},
      {entry("sms: 1\n    products: [[a]]"), "w.yaml:5:16", "products"},
      {entry("sms: 1\n    product: [a100-80gb]"), "w.yaml:5:5", "products"},
      {entry(measured + "products: [a30-24gb]"), "w.yaml:6:15: a was measured on a100-80gb",
       "allow one"},
      {entry("sms: 1\n    priority: high"), "w.yaml:5:15: priority \"high\"", "whole number"},
      {entry("sms: 1\n    priority: 1.5"), "w.yaml:5:15: priority", "whole number"},
      {entry("sms: 1\n    priority: 1000000001"), "w.yaml:5:15: priority", "whole number"},
      {entry("sms: 1\n    priority: []"), "w.yaml:5:15", "priority"},
      {entry("sms: 1\n    anti-affinity: othr"), "w.yaml:5:20: there is no workload \"othr\"",
       "other"},
      {entry("sms: 1\n    anti-affinity: [self, nobody]"), "w.yaml:5:27: there is no workload",
       "known"},
      {entry("sms: 1\n    anti-affinity: a"),
       "w.yaml:5:20: anti-affinity names the workload itself", "self"},
      {entry("sms: 1\n    anti-affinity: []"), "w.yaml:5:20: anti-affinity is an empty list",
       "self"},
      {entry("sms: 1\n    anti-affinity: [self, self]"), "w.yaml:5:27: \"self\" is named twice",
       "once"},
      {entry("sms: 1\n    anti-affinity: [other, other]"), "w.yaml:5:28: \"other\" is named twice",
       "once"},
      {entry("sms: 1\n    anti-affinity: {a: b}"), "w.yaml:5:20", "anti-affinity"},
      {entry(measured + "anti-affinity: self"), "w.yaml:6:20: a has a rate", "replicas"},
      {entry(measured + "priority: 1\n  - {name: b, sms: 1, anti-affinity: a}"),
       "w.yaml:7:38: a has a rate", "replicas"},
      {entry("sms: 1\n    may-move: false"), "w.yaml:5:5", "may-move"},
  };
  for (const auto& one : cases) {
    const auto workloads = read(one.text);
    ASSERT_FALSE(workloads) << one.text;
    EXPECT_EQ(workloads.error().code, Code::kInvalidArgument) << one.text;
    EXPECT_TRUE(workloads.error().what.starts_with(one.at)) << workloads.error().what << "\n"
                                                            << one.text;
    EXPECT_NE(workloads.error().describe().find(one.says), std::string::npos)
        << workloads.error().describe();
  }
}

}  // namespace
}  // namespace septet::partition
