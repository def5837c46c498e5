// cli/testing/serving_plans.h — serving plans to be certified, and what verify says of them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "cli/serving_certificate_json.h"
#include "partition/workload_file.h"
#include "verify/any_certificate.h"
#include "verify/check_serving.h"

namespace septet::cli {

// Measured with fixed sizes, with modelled ones, by needs, by profile.
inline constexpr const char* kServices =
    "workloads:\n"
    "  - name: chat\n"
    "    rate: 1264/s\n"
    "    latency: 240ms\n"
    "    latency-share: 45%\n"
    "    memory: 5GiB\n"
    "    measured:\n"
    "      product: a100-80gb\n"
    "      fill-in: false\n"
    "      rows:\n"
    "        - {profile: 1g.10gb, batch: 8, throughput: 358.277, latency: 22ms}\n"
    "        - {profile: 2g.20gb, batch: 32, processes: 2, throughput: 850.25, latency: 78ms}\n"
    "        - {profile: 3g.40gb, batch: 32, throughput: 1100, latency: 40ms}\n"
    "  - name: embed\n"
    "    rate: 900\n"
    "    measured:\n"
    "      product: a100-80gb\n"
    "      rows:\n"
    "        - {profile: 2g.20gb, batch: 16, throughput: 260, latency: 62ms}\n"
    "        - {profile: 7g.80gb, batch: 16, throughput: 640, latency: 25ms}\n"
    "  - {name: notebook, memory: 30GiB, replicas: 2}\n"
    "  - {name: book, profile: 1g.10gb+me, replicas: 1}\n";

// One in about two thousand random ones: prices come to 2.94 GPUs, only a search shows that it
// takes four.
inline constexpr const char* kSearched =
    "workloads:\n"
    "  - name: a\n"
    "    rate: 360\n"
    "    measured:\n"
    "      product: a100-80gb\n"
    "      fill-in: false\n"
    "      rows: [{profile: 1g.10gb, throughput: 8}, {profile: 3g.40gb, throughput: 73},\n"
    "             {profile: 4g.40gb, throughput: 91}]\n"
    "  - name: b\n"
    "    rate: 34\n"
    "    measured:\n"
    "      product: a100-80gb\n"
    "      fill-in: false\n"
    "      rows: [{profile: 1g.10gb, throughput: 18}, {profile: 2g.20gb, throughput: 20},\n"
    "             {profile: 3g.40gb, throughput: 57}, {profile: 4g.40gb, throughput: 64},\n"
    "             {profile: 7g.80gb, throughput: 216}]\n"
    "  - name: c\n"
    "    rate: 6\n"
    "    measured:\n"
    "      product: a100-80gb\n"
    "      fill-in: false\n"
    "      rows: [{profile: 3g.40gb, throughput: 60}, {profile: 4g.40gb, throughput: 84},\n"
    "             {profile: 7g.80gb, throughput: 213}]\n";

inline std::vector<plan::Workload> workloads_of(const std::string& text) {
  const auto document = parse_yaml("services.yaml", text);
  EXPECT_TRUE(document.has_value());
  auto workloads = partition::read_workloads(*document);
  EXPECT_TRUE(workloads.has_value()) << workloads.error().what;
  return *workloads;
}

inline Json certificate_of(std::vector<plan::Workload> workloads,
                           const char* product = "a100-80gb") {
  const auto plan = plan::plan_services(*mig::find_product(product), std::move(workloads));
  EXPECT_TRUE(plan.has_value()) << plan.error().describe();
  return serving_certificate_json(*plan);
}

inline verify::ServingVerdict verdict_of(const Json& json) {
  const auto any = verify::read_any_certificate("c.json", to_text(json));
  EXPECT_TRUE(any.has_value()) << any.error().what;
  return verify::check_serving(std::get<verify::ServingCertificate>(*any));
}

}  // namespace septet::cli
