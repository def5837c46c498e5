// metrics/xid_tally.h — how often which Xid was seen, on which GPU and in which instance.
//
// Counts from when it is made (NVML tells of Xids as they happen, not of those before). A GPU's
// counts are of all of it, its instances' included. An instance is known by its MIG UUID, for the
// driver gives its number to others later.
// Threads. None of its own; the caller serializes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "driver/event_watch.h"
#include "mig/node.h"

namespace septet::metrics {

class XidTally {
 public:
  // `node`: as it was then, to find the instance in; nullptr: counted on the GPU alone. Events that
  // are no Xid are not counted.
  void happened(const driver::Event& event, const mig::Node* node);
  // Forgets the instances that are not there any more.
  void seen(const mig::Node& node);

  using Counts = std::map<std::uint64_t, std::uint64_t>;  // by Xid
  const Counts& of(const std::string& uuid) const;        // "GPU-..." or "MIG-..."
  std::optional<std::uint64_t> last_of(const std::string& uuid) const;

 private:
  struct Tally {
    Counts counts;
    std::uint64_t last = 0;
  };
  std::map<std::string, Tally> by_uuid_;
};

}  // namespace septet::metrics
