// lab/evidence/calibrate.h — from a user's own measurements to a model of the work, with what it is
// worth: its own errors, leave-one-out errors, and a prediction with an error bar for every profile
// that was not measured.
//
// One calibration per batch size. Rows of several processes (MPS) are fitted together with the
// others: they tell how long the kernels of a host-bound job take; with two process counts or more
// eps, the price of each further process, is fitted too.
// Units. Seconds per batch of one process.
// Errors. kInvalidArgument: in no batch size one process was measured on two sizes.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "lab/evidence/point.h"
#include "lab/evidence/recipe.h"
#include "lab/model/gpu.h"

namespace septet::lab::evidence {

struct Prediction {
  const mig::GpuInstanceProfile* profile = nullptr;
  double seconds = 0;
  double within = 0;     // nine in ten such predictions were not further off, relative
  bool outside = false;  // smaller or larger than all that was measured
  std::string why_not;   // it did not run on one with as much memory: no prediction
};

struct Calibration {
  unsigned batch = 1;
  std::vector<TimedProfile> points;  // what it was fitted on, single processes first
  Work work;
  bool exponent_by_leave_one_out = false;
  bool side_by_side_fitted = false;     // Work::mps_overhead
  std::vector<Point> own;               // each point, from the fit to all
  std::vector<Point> left_out;          // single-process points, each from all others; may be empty
  std::vector<Prediction> predictions;  // by size
  std::vector<std::string> warnings;    // sentences
};

struct Calibrations {
  std::string product;
  bool training = false;
  std::vector<Calibration> by_batch;
  std::vector<std::string> skipped;  // batches with fewer than two profiles, in words
};

Result<Calibrations> calibrate(const plan::Measured& measured, const GpuModel& gpu);

// What nine in ten predictions kept to on the published tables: two profiles and three or more,
// between the measured sizes and outside them. cli/lab/validate_test.cpp holds them to the data.
inline constexpr double kWithinOfTwo = 0.13, kWithinOfMore = 0.11, kWithinOutside = 0.20;

}  // namespace septet::lab::evidence
