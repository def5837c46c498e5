// lab/evidence/recipe.h — how a series is turned into a model: which exponent, what two points
// leave open, and the loss of running side by side.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lab/evidence/slice_table.h"
#include "lab/model/work.h"

namespace septet::lab::evidence {

// Choices, all of which are printed with the errors that come of them.
struct Recipe {
  double small_exponent = 2.0;  // p of batches below kLargeBatch
  double large_exponent = 2.0;
  double bandwidth_part = 0.0;  // of two points: plan/performance.h
  double side_by_side = 0.02;   // eps: what each further MPS client costs all
  double exponent(unsigned batch) const;
};
inline constexpr unsigned kLargeBatch = 32;

// As the survey did it: one exponent (2 inference, 1.5 training), all of the sliced part to the
// SMs.
Recipe survey_recipe(bool training);
// As septet plans: plan::overlap_exponent and plan::kBandwidthPart.
Recipe septet_recipe(bool training);

// n clients with the same work in one instance have 1/n of it each, at the price of eps for each
// further one: one point of the same linear fit.
plan::TimedShare timed_share(const TimedProfile& timed, double side_by_side);

// What the fit says, as the lab's simulation takes it. nullopt: fewer than two different shares.
std::optional<Work> fit(std::span<const TimedProfile> points, double exponent,
                        const Recipe& recipe);
// By the lab's own rules (model/sharing_rules.h): so many processes at once in an instance.
double seconds_in(const Work& work, plan::Share share, unsigned processes);

// The exponent of these under which each point is best told from the others, by mean absolute
// logarithm; points with several processes stay in every fit. Fewer than three single-process
// points: `otherwise`.
inline constexpr double kExponents[] = {1.0, 1.5, 2.0, 3.0};
struct ExponentChoice {
  double exponent = 2.0;
  bool by_leave_one_out = false;
  std::vector<double> left_out_errors;  // at that exponent, in the order of the points
};
ExponentChoice choose_exponent(std::span<const TimedProfile> points, const Recipe& recipe,
                               double otherwise);

std::string names_of(std::span<const TimedProfile> points);  // "1g.10gb, 7g.80gb"

}  // namespace septet::lab::evidence
