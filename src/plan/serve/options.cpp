#include "plan/serve/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "mig/profile_name.h"
#include "plan/performance.h"
#include "plan/right_size.h"
#include "plan/serve/slots.h"

namespace septet::plan {

namespace {

constexpr double kMostInstances = 1e7;
using Point = std::pair<unsigned, unsigned>;  // batch, processes

struct Row {
  const mig::GpuInstanceProfile* profile = nullptr;
  const Measurement* measurement = nullptr;
};

// The same SMs and memory: +me and -me of a profile run like the plain one.
bool alike(const mig::GpuInstanceProfile& a, const mig::GpuInstanceProfile& b) {
  return a.slices == b.slices && a.size == b.size && a.sm == b.sm;
}

class Sizer {
 public:
  Sizer(const mig::Product& product, const Workload& workload)
      : product_(product), workload_(workload), objective_(*workload.objective) {
    if (objective_.latency_ms) allowed_ms_ = *objective_.latency_ms * objective_.latency_share;
  }

  Result<ServingSizes> run() {
    TRY(read_rows());
    std::vector<const mig::GpuInstanceProfile*> candidates;
    for (const mig::GpuInstanceProfile& profile : product_.geometry.profiles) {
      const bool plain = profile.media == mig::Media::kPlain || workload_.media.any();
      if (plain && !profile.graphics) candidates.push_back(&profile);
    }
    std::ranges::stable_sort(candidates, {}, [](const auto* profile) {
      return std::tuple(profile->size, profile->slices, profile->media);
    });
    for (const auto* profile : candidates) consider(*profile);
    if (sizes_.best.empty()) return nothing_does();
    std::ranges::stable_sort(sizes_.best, {}, [](const ServingOption& option) {
      return std::pair(option.gpus, option.profile->size);
    });
    return std::move(sizes_);
  }

 private:
  Result<> read_rows() {
    for (const Measured& measured : workload_.measured) {
      if (mig::find_product(measured.product) != &product_) continue;
      training_ = measured.training;
      fill_in_ = measured.fill_in;
      for (const Measurement& row : measured.rows) {
        auto profile = mig::match_profile(product_.geometry, row.profile);
        if (!profile) {
          return fail_because(std::move(profile).error(),
                              fmt::format("{}: measurement of {}", row.where, workload_.name));
        }
        rows_.push_back({*profile, &row});
      }
    }
    if (!rows_.empty()) return {};
    std::string on;
    for (const Measured& measured : workload_.measured)
      on += (on.empty() ? "" : ", ") + measured.product;
    return fail(Code::kInfeasible,
                fmt::format("{}: workload {} was not measured on {}, only on {}", workload_.where,
                            workload_.name, product_.id, on),
                "measure two profiles on it, or plan for a product that was measured");
  }

  void consider(const mig::GpuInstanceProfile& profile) {
    if (std::string lacking = shortfall(product_.geometry, profile, workload_); !lacking.empty()) {
      sizes_.refused.push_back({&profile, std::move(lacking)});
      return;
    }
    std::vector<ServingOption> tried;
    bool measured = false;
    for (const Row& row : rows_) {
      if (!alike(*row.profile, profile)) continue;
      measured = true;
      const Measurement& one = *row.measurement;
      if (one.per_second > 0.0)
        tried.push_back(option(profile, one.batch, one.processes, one.per_second, one.latency_ms));
    }
    std::string why_none = "did not run there (measured: out of memory)";
    if (!measured) why_none = model(profile, tried);
    keep_acceptable(profile, std::move(tried), why_none);
  }

  static ServingOption option(const mig::GpuInstanceProfile& profile, unsigned batch,
                              unsigned processes, double per_second, double latency_ms) {
    return {&profile, batch, processes, per_second, latency_ms, false, 0, 0.0, 0.0};
  }

  // What the model says of every batch and process count; the answer is why it says nothing.
  std::string model(const mig::GpuInstanceProfile& profile, std::vector<ServingOption>& tried) {
    if (!fill_in_) return "was not measured, and the workload asks for measurements only";
    const auto share = share_of(product_, profile);
    if (!share) return "was not measured, and its SMs are not known";
    std::map<Point, std::vector<const Row*>> points;
    for (const Row& row : rows_) {
      if (row.measurement->per_second > 0.0)
        points[{row.measurement->batch, row.measurement->processes}].push_back(&row);
    }
    std::string why = "was not measured, and has less memory than any it ran on";
    for (const auto& [point, rows] : points) {
      const bool room = std::ranges::any_of(rows, [&profile](const Row* row) {
        return usable_mib(*row->profile).value_or(~0u) <= usable_mib(profile).value_or(0);
      });
      if (!room) continue;
      if (const auto answer = modelled(profile, *share, point, rows, why)) tried.push_back(*answer);
    }
    return why;
  }

