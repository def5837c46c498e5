#include "lab/evidence/slice_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "mig/profile_name.h"

namespace septet::lab::evidence {

namespace {

void sort_by_size(std::vector<TimedProfile>& timed) {
  std::ranges::sort(timed, {}, [](const TimedProfile& one) {
    return std::tuple(one.profile->size, one.profile->slices, one.processes);
  });
}

}  // namespace

void add_measured(SliceTable& table, const std::string& workload, const plan::Measured& measured) {
  std::map<unsigned, Series> by_batch;
  for (const plan::Measurement& row : measured.rows) {
    const auto profile = mig::match_profile(table.product->geometry, row.profile);
    if (row.per_second <= 0.0 || !profile) continue;
    const auto share = plan::share_of(*table.product, **profile);
    if (!share) continue;
    Series& series = by_batch[row.batch];
    std::vector<TimedProfile>& into = row.processes == 1 ? series.alone : series.shared;
    into.push_back({*profile, row.processes, *share,
                    static_cast<double>(row.batch) * row.processes / row.per_second});
  }
  for (auto& [batch, series] : by_batch) {
    series.workload = workload;
    series.batch = batch;
    sort_by_size(series.alone);
    sort_by_size(series.shared);
    table.series.push_back(std::move(series));
  }
}

const Series* find_series(const SliceTable& table, std::string_view workload, unsigned batch) {
  const auto found = std::ranges::find_if(table.series, [&](const Series& one) {
    return one.workload == workload && one.batch == batch;
  });
  return found == table.series.end() ? nullptr : &*found;
}

const TimedProfile* find_slices(const std::vector<TimedProfile>& timed, unsigned slices,
                                unsigned processes) {
  const auto found = std::ranges::find_if(timed, [&](const TimedProfile& one) {
    return one.profile->slices == slices && one.processes == processes;
  });
  return found == timed.end() ? nullptr : &*found;
}

std::string batch_text(const Series& series) {
  return fmt::format("{}, batch {}", series.workload, series.batch);
}

}  // namespace septet::lab::evidence
