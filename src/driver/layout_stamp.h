// driver/layout_stamp.h — did anything about the node's instances change? Cheap enough to ask ten
// times a second.
//
// A number made of every GPU's MIG mode and the UUIDs of its MIG devices, read through a driver
// handle of its own. It says that something changed, not what: observe() tells.
// Errors. kNoDriver, kUnavailable: nothing is known; open another.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace septet::driver {

class LayoutStamp {
 public:
  static Result<std::unique_ptr<LayoutStamp>> open(const std::string& library_path);
  virtual ~LayoutStamp() = default;
  virtual Result<std::uint64_t> read() = 0;
};

}  // namespace septet::driver
