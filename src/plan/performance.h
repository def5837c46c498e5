// plan/performance.h — how long a batch takes on a profile that was not measured, from two or more
// that were.
//
//   t = ( L^p + (C / sm)^p + (M / memory)^p )^(1/p)
//
// L is time that no slice changes (host, launch gaps), C time bound by SMs, M time bound by memory
// bandwidth; `sm` and `memory` are the instance's shares of the whole GPU. p says how much the
// three overlap: 2 for inference, 1.5 for batches of 32 and more and for training. With two
// measured profiles C and M cannot be told apart: a quarter of the p-th power is taken to be
// bandwidth. With three or more all are fitted, none below zero.
//
// Never by slice count: time = slices ratio is 82 to 114 % off on the same tables.
//
// Source. Form and exponents: the project's survey of sharing modes, fitted on the tables that
//         ParvaGPU (SC'24, A100-80GB) and MISO (SoCC'22, A100-40GB) published; the quarter was
//         chosen on the same tables. Stated errors are those of bench/plan_serving.
// Limits. A100 data only: on other products the answer is modelled and not validated.
#pragma once

#include <optional>
#include <span>

#include "mig/product.h"

namespace septet::plan {

struct Share {
  double sm = 0.0, memory = 0.0;  // of the whole GPU, (0, 1]
};
// nullopt: the product's SM counts are not known. Whole-GPU SMs include those MIG does not use.
std::optional<Share> share_of(const mig::Product& product, const mig::GpuInstanceProfile& profile);

struct TimedShare {
  Share share;
  double seconds = 0.0;
};

struct TimeModel {
  double launch = 0.0, compute = 0.0, memory = 0.0;  // to the power of `exponent`
  double exponent = 2.0;
  std::size_t points = 0;

  double seconds(Share share) const;
  // Mean and median relative error on published tables with so many points.
  double mean_error() const { return points <= 2 ? 0.05 : 0.04; }
  double median_error() const { return points <= 2 ? 0.03 : 0.025; }
};

double overlap_exponent(unsigned items_at_once, bool training);

// Of the p-th power of the time that a slice changes, taken to be memory's with two points.
inline constexpr double kBandwidthPart = 0.25;

// `bandwidth_part` counts with two points only. nullopt: fewer than two different shares.
std::optional<TimeModel> fit_time(std::span<const TimedShare> measured, double exponent,
                                  double bandwidth_part = kBandwidthPart);

}  // namespace septet::plan
