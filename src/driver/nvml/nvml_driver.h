// driver/nvml/nvml_driver.h — a node as a libnvidia-ml.so.1 tells it, real or simulated.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "driver/driver.h"

namespace septet::driver {

// Loads the library and starts it. kNoDriver names both remedies: install the driver, or --sim.
// `state_path` is the state file of the simulated node that the library was told to show, and only
// serves Driver::reset; empty for a real node.
Result<std::unique_ptr<Driver>> open_nvml_driver(const std::string& library_path,
                                                 const std::string& state_path);

}  // namespace septet::driver
