// partition/run_step.h — one step of a plan on a live GPU: look, do, look again.
#pragma once

#include "driver/driver.h"
#include "plan/diff.h"

namespace septet::partition {

// The GPU as it is now. A read that fails is tried again twice: an unknown state helps nobody.
Result<mig::Gpu> look(driver::Driver& driver, std::uint32_t gpu);

// Does the step and reads the GPU back. An Error says which step and why; what the GPU holds then
// is for the caller to find out.
Result<> run_step(const plan::Step& step, driver::Driver& driver);

}  // namespace septet::partition
