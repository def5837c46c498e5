// web/lab_answers.h — what the lab predicts, for the dashboard: its scenarios, and a comparison.
//
// Takes seconds of one core: for a desk of its own. The scenarios are those of examples/lab with
// the traces they name; a scenario from outside opens no file.
// Limits. 120 seconds of simulated time, 100,000 requests expected, 64 replicas (a scenario of the
//         command line may have more).
// Errors. kInvalidArgument with "NAME:LINE:COLUMN"; kNotFound: no such scenario, with the nearest.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "lab/scenario/scenario.h"
#include "web/request_json.h"

namespace septet::web {

Json scenarios_json();

struct CompareRequest {
  std::string name, text;  // exactly one
  double seconds = 20;
  std::optional<lab::PlannedFault> fault;
};
Result<CompareRequest> read_compare_request(const Body& body);
Result<Json> compare_scenario(const CompareRequest& request);

}  // namespace septet::web