  std::optional<ServingOption> modelled(const mig::GpuInstanceProfile& profile, Share share,
                                        Point point, const std::vector<const Row*>& rows,
                                        std::string& why_not) const {
    const double items = static_cast<double>(point.first) * point.second;
    std::vector<TimedShare> timed;
    double delay = 0.0;  // latency over time per batch: at most what was seen
    Share least{1.0, 1.0}, most;
    for (const Row* row : rows) {
      const auto measured_share = share_of(product_, *row->profile);
      if (!measured_share) continue;
      const double seconds = items / row->measurement->per_second;
      timed.push_back({*measured_share, seconds});
      least = {std::min(least.sm, measured_share->sm),
               std::min(least.memory, measured_share->memory)};
      most = {std::max(most.sm, measured_share->sm), std::max(most.memory, measured_share->memory)};
      delay = std::max(delay, row->measurement->latency_ms / seconds);
    }
    const auto fitted =
        fit_time(timed, overlap_exponent(static_cast<unsigned>(std::min(items, 1e6)), training_));
    why_not = "was not measured, and fewer than two other profiles were at one batch";
    if (!fitted) return std::nullopt;
    why_not = "was not measured, and lies outside of what was: nothing vouches for the model there";
    const bool between = share.sm >= least.sm && share.sm <= most.sm &&
                         share.memory >= least.memory && share.memory <= most.memory;
    if (!between) return std::nullopt;
    const double seconds = fitted->seconds(share) * (1.0 + fitted->mean_error());
    if (!std::isfinite(seconds) || seconds <= 0.0) return std::nullopt;  // times without sense
    ServingOption answer =
        option(profile, point.first, point.second, items / seconds, delay * seconds);
    answer.modelled = true;
    return answer;
  }

  void keep_acceptable(const mig::GpuInstanceProfile& profile, std::vector<ServingOption> tried,
                       const std::string& why_none) {
    if (tried.empty()) {
      sizes_.refused.push_back({&profile, why_none});
      return;
    }
    const ServingOption fastest = *std::ranges::min_element(tried, {}, &ServingOption::latency_ms);
    std::erase_if(tried, [this](const ServingOption& one) {
      return allowed_ms_ && one.latency_ms > *allowed_ms_;
    });
    if (tried.empty()) {
      sizes_.refused.push_back(
          {&profile,
           fmt::format("takes {}{:.3g} ms at least (batch {}, {} process{}), {:.3g} ms "
                       "are allowed",
                       fastest.modelled ? "~" : "", fastest.latency_ms, fastest.batch,
                       fastest.processes, fastest.processes == 1 ? "" : "es", *allowed_ms_)});
      return;
    }
    std::erase_if(tried, [this](const ServingOption& one) {
      return objective_.per_second / one.per_second > kMostInstances;
    });
    if (tried.empty()) {
      sizes_.refused.push_back({&profile, "would take over ten million instances for the rate"});
      return;
    }
    const auto most = static_cast<double>(
        slot_table(product_.geometry, {&profile}).columns.front().holds.front());
    for (ServingOption& one : tried) {
      const double instances = std::ceil(objective_.per_second / one.per_second - 1e-9);
      one.instances = static_cast<unsigned>(instances);
      one.gpus = instances / most;
      one.over = instances * one.per_second / objective_.per_second - 1.0;
    }
    // Of equal throughput the one with the lower latency.
    std::ranges::stable_sort(tried, {}, [](const ServingOption& one) {
      return std::pair(-one.per_second, one.latency_ms);
    });
    sizes_.best.push_back(tried.front());
    sizes_.acceptable.insert(sizes_.acceptable.end(), tried.begin(), tried.end());
  }

  Result<ServingSizes> nothing_does() const {
    const ServingRefusal& largest = sizes_.refused.back();
    return fail(Code::kInfeasible,
                fmt::format("{}: workload {} ({}) reaches its objective on no profile of {}: even "
                            "{} {}",
                            workload_.where, workload_.name, to_string(workload_), product_.id,
                            largest.profile->name, largest.why),
                "allow more latency, or measure smaller batches");
  }

  const mig::Product& product_;
  const Workload& workload_;
  const Objective& objective_;
  std::optional<double> allowed_ms_;
  bool training_ = false, fill_in_ = true;
  std::vector<Row> rows_;
  ServingSizes sizes_;
};

}  // namespace

const ServingRefusal* ServingSizes::next_smaller(const mig::GpuInstanceProfile& profile) const {
  for (auto one = refused.rbegin(); one != refused.rend(); ++one) {
    const bool smaller = std::pair(one->profile->size, one->profile->slices) <
                         std::pair(profile.size, profile.slices);
    if (smaller) return &*one;
  }
  return nullptr;
}

Result<ServingSizes> serving_sizes(const mig::Product& product, const Workload& workload) {
  SEPTET_ASSERT(workload.objective.has_value());
  return Sizer(product, workload).run();
}

}  // namespace septet::plan
