#include "partition/apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "partition/gpu_change.h"
#include "partition/preflight.h"

namespace septet::partition {

namespace {

using Drivers = std::vector<std::unique_ptr<driver::Driver>>;

// One Driver for each further thread; the caller's own serves the first.
Result<Drivers> open_drivers(const std::vector<GpuChange>& gpus, const ApplyOptions& options) {
  Drivers drivers;
  if (!options.open_driver) return drivers;
  const auto busy = std::ranges::count_if(gpus, &GpuChange::has_steps);
  const auto threads = std::min<std::size_t>(static_cast<std::size_t>(busy), options.most_at_once);
  while (drivers.size() + 1 < threads) {
    auto driver = options.open_driver();
    if (!driver) return fail_because(std::move(driver).error(), "open one driver per GPU");
    drivers.push_back(*std::move(driver));
  }
  return drivers;
}

using Part = void (GpuChange::*)(driver::Driver&, Change&);

void for_each_gpu(std::vector<GpuChange>& gpus, driver::Driver& first, const Drivers& further,
                  Change& change, Part part) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&](driver::Driver& driver) {
    for (std::size_t i = next++; i < gpus.size(); i = next++) (gpus[i].*part)(driver, change);
  };
  std::vector<std::jthread> threads;
  for (const auto& driver : further) threads.emplace_back([&work, &driver] { work(*driver); });
  work(first);
}

Error needs_reboot(const plan::Plan& plan) {
  std::string gpus;
  for (const plan::Step& step : plan.steps) {
    if (step.stop != plan::Stop::kReboot) continue;
    gpus += fmt::format("{}{}", gpus.empty() ? "" : ", ", step.gpu);
  }
  return {Code::kNeedsReset,
          fmt::format("the change of MIG mode of GPU {} needs a reboot: it is passed through to a "
                      "virtual machine",
                      gpus),
          "change the mode alone first, and reboot; nothing was changed", 0, nullptr};
}

Outcome sum_up(const std::vector<GpuChange>& gpus, const Change& change) {
  Outcome outcome;
  outcome.recorder_failure = change.unwritten();
  for (const GpuChange& gpu : gpus) {
    const GpuOutcome& one = gpu.report();
    outcome.end = std::max(outcome.end, one.end);
    outcome.steps_done += one.steps_done;
    // A GPU that waits is not what ended a change that failed elsewhere.
    const bool worse = !outcome.failure || outcome.failure->code == Code::kAwaitsReboot;
    if (one.failure && worse) outcome.failure = one.failure;
    if (!outcome.rollback_failure) outcome.rollback_failure = one.rollback_failure;
    std::ranges::copy(one.left, std::back_inserter(outcome.left));
    outcome.gpus.push_back(one);
  }
  return outcome;
}

}  // namespace

Result<Outcome> apply(const plan::Plan& plan, driver::Driver& driver, const ApplyOptions& options) {
  if (plan.needs_reboot() && !options.may_await_reboot) return std::unexpected(needs_reboot(plan));
  Change change(options, TRY(preflight(plan, driver, options)), plan.steps.size());
  std::vector<GpuChange> gpus;
  for (std::size_t i = 0; i < plan.from.size(); ++i)
    gpus.emplace_back(plan.from[i], plan.to[i], plan.steps);
  const Drivers further = TRY(open_drivers(gpus, options));
  if (change.interrupted() && !plan.empty())
    return fail(Code::kInterrupted, "interrupted before the first step; nothing was changed");
  for_each_gpu(gpus, driver, further, change, &GpuChange::forward);
  if (!change.stopped()) for_each_gpu(gpus, driver, further, change, &GpuChange::check);
  if (change.stopped()) for_each_gpu(gpus, driver, further, change, &GpuChange::back);
  return sum_up(gpus, change);
}

}  // namespace septet::partition
