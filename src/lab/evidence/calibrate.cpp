#include "lab/evidence/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "lab/evidence/calibration_doubts.h"

namespace septet::lab::evidence {

namespace {

constexpr double kMostSideBySide = 0.10, kSideBySideStep = 0.005;

double loss(std::span<const TimedProfile> points, const Work& work) {
  double sum = 0.0;
  for (const TimedProfile& one : points) {
    const double off = std::log(seconds_in(work, one.share, one.processes) / one.seconds);
    sum += off * off;
  }
  return sum;
}

bool several_process_counts(std::span<const TimedProfile> points) {
  std::set<unsigned> counts;
  for (const TimedProfile& one : points) counts.insert(one.processes);
  return counts.size() >= 3;  // one process among them
}

class Calibrator {
 public:
  Calibrator(const SliceTable& table, const Series& series, const plan::Measured& measured,
             const GpuModel& gpu)
      : table_(table),
        series_(series),
        measured_(measured),
        gpu_(gpu),
        recipe_(septet_recipe(table.training)) {
    result_.batch = series.batch;
    result_.points = series.alone;
    result_.points.insert(result_.points.end(), series.shared.begin(), series.shared.end());
  }

  Calibration run() {
    const double otherwise = recipe_.exponent(series_.batch);
    if (several_process_counts(result_.points)) fit_side_by_side(otherwise);
    const ExponentChoice choice = choose_exponent(result_.points, recipe_, otherwise);
    result_.exponent_by_leave_one_out = choice.by_leave_one_out;
    result_.work = *fit(result_.points, choice.exponent, recipe_);
    result_.work.source =
        fmt::format("own measurements on {}: {}", table_.product->id, names_of(result_.points));
    tell_errors(choice);
    predict(choice);
    result_.warnings = doubts_about(result_, gpu_);
    return std::move(result_);
  }

 private:
  // The eps with which one fit explains all rows best; the exponent as chosen with it.
  void fit_side_by_side(double otherwise) {
    double least = std::numeric_limits<double>::infinity();
    double best = recipe_.side_by_side;
    for (int step = 0; step * kSideBySideStep <= kMostSideBySide; ++step) {
      Recipe tried = recipe_;
      tried.side_by_side = step * kSideBySideStep;
      const double p = choose_exponent(result_.points, tried, otherwise).exponent;
      const auto work = fit(result_.points, p, tried);
      if (!work) return;
      const double off = loss(result_.points, *work);
      if (off >= least) continue;
      least = off;
      best = tried.side_by_side;
    }
    recipe_.side_by_side = best;
    result_.side_by_side_fitted = true;
  }

  Point point_of(const TimedProfile& one, double predicted) const {
    Point point;
    point.source = "own measurements";
    point.workload = fmt::format("batch {}", series_.batch);
    point.configuration = names_of(std::span(&one, 1));
    point.unit = "ms";
    point.predicted = predicted * 1e3;
    point.measured = one.seconds * 1e3;
    return point;
  }

  void tell_errors(const ExponentChoice& choice) {
    for (const TimedProfile& one : result_.points) {
      result_.own.push_back(point_of(one, seconds_in(result_.work, one.share, one.processes)));
    }
    for (std::size_t i = 0; i < choice.left_out_errors.size(); ++i) {
      const TimedProfile& one = series_.alone[i];
      result_.left_out.push_back(point_of(one, one.seconds * (1.0 + choice.left_out_errors[i])));
      result_.left_out.back().calibrated_on = "all others";
    }
  }

  bool measured_alone(const mig::GpuInstanceProfile& profile) const {
    return std::ranges::any_of(series_.alone,
                               [&](const TimedProfile& one) { return one.profile == &profile; });
  }

  // The profile with most memory on which this batch did not run.
  const mig::GpuInstanceProfile* too_small() const {
    const mig::GpuInstanceProfile* most = nullptr;
    for (const plan::Measurement& row : measured_.rows) {
      if (row.per_second > 0.0 || row.batch != series_.batch || row.processes != 1) continue;
      const auto* const profile = table_.product->geometry.find_name(row.profile);
      if (profile != nullptr && (most == nullptr || profile->size > most->size)) most = profile;
    }
    return most;
  }

  double within(const ExponentChoice& choice, bool outside) const {
    if (series_.alone.size() < 3) return outside ? kWithinOutside : kWithinOfTwo;
    double worst = 0.0;
    for (const double error : choice.left_out_errors) worst = std::max(worst, std::abs(error));
    // Its own leave-one-out errors when they are worse than what is usual.
    return std::max(worst, outside ? kWithinOutside : kWithinOfMore);
  }

  void predict(const ExponentChoice& choice) {
    const auto* const failed = too_small();
    double least = 1.0, most = 0.0;
    for (const TimedProfile& one : series_.alone) {
      least = std::min(least, one.share.sm);
      most = std::max(most, one.share.sm);
    }
    for (const mig::GpuInstanceProfile& profile : table_.product->geometry.profiles) {
      const auto share = plan::share_of(*table_.product, profile);
      const bool plain = profile.media == mig::Media::kPlain && !profile.graphics;
      if (!share || !plain || measured_alone(profile)) continue;
      Prediction one{&profile, seconds_on(result_.work, *share), 0.0, false, {}};
      one.outside = share->sm < least || share->sm > most;
      one.within = within(choice, one.outside);
      if (failed != nullptr && profile.size <= failed->size)
        one.why_not = fmt::format("did not run on {}, which has no less memory", failed->name);
      result_.predictions.push_back(std::move(one));
    }
    std::ranges::sort(result_.predictions, {}, [](const Prediction& one) {
      return std::pair(one.profile->slices, one.profile->size);
    });
  }

  const SliceTable& table_;
  const Series& series_;
  const plan::Measured& measured_;
  const GpuModel& gpu_;
  Recipe recipe_;
  Calibration result_;
};

// 1g.10gb and 1g.10gb+me are the same share: one more of these says nothing.
std::size_t sizes_of(const Series& series) {
  std::set<std::pair<double, double>> shares;
  for (const TimedProfile& one : series.alone) shares.emplace(one.share.sm, one.share.memory);
  return shares.size();
}

}  // namespace

Result<Calibrations> calibrate(const plan::Measured& measured, const GpuModel& gpu) {
  SliceTable table{"own measurements", gpu.product, measured.training, {}};
  add_measured(table, "work", measured);
  Calibrations all{std::string(gpu.product->id), measured.training, {}, {}};
  for (const Series& series : table.series) {
    const std::size_t sizes = sizes_of(series);
    if (sizes >= 2) {
      all.by_batch.push_back(Calibrator(table, series, measured, gpu).run());
    } else {
      all.skipped.push_back(fmt::format("batch {}: one process was measured on {}", series.batch,
                                        sizes == 0 ? "no profile" : "one size only"));
    }
  }
  if (all.by_batch.empty()) {
    return fail(Code::kInvalidArgument,
                measured.where +
                    ": one size of instance says nothing about another: no batch size "
                    "has one process measured on two sizes",
                "measure the same batch on a second profile, best the smallest and the largest");
  }
  return all;
}

}  // namespace septet::lab::evidence
