// cli/lab/validate_data.h — the published measurements, read from the data folder.
//
//   parvagpu/prof_data/*.csv, miso/a100_40gb_training_iter_time_per_profile.csv (median column),
//   perf/mlperf_mig.csv
// Errors. kNotFound: there is no such folder, or none of the three in it. What is broken is
//         kInvalidArgument with file, line and column.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/evidence/validation.h"

namespace septet::cli::validating {

struct PublishedData {
  lab::evidence::Published published;
  std::vector<std::string> missing;  // "no parvagpu/prof_data in FOLDER", one per set
};

// `named` (--data), else $SEPTET_DATA, else ../shared/data beside the working directory.
std::filesystem::path data_folder(const std::string& named);

Result<PublishedData> read_published(const std::filesystem::path& folder);
Result<lab::evidence::SliceTable> read_parvagpu(const std::filesystem::path& folder);

}  // namespace septet::cli::validating
