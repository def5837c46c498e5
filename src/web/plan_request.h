// web/plan_request.h — what a client wants the node to look like, read from JSON. Pure.
//
// Form.   exactly one of
//           {"gpus": [{"gpu": 0, "mig": true, "instances": ["3g.40gb:0"], "rest": "keep"}]}
//           {"file": "workloads: ...", "config": "day"}    # what septet plan takes as a file
//           {"undo": "last"} or {"undo": 7}                # septet rollback
// Errors. kInvalidArgument names the key; kNotFound: a config that the file does not have.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "partition/layout_file.h"
#include "partition/parted_file.h"
#include "plan/workload.h"
#include "web/request_json.h"

namespace septet::web {

struct Undo {
  std::string which;  // "last", "7"
};

struct PlanRequest {
  std::variant<partition::NamedLayout, partition::PartedConfig, std::vector<plan::Workload>, Undo>
      wanted;
};
Result<PlanRequest> read_plan_request(const Body& body);

// The `gpus` form is read as a layout file that its client never saw: places in it are left out.
Error without_place(Error error);

}  // namespace septet::web
