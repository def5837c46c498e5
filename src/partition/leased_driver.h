// partition/leased_driver.h — a driver that also tells of slices taken by `septet run`.
//
// A program that was started a moment ago computes on nothing yet; its slice is not free. What is
// observed through this names the holder, so every check that asks who is in the way finds it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "driver/driver.h"

namespace septet::partition {

// `folder`: the node's state folder, where the leases are.
std::unique_ptr<driver::Driver> with_leases(std::unique_ptr<driver::Driver> driver,
                                            std::string folder);

}  // namespace septet::partition
