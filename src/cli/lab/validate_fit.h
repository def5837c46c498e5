// cli/lab/validate_fit.h — `septet lab validate --fit FILE`: the model of a user's own workload.
//
// Errors. kNotFound: no such file or workload. kInvalidArgument: what is wrong in the file, with
//         file, line and column; too few profiles; a GPU that cannot be told from the file.
#pragma once

#include <string>

#include "base/json.h"
#include "lab/evidence/calibrate.h"

namespace septet::cli::validating {

struct FitRequest {
  std::string path;
  std::string product;   // empty: the one product that has all profiles of the file, if one
  std::string workload;  // empty: the file has one
  bool training = false;
};

Result<int> run_fit(const FitRequest& request, bool json);

Result<lab::evidence::Calibrations> calibrate_file(const FitRequest& request);
std::string fit_text(const lab::evidence::Calibrations& fitted);
Json to_json(const lab::evidence::Calibrations& fitted);
// "work: {host: 3.8ms, compute: 2.15ms, bandwidth: 1.7ms, overlap: 2,\n       on: a100-80gb}": as a
// scenario takes it.
std::string work_yaml(const lab::evidence::Calibration& fitted, const std::string& product);

}  // namespace septet::cli::validating
