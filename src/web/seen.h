// web/seen.h — what is known of the node at one moment: what every page and stream is made of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "metrics/tenants.h"
#include "metrics/xid_tally.h"
#include "mig/node.h"

namespace septet::web {

struct Seen {
  std::optional<mig::Node> node;           // nullopt: unknown
  std::optional<Error> problem;            // why
  std::int64_t time_ms = 0;                // when it was asked, since 1970
  std::map<std::string, std::string> ill;  // UUID of a GPU or MIG device -> why
  metrics::XidTally xids;                  // since this agent runs
  metrics::Tenants tenants;                // by UUID of the MIG device or GPU
  std::string governed_by;                 // "MigLayout default/night"; empty: nobody
};

}  // namespace septet::web
