// driver/event_watch.h — what a driver says by itself: faults, as they happen.
//
// A watch has a driver handle of its own, so that one thread may wait while others ask and change.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace septet::driver {

enum class EventKind : std::uint8_t {
  kXid,  // `xid`, on the whole GPU or on one instance
  kDoubleBitEcc,
  kSingleBitEcc,
};
struct Event {
  EventKind kind = EventKind::kXid;
  std::string gpu_uuid;
  std::uint64_t xid = 0;
  std::optional<std::uint32_t> gpu_instance, compute_instance;  // nullopt: the whole GPU
};

class EventWatch {
 public:
  virtual ~EventWatch() = default;
  // nullopt: nothing happened within `wait`. kUnavailable: a GPU is lost, or the driver went away:
  // open a new watch.
  virtual Result<std::optional<Event>> wait(std::chrono::milliseconds wait) = 0;
  // GPUs (by UUID; empty when a GPU does not even tell that, the reason names its index) that the
  // driver cannot watch, and why.
  virtual const std::vector<std::pair<std::string, Error>>& unwatched() const = 0;
};

// Watches every GPU of the library's node.
Result<std::unique_ptr<EventWatch>> open_nvml_event_watch(const std::string& library_path);

}  // namespace septet::driver
