#include "fleet_instances.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "plan/fleet/solve_fleet.h"

namespace septet::bench {

namespace {

using Random = std::mt19937_64;

double between(Random& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

// Small, middling, large and whole-GPU models; memory and SMs are drawn apart.
plan::Workload random_workload(Random& random, unsigned number) {
  static constexpr std::pair<double, double> kGib[] = {{2, 9}, {8, 19}, {16, 46}, {40, 130}};
  static constexpr std::pair<unsigned, unsigned> kSms[] = {{4, 14}, {10, 30}, {24, 64}};
  const auto& gib = kGib[random() % std::size(kGib)];
  const auto& sms = kSms[random() % std::size(kSms)];
  plan::Workload workload;
  workload.name = "w" + std::to_string(number);
  workload.where = "benchmark";
  workload.memory_bytes = static_cast<std::uint64_t>(between(random, gib.first, gib.second) * 1024)
                          << 20u;
  workload.sms = sms.first + static_cast<unsigned>(random() % (sms.second - sms.first));
  return workload;
}

void set_replicas(plan::Fleet& fleet, const std::vector<double>& shares, double scale) {
  for (std::size_t d = 0; d < shares.size(); ++d) {
    fleet.demands[d].workload.replicas =
        static_cast<unsigned>(std::max(1.0, std::floor(shares[d] * scale)));
  }
}

}  // namespace

std::vector<std::uint64_t> random_demand(const plan::OneProduct& product, double gpus,
                                         std::mt19937_64& random) {
  std::vector<double> shares;
  for (std::size_t c = 0; c < product.classes().size(); ++c)
    shares.push_back(between(random, 0, 1) < 0.2 ? 0.0 : between(random, 0, 1));
  std::vector<std::uint64_t> demand(shares.size());
  double scale = gpus;
  for (int step = 0; step < 4; ++step) {
    for (std::size_t c = 0; c < shares.size(); ++c)
      demand[c] = static_cast<std::uint64_t>(shares[c] * scale);
    const auto taken = static_cast<double>(product.fewest_gpus(demand));
    if (taken > 0) scale *= gpus / taken;
  }
  return demand;
}

plan::Fleet random_fleet(std::uint64_t seed, std::uint64_t gpus, unsigned workloads) {
  static constexpr std::pair<const char*, std::int64_t> kProducts[] = {
      {"a30-24gb", 450},        {"a100-40gb", 900},   {"a100-80gb", 1300},
      {"h100-sxm5-80gb", 2400}, {"h200-141gb", 3600}, {"b200-180gb", 4900}};
  Random random(seed);
  plan::Fleet fleet;
  for (const auto& [id, cost] : kProducts) {
    const double part = static_cast<double>(gpus) / std::size(kProducts);
    fleet.pools.push_back({fleet.products.size(),
                           static_cast<std::uint64_t>(part * between(random, 0.6, 1.4)) + 1,
                           cost,
                           {}});
    fleet.products.push_back({id, &mig::find_product(id)->geometry});
  }
  std::vector<double> shares;
  while (fleet.demands.size() < workloads) {
    const auto number = static_cast<unsigned>(fleet.demands.size());
    auto demand = plan::size_for_fleet(fleet.products, random_workload(random, number));
    if (!demand) continue;
    fleet.demands.push_back(std::move(*demand));
    shares.push_back(std::pow(between(random, 0, 1), 2));
  }
  double fits = 0, too_much = static_cast<double>(gpus) * 4;
  for (int step = 0; step < 12; ++step) {
    const double middle = (fits + too_much) / 2;
    set_replicas(fleet, shares, middle);
    (plan::solve_fleet(fleet).verdict == plan::FleetVerdict::kFits ? fits : too_much) = middle;
  }
  set_replicas(fleet, shares, 0.9 * fits);
  return fleet;
}

}  // namespace septet::bench
