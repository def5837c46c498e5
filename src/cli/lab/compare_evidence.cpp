// cli/lab/compare_evidence.cpp — which numbers a comparison stands on.
#include <fmt/format.h>

#include <algorithm>

#include "cli/lab/compare_text.h"
#include "cli/plan_text.h"

namespace septet::cli::lab_compare {

namespace {

struct Line {
  const char* name;
  const lab::Constant* constant;
  const char* unit;
  double factor;
};

std::string constants_text(const lab::GpuModel& gpu) {
  const Line lines[] = {{"SMs", &gpu.sms, "", 1},
                        {"bf16, dense", &gpu.bf16_tflops, " TFLOPS", 1},
                        {"bandwidth", &gpu.bandwidth_gb_s, " GB/s", 1},
                        {"host link", &gpu.pcie_gb_s, " GB/s", 1},
                        {"power limit", &gpu.limit_w, " W", 1},
                        {"idle", &gpu.idle_w, " W", 1},
                        {"any context", &gpu.context_w, " W", 1},
                        {"neighbours", &gpu.residual, " %", 100}};
  std::string text;
  for (const Line& line : lines) {
    const std::string value =
        fmt::format("{:.5g}{}", line.constant->value * line.factor, line.unit);
    text += wrapped(
        fmt::format("  {:<12}{:<13}{:<10} ", line.name, value, to_string(line.constant->evidence)),
        std::string(line.constant->source));
  }
  return text;
}

std::string works_text(const lab::Scenario& scenario) {
  std::string text;
  for (const lab::Tenant& tenant : scenario.tenants) {
    text +=
        wrapped(fmt::format("  {}: ", tenant.name),
                fmt::format("host {:.3g} ms, compute {:.3g} ms, bandwidth {:.3g} ms, overlap "
                            "{:g}: {}",
                            tenant.work.host * 1e3, tenant.work.compute * 1e3,
                            tenant.work.bandwidth * 1e3, tenant.work.overlap, tenant.work.source));
  }
  return text;
}

}  // namespace

std::string evidence_text(const lab::Scenario& scenario) {
  const lab::GpuModel& gpu = scenario.gpu;
  std::string text = fmt::format("\nWhat this stands on. {}:\n", gpu.product->id);
  text += constants_text(gpu);
  text += works_text(scenario);
  text += wrapped(
      "  ", fmt::format("{}: {}.", gpu.validated ? "Validated" : "Not validated", gpu.validation));
  text += wrapped(
      "  ",
      "Expected error, from published A100 measurements: per slice 6 % (median 3 to 4 %) with two "
      "profiled points, MPS 9 % (median 6 %), a tail of 20 %; of power and of what happens after "
      "a fault nobody published enough to say. septet lab validate prints every point.");
  text += wrapped("  ", fmt::format("{:g} s simulated, the first {:g} s left out, seed {}; every "
                                    "mode saw the same arrivals.",
                                    scenario.seconds, scenario.warm_up, scenario.seed));
  return text;
}

}  // namespace septet::cli::lab_compare
