// partition/job_file.h — reads jobs that are to be over as soon as possible on one GPU.
//
// Form.   jobs:
//           - name: train-resnet
//             copies: 2                   # 1 when not written; they become train-resnet 1 and 2
//             seconds: {1g: 412, 2g: 210.5, 3g.40gb: 150, 4: 121, 7g: 75}
//         calls: measured                 # how long the driver takes: measured (default), none, or
//                                         # {1g: {create: 0.16, destroy: 0.2}, ...}
//         A profile by name, or by slices: 2g and 2 are the plain one that takes the least memory.
//         A profile that is not written: the job does not run there.
// Limits. 256 jobs, copies counted; a microsecond to 10 million seconds, at most six decimals.
// Errors. kInvalidArgument with file, line and column.
#pragma once

#include "base/result.h"
#include "base/yaml.h"
#include "plan/makespan/problem.h"

namespace septet::partition {

enum class CallTimes : std::uint8_t { kMeasured, kNone, kWritten };

struct JobFile {
  std::vector<plan::MoldableJob> jobs;
  CallTimes calls = CallTimes::kMeasured;
  plan::CallCosts costs;  // when kWritten
};

bool looks_like_jobs(const YamlDocument& document);
Result<JobFile> read_jobs(const YamlDocument& document, const mig::Geometry& geometry);

}  // namespace septet::partition
