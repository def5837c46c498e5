// partition/run_step.h — one step of a plan on a live GPU: look, do, look again.
//
// Ids are reused by the driver, so what is destroyed is found by place and UUID at that moment, and
// must be idle then unless it was named with force. A call that failed may still have been carried
// out: the next attempt looks before it does anything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/driver.h"
#include "partition/evict.h"
#include "partition/patience.h"
#include "plan/diff.h"

namespace septet::partition {

// The GPU as it is now. A read that fails is tried again twice: an unknown state helps nobody.
Result<mig::Gpu> look(driver::Driver& driver, std::uint32_t gpu, const Patience& patience);

struct StepOptions {
  const Patience& patience;
  bool forced = false;
  const Evict& evict;
};

class StepRun {
 public:
  StepRun(const plan::Step& step, driver::Driver& driver, const StepOptions& options)
      : step_(step), driver_(driver), options_(options) {}

  // Does the step and reads the GPU back. An Error says which step and why; what the GPU holds then
  // is for the caller to find out.
  Result<> attempt();
  // The driver was asked, and did not simply refuse: the step may be in force.
  bool touched() const { return touched_; }
  // It was: seen in force, or the driver said so.
  bool sure() const { return acknowledged_ || done_; }
  // The step, with the UUID of the compute instance that it made.
  plan::Step as_done() const;

 private:
  Result<> take();
  Result<> destroy_instance(const mig::Gpu& before);
  Result<> destroy_compute(const mig::Gpu& before);
  Result<> create_instance(const mig::Gpu& before);
  Result<> create_compute(const mig::Gpu& before);
  Result<> set_mode(const mig::Gpu& before);
  Result<> reset(const mig::Gpu& before);

  bool in_force(const mig::Gpu& gpu) const;
  Result<> clear_the_way(const mig::Gpu& before);
  Result<> read_back(const char* otherwise);
  Error undone(const char* otherwise) const;
  template <typename T>
  Result<T> asked(Result<T> answer);
  const mig::ComputeInstance* made_in(const mig::Gpu& gpu) const;

  const plan::Step& step_;
  driver::Driver& driver_;
  const StepOptions options_;
  bool touched_ = false, acknowledged_ = false, done_ = false;
  std::optional<std::vector<std::string>> compute_before_;  // UUIDs, before the first attempt
  std::string made_;                                        // UUID
};

}  // namespace septet::partition
