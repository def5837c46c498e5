// lab/evidence/calibration_doubts.h — what in a calibration is not to be trusted, in sentences.
#pragma once

#include <string>
#include <vector>

#include "lab/evidence/calibrate.h"

namespace septet::lab::evidence {

std::vector<std::string> doubts_about(const Calibration& calibration, const GpuModel& gpu);

}  // namespace septet::lab::evidence
