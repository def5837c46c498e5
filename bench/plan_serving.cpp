// bench/plan_serving.cpp — the bars of serving and right-sizing: ours, the published number, the
// bound, the ratio.
//
// Data is read from $SEPTET_DATA (default: ../shared/data beside the checkout); what is missing is
// named. Exit 1 when a bar is missed or a set is missing.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "cli/serving_certificate_json.h"
#include "parva_data.h"
#include "plan/place.h"
#include "right_sizing_error.h"
#include "serving_baselines.h"
#include "verify/any_certificate.h"
#include "verify/check_serving.h"

namespace septet::bench {
namespace {

constexpr unsigned kPublished[] = {2, 3, 5, 7, 13, 16};
constexpr unsigned kOptimal[] = {2, 3, 5, 7, 12, 15};

bool all_hold = true;

const char* verdict(bool holds) {
  all_hold = all_hold && holds;
  return holds ? "holds" : "MISSED";
}

struct Timed {
  plan::ServicesPlan plan;
  double ms = 0.0;  // median of five
};

Result<Timed> timed(const std::vector<plan::Workload>& workloads) {
  const mig::Product& product = *mig::find_product(kParvaProduct);
  std::vector<double> times;
  Timed best;
  for (int run = 0; run < 5; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    best.plan = TRY(plan::plan_services(product, workloads));
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  std::ranges::sort(times);
  best.ms = times[2];
  return best;
}

// By other code than the planner's: every GPU through mig::Layout::make, every rate added up.
bool legal_and_met(const plan::ServicesPlan& plan) {
  std::vector<double> given(plan.services.size(), 0.0);
  for (const plan::ServedGpu& gpu : plan.gpus) {
    std::vector<mig::Instance> instances;
    for (const plan::ServedInstance& one : gpu.instances) {
      instances.push_back(one.instance);
      if (!one.service) continue;
      for (const plan::ServingOption& option : plan.services[*one.service].sizes->best) {
        if (option.profile == one.instance.profile) given[*one.service] += option.per_second;
      }
    }
    if (!mig::Layout::make(plan.product->geometry, std::move(instances))) return false;
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] < plan.services[i].workload.objective->per_second * (1.0 - 1e-9)) return false;
  }
  return plan.gpus.size() == plan.answer.gpus;
}

struct Verified {
  bool optimal = false, holds = false;
  double ms = 0.0;
};

// Written, read and checked again by what shares nothing with the planner.
Verified verified(const plan::ServicesPlan& plan) {
  const auto begin = std::chrono::steady_clock::now();
  const auto any =
      verify::read_any_certificate("plan", to_text(cli::serving_certificate_json(plan)));
  if (!any) return {};
  const auto verdict = verify::check_serving(std::get<verify::ServingCertificate>(*any));
  for (const auto& objection : verdict.objections)
    fmt::print("  {}: {}\n", objection.at, objection.what);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  return {verdict.least == plan.answer.gpus, verdict.holds(), took.count()};
}

void check(const std::string& name, const Timed& timed, const std::string& other, double most,
           double most_ms) {
  const plan::ServeAnswer& answer = timed.plan.answer;
  const Verified proof = verified(timed.plan);
  const bool legal = legal_and_met(timed.plan) && proof.holds;
  const double gap = answer.gpus / timed.plan.answer.bound.exactly() - 1.0;
  fmt::print(
      "{:<16} {:>6} {:>22} {:>10.2f} {:>10.2f} {:>7} {:>8.3f}% {:>8.1f} {:>8.1f}  {:<18} {}\n",
      name, answer.gpus, other, answer.bound.linear, answer.bound.exactly(), answer.least,
      100.0 * gap, timed.ms, proof.ms,
      proof.optimal ? "optimal, verified" : (answer.proven() ? "by search" : "gap, verified"),
      verdict(legal && answer.gpus <= most && timed.ms <= most_ms));
  if (!legal) fmt::print("  an illegal placement, an unmet rate or a certificate not true\n");
}

Result<> scenarios(const ParvaData& data) {
  fmt::print(
      "\nServing: ParvaGPU's S1..S6, its rule (latency < 0.45 of the objective), 5 processes\n"
      "{:<16} {:>6} {:>22} {:>10} {:>10} {:>7} {:>9} {:>8} {:>8}\n",
      "", "ours", "published (re-impl.)", "LP bound", "price bnd", "proven", "over bnd", "ms",
      "verify");
  for (const double factor : {1.0, 10.0, 100.0}) {
    for (std::size_t s = 0; s < data.scenarios.size(); ++s) {
      const auto one = TRY(timed(parva_workloads(data, s, factor)));
      const auto again = static_cast<unsigned>(parva(reach_of(one.plan)).size());
      const double bound = one.plan.answer.bound.exactly();
      const double most = factor == 1.0 ? kOptimal[s] : bound * 1.001 + 1.0;
      const bool proven = factor > 1.0 || one.plan.answer.proven();
      check(fmt::format("S{} x{:g}", s + 1, factor), one,
            factor == 1.0 ? fmt::format("{} ({})", kPublished[s], again)
                          : fmt::format("- ({})", again),
            proven ? most : 0.0, factor == 1.0 ? 1e9 : 100.0);
    }
  }
  return {};
}

Result<> baselines(const ParvaData& data) {
  fmt::print(
      "\nGPUs by other rules, all of them re-implementations\n{:<16} {:>6} {:>9} {:>10} "
      "{:>10} {:>7} {:>12}\n",
      "", "ours", "ParvaGPU", "Turkkan's", "smallest", "4-2-1", "whole GPUs");
  for (std::size_t s = 0; s < data.scenarios.size(); ++s) {
    const auto plan =
        TRY(plan::plan_services(*mig::find_product(kParvaProduct), parva_workloads(data, s, 1.0)));
    const auto reach = reach_of(plan);
    fmt::print("S{:<15} {:>6} {:>9} {:>10} {:>10} {:>7} {:>12}\n", s + 1, plan.answer.gpus,
               parva(reach).size(), turkkan(reach).size(), smallest_sizes(reach),
               four_two_one(plan), whole_gpus(reach));
  }
  return {};
}

Result<> synthetic(const ParvaData& data) {
  fmt::print("\n1,000 synthetic services, about 10,000 GPUs\n");
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const auto one = TRY(timed(synthetic_workloads(data, 1000, 9'700.0, seed)));
    const auto reach = reach_of(one.plan);
    check(fmt::format("seed {}", seed), one, fmt::format("- ({})", parva(reach).size()),
          one.plan.answer.bound.exactly() * 1.005, 1000.0);
  }
  return {};
}

Result<> run() {
  auto parva_data = read_parva();
  if (parva_data) {
    TRY(scenarios(*parva_data));
    TRY(baselines(*parva_data));
    TRY(synthetic(*parva_data));
  } else {
    fmt::print("ParvaGPU's scenarios: {}\n", parva_data.error().describe());
    all_hold = false;
  }
  all_hold = TRY(print_right_sizing_errors()) && all_hold;
  return {};
}

}  // namespace
}  // namespace septet::bench

int main() {
  if (const auto done = septet::bench::run(); !done) {
    fmt::print("{}\n", done.error().describe());
    return 1;
  }
  return septet::bench::all_hold ? 0 : 1;
}
