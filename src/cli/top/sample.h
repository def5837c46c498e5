// cli/top/sample.h — what septet top knows at one moment.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metrics/tenants.h"
#include "mig/node.h"

namespace septet::cli::top {

// An Xid that the driver told of since septet top was started.
struct XidSeen {
  std::string gpu_uuid;
  std::optional<std::uint32_t> gpu_instance;  // nullopt: of the whole GPU
  std::uint64_t xid = 0;
  unsigned times = 1;
};

struct Sample {
  bool answered =
      false;  // `node` is what the driver said last; false: it has not said anything yet
  mig::Node node;
  metrics::CgroupTexts cgroups;  // of the processes on it: which job or container each is of
  std::chrono::system_clock::time_point taken;  // of `node`
  std::optional<std::string> problem;           // why there is nothing newer
  std::vector<XidSeen> xids;
  bool xids_watched = false;           // false: that none was seen says nothing
  std::vector<std::string> unwatched;  // UUIDs of GPUs whose Xids the driver does not tell

  bool watches(const std::string& gpu_uuid) const {
    return xids_watched && std::ranges::find(unwatched, gpu_uuid) == unwatched.end();
  }
};

}  // namespace septet::cli::top
