#include "partition/patience.h"

#include <algorithm>
#include <array>
#include <thread>

namespace septet::partition {

namespace {

// nvmlReturn_t: timeout, interrupt issue, in use, out of host memory, no data, not ready, invalid
// state, unknown.
constexpr std::array kPassing = {10, 11, 19, 20, 21, 27, 29, 999};
// In use, insufficient resources: what a create answers when somebody else was first.
constexpr std::array kRefusals = {19, 23};
constexpr unsigned kMostDoublings = 6;

}  // namespace

void Patience::wait(std::chrono::milliseconds time) const {
  if (sleep) return sleep(time);
  std::this_thread::sleep_for(time);
}

void Patience::wait_after(unsigned failures) const {
  wait(first * (1u << std::min(failures == 0 ? 0 : failures - 1, kMostDoublings)));
}

bool may_pass(const Error& error) {
  if (error.driver_status == 0) return error.code == Code::kUnavailable;
  return std::ranges::find(kPassing, error.driver_status) != kPassing.end();
}

bool refused_outright(const Error& error) {
  return std::ranges::find(kRefusals, error.driver_status) != kRefusals.end();
}

}  // namespace septet::partition
