// cli/lab_svg/testing/made_up.h — for tests: a comparison that nobody simulated. Its numbers are
// invented; they have the shape of real ones.
#pragma once

#include <cmath>
#include <string>

#include "base/random.h"
#include "lab/scenario/scenario.h"
#include "lab/sharing/outcome.h"
#include "mig/product.h"

namespace septet::cli::lab_pictures::made_up {

using namespace septet::lab;

inline const mig::Product* product(std::string_view id) {
  for (const mig::Product& one : mig::products())
    if (one.id == id) return &one;
  return nullptr;
}

inline Scenario scenario(std::size_t tenants) {
  Scenario out;
  out.name = "made-up";
  out.about = "Invented numbers, for tests of the drawing alone.";
  out.gpu.product = product("a100-80gb");
  out.seconds = 600;
  for (std::size_t i = 0; i < tenants; ++i) {
    Tenant tenant;
    tenant.name = "service-" + std::string(1, static_cast<char>('a' + i % 26));
    if (i >= 26) tenant.name += std::to_string(i);
    tenant.objective_seconds = 0.25;
    out.tenants.push_back(tenant);
  }
  out.modes.assign(std::begin(kModes), std::end(kModes));
  return out;
}

inline TenantOutcome tenant_outcome(const std::string& name, double base, double spread,
                                    Random& random) {
  TenantOutcome out;
  out.name = name;
  out.offered = out.completed = 1260;
  for (int i = 0; i < 1260; ++i)
    out.latencies.push_back(
        static_cast<float>(base * std::exp(spread * -std::log(1 - random.uniform()))));
  std::sort(out.latencies.begin(), out.latencies.end());
  const auto at = [&](double share) {
    return static_cast<double>(out.latencies[static_cast<std::size_t>(share * 1259)]);
  };
  out.latency = {at(0.5), at(0.95), at(0.99), at(0.6)};
  out.meets_objective = out.latency.p99 <= 0.25;
  return out;
}

inline void add_timeline(ModeOutcome& mode, std::size_t tenants, Random& random) {
  const bool whole = mode.mode == Mode::kWholeGpu;
  const bool turns = mode.mode == Mode::kTimeSlicing;
  for (std::size_t i = 0; i < tenants; ++i) {
    const bool mig = mode.mode == Mode::kMig || mode.mode == Mode::kMigMps;
    mode.lanes.push_back({whole ? static_cast<unsigned>(i) : 0u,
                          mig ? "1g.10gb@" + std::to_string(i) : mode.tenants[i].name});
  }
  if (turns) {
    double at = 60;
    while (at < 60.4) {
      const auto who = static_cast<std::size_t>(random.uniform() * static_cast<double>(tenants));
      mode.timeline.push_back({0, static_cast<unsigned>(who), at, at + 0.0045, who});
      at += random.uniform() < 0.1 ? 0.02 : 0.005;
    }
    return;
  }
  for (std::size_t i = 0; i < tenants; ++i) {
    for (double at = 60 + 0.1 * random.uniform(); at < 60.4;) {
      const double length = (whole ? 0.02 : 0.09) * (0.5 + random.uniform());
      mode.timeline.push_back({whole ? static_cast<unsigned>(i) : 0u,
                               whole ? 0u : static_cast<unsigned>(i), at, at + length, i});
      at += length + 0.08 * random.uniform();
    }
  }
}

inline ModeOutcome mode_outcome(const Scenario& scenario, Mode kind, Random& random) {
  ModeOutcome mode;
  mode.mode = kind;
  const auto which = static_cast<std::size_t>(kind);
  const std::size_t tenants = scenario.tenants.size();
  mode.gpus = kind == Mode::kWholeGpu ? static_cast<unsigned>(tenants) : 1;
  constexpr double kBase[] = {0.03, 0.2, 0.06, 0.07, 0.09, 0.1};
  constexpr double kSpread[] = {0.1, 0.5, 0.28, 0.24, 0.12, 0.15};
  for (const Tenant& tenant : scenario.tenants)
    mode.tenants.push_back(tenant_outcome(
        tenant.name, kBase[which] * (0.8 + 0.4 * random.uniform()), kSpread[which], random));
  if (kind == Mode::kTimeSlicing && tenants > 0) mode.tenants[0].diverges = true;
  if (kind == Mode::kMig || kind == Mode::kMigMps) {
    std::string layout;
    for (std::size_t i = 0; i < std::min<std::size_t>(tenants, 7); ++i)
      layout += (i > 0 ? " " : "") + ("1g.10gb@" + std::to_string(i));
    mode.layouts = {layout};
  }
  constexpr double kActive[] = {0.08, 0.41, 0.56, 0.55, 0.58, 0.6};
  mode.sm_active = kActive[which];
  mode.engine_active = std::min(1.0, kActive[which] * 1.4);
  mode.dram_active = kActive[which] * 0.5;
  mode.watts = 90.0 * mode.gpus + 200 * mode.sm_active;
  mode.throughput = mode.goodput = kind == Mode::kTimeSlicing ? 6.1 : 14.6;
  mode.joules_per_request = mode.watts / mode.goodput;
  mode.meets_objectives = kind != Mode::kTimeSlicing;
  for (double at = 0; at <= scenario.seconds; at += 2) {
    const double wave = 1 + 0.3 * std::sin(at / 50) + 0.2 * (random.uniform() - 0.5);
    mode.utilization.push_back({at, std::min(1.0, mode.engine_active * wave),
                                std::min(1.0, mode.sm_active * wave), mode.dram_active * wave,
                                90.0 * mode.gpus + 200 * mode.sm_active * wave});
  }
  add_timeline(mode, tenants, random);
  return mode;
}

inline Comparison comparison(const Scenario& scenario) {
  Random random(7);
  Comparison out;
  const std::size_t tenants = scenario.tenants.size();
  for (const Mode mode : scenario.modes) out.modes.push_back(mode_outcome(scenario, mode, random));
  for (const Mode mode : scenario.modes) {
    for (std::size_t kind = 0; kind < 6 && tenants > 0; ++kind) {
      FaultRow row{mode, static_cast<FaultKind>(kind), 0, {}, "an invented reason, for tests"};
      const bool mps = mode == Mode::kMps || mode == Mode::kMpsPercentages;
      if (row.kind == FaultKind::kMpsServerDeath && !mps && mode != Mode::kMigMps) continue;
      const bool all =
          (mps && kind >= 2) || (row.kind == FaultKind::kGpuLost && mode != Mode::kWholeGpu);
      row.down.assign(tenants, all ? std::optional<double>(kind == 5 ? 180 : 12.5) : std::nullopt);
      row.down[0] = kind == 5 ? 180 : 8;
      out.faults.push_back(row);
    }
  }
  out.losing_case = "invented: MPS answers at p99 in 0.19 s where MIG takes 0.24 s (1.3x).";
  return out;
}

}  // namespace septet::cli::lab_pictures::made_up
