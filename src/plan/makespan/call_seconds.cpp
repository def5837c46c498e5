#include "plan/makespan/call_seconds.h"

#include <array>

namespace septet::plan {

namespace {

struct MeasuredCall {
  unsigned slices;
  Ticks create_ms, destroy_ms;
};

struct MeasuredChip {
  std::string_view products;  // whose id begins with that
  std::array<MeasuredCall, 5> calls;
};

constexpr std::array<MeasuredChip, 3> kMeasuredChips = {{
    {"a30-", {{{1, 110, 100}, {2, 120, 100}, {4, 130, 100}, {}, {}}}},
    {"a100-", {{{1, 160, 200}, {2, 170, 200}, {3, 200, 210}, {4, 210, 210}, {7, 240, 220}}}},
    {"h100-", {{{1, 160, 210}, {2, 210, 230}, {3, 330, 250}, {4, 380, 260}, {7, 420, 260}}}},
}};

}  // namespace

std::optional<CallCosts> measured_call_costs(const mig::Product& product) {
  for (const MeasuredChip& chip : kMeasuredChips) {
    if (!product.id.starts_with(chip.products)) continue;
    CallCosts costs;
    for (const mig::GpuInstanceProfile& profile : product.geometry.profiles) {
      for (const MeasuredCall& call : chip.calls) {
        if (call.slices != profile.slices) continue;
        costs[&profile] = {call.create_ms * kSecond / 1000, call.destroy_ms * kSecond / 1000};
      }
    }
    return costs;
  }
  return std::nullopt;
}

}  // namespace septet::plan
