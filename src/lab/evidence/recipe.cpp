#include "lab/evidence/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lab/model/sharing_rules.h"

namespace septet::lab::evidence {

namespace {

struct LeftOut {
  double loss = std::numeric_limits<double>::infinity();
  std::vector<double> errors;
};

LeftOut leave_each_out(std::span<const TimedProfile> points, double exponent,
                       const Recipe& recipe) {
  LeftOut all{0.0, {}};
  for (std::size_t held = 0; held < points.size(); ++held) {
    if (points[held].processes > 1) continue;
    std::vector<TimedProfile> rest(points.begin(), points.end());
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(held));
    const auto work = fit(rest, exponent, recipe);
    if (!work) return {};
    const double ratio = seconds_on(*work, points[held].share) / points[held].seconds;
    all.errors.push_back(ratio - 1.0);
    all.loss += std::abs(std::log(ratio));
  }
  return all;
}

}  // namespace

double Recipe::exponent(unsigned batch) const {
  return batch >= kLargeBatch ? large_exponent : small_exponent;
}

Recipe survey_recipe(bool training) {
  const double p = training ? 1.5 : 2.0;
  return {p, p, 0.0, 0.02};
}

Recipe septet_recipe(bool training) {
  return {plan::overlap_exponent(1, training), plan::overlap_exponent(kLargeBatch, training),
          plan::kBandwidthPart, 0.02};
}

plan::TimedShare timed_share(const TimedProfile& timed, double side_by_side) {
  const double n = timed.processes;
  return {{timed.share.sm / n, timed.share.memory / n},
          timed.seconds / (1.0 + side_by_side * (n - 1.0))};
}

std::optional<Work> fit(std::span<const TimedProfile> points, double exponent,
                        const Recipe& recipe) {
  std::vector<plan::TimedShare> timed;
  for (const TimedProfile& one : points) timed.push_back(timed_share(one, recipe.side_by_side));
  const auto time = plan::fit_time(timed, exponent, recipe.bandwidth_part);
  if (!time) return std::nullopt;
  Work work;
  work.host = std::pow(time->launch, 1.0 / exponent);
  work.compute = std::pow(time->compute, 1.0 / exponent);
  work.bandwidth = std::pow(time->memory, 1.0 / exponent);
  work.overlap = exponent;
  work.mps_overhead = recipe.side_by_side;
  work.source = "fitted on " + names_of(points);
  return work;
}

double seconds_in(const Work& work, plan::Share share, unsigned processes) {
  return processes == 1 ? seconds_on(work, share) : mps_seconds_of_same(work, processes, share);
}

ExponentChoice choose_exponent(std::span<const TimedProfile> points, const Recipe& recipe,
                               double otherwise) {
  const auto alone =
      std::ranges::count_if(points, [](const TimedProfile& one) { return one.processes == 1; });
  ExponentChoice choice{otherwise, false, {}};
  if (alone < 3) return choice;
  double least = std::numeric_limits<double>::infinity();
  for (const double exponent : kExponents) {
    LeftOut all = leave_each_out(points, exponent, recipe);
    if (!(all.loss < least)) continue;
    least = all.loss;
    choice = {exponent, true, std::move(all.errors)};
  }
  return choice;
}

std::string names_of(std::span<const TimedProfile> points) {
  std::string names;
  for (const TimedProfile& one : points) {
    names += names.empty() ? "" : ", ";
    names += one.profile->name;
    if (one.processes > 1) names += fmt::format(" x{}", one.processes);
  }
  return names;
}

}  // namespace septet::lab::evidence
