// metrics/history_query.cpp — how the history's rows become series of points.
#include <algorithm>
#include <map>

#include "metrics/history.h"

namespace septet::metrics {

namespace {

using partition::Row;

constexpr std::int64_t kSecondsPerMinute = 60, kMsInSecond = 1000;

struct KnownInstance {
  std::string uuid, profile;
  mig::Placement at;
};

// Rows come by time: what belongs to one point is averaged, then the next point begins.
class Points {
 public:
  Points(Series& series, const std::map<std::int64_t, std::string>& gpus,
         const std::map<std::uint64_t, KnownInstance>& instances)
      : series_(series), gpus_(gpus), known_(instances) {}

  void add(std::size_t point, std::int64_t gpu, const GpuRow& row) {
    if (point != point_) finish();
    point_ = point;
    GpuMeans& means = means_[gpu];
    means.sm.add(row.sm);
    means.memory.add(row.memory);
    means.used.add(row.memory_used_mib);
    means.power.add(row.power_mw);
    for (const InstanceRow& instance : row.instances) {
      InstanceMeans& of = means.instances[instance.instance];
      of.sm.add(instance.sm);
      of.memory.add(instance.memory);
      of.used.add(instance.memory_used_mib);
    }
  }

  void finish() {
    for (const auto& [number, means] : means_) {
      GpuSeries& gpu = series_of(number);
      gpu.sm[point_] = means.sm.value();
      gpu.memory[point_] = means.memory.value();
      gpu.memory_used_mib[point_] = means.used.value();
      gpu.power_mw[point_] = means.power.value();
      for (const auto& [instance, of] : means.instances) {
        InstanceSeries* const series = series_of(gpu, number, instance);
        if (series == nullptr) continue;
        series->sm[point_] = of.sm.value();
        series->memory[point_] = of.memory.value();
        series->memory_used_mib[point_] = of.used.value();
      }
    }
    means_.clear();
  }

 private:
  struct InstanceMeans {
    Mean sm, memory, used;
  };
  struct GpuMeans {
    Mean sm, memory, used, power;
    std::map<std::uint64_t, InstanceMeans> instances;
  };

  GpuSeries& series_of(std::int64_t number) {
    const auto found = places_.find(number);
    if (found != places_.end()) return series_.gpus[found->second];
    places_[number] = series_.gpus.size();
    GpuSeries& gpu = series_.gpus.emplace_back();
    const auto name = gpus_.find(number);
    if (name != gpus_.end()) gpu.uuid = name->second;
    for (auto* const list : {&gpu.sm, &gpu.memory, &gpu.memory_used_mib, &gpu.power_mw})
      list->resize(series_.points);
    return gpu;
  }

  // nullptr: nobody knows what it was.
  InstanceSeries* series_of(GpuSeries& gpu, std::int64_t number, std::uint64_t instance) {
    auto& places = instance_places_[number];
    const auto found = places.find(instance);
    if (found != places.end()) return &gpu.instances[found->second];
    const auto known = known_.find(instance);
    if (known == known_.end()) return nullptr;
    if (gpu.instances.size() == kMostInstances) {
      gpu.instances.erase(gpu.instances.begin());
      std::erase_if(places, [](const auto& place) { return place.second == 0; });
      for (auto& [id, place] : places) --place;
    }
    places[instance] = gpu.instances.size();
    InstanceSeries& series = gpu.instances.emplace_back();
    series.uuid = known->second.uuid;
    series.profile = known->second.profile;
    series.at = known->second.at;
    for (auto* const list : {&series.sm, &series.memory, &series.memory_used_mib})
      list->resize(series_.points);
    return &series;
  }

  Series& series_;
  const std::map<std::int64_t, std::string>& gpus_;
  const std::map<std::uint64_t, KnownInstance>& known_;
  std::size_t point_ = 0;
  std::map<std::int64_t, GpuMeans> means_;
  std::map<std::int64_t, std::size_t> places_;
  std::map<std::int64_t, std::map<std::uint64_t, std::size_t>> instance_places_;
};

}  // namespace

Result<> History::read_rows(Series& series, std::int64_t first, std::int64_t stride,
                            const std::optional<std::string>& gpu) {
  std::map<std::int64_t, std::string> gpus;
  TRY(database_->each("SELECT id, uuid FROM gpu", {}, [&](const Row& row) -> Result<> {
    gpus[row.integer(0)] = row.text(1);
    return {};
  }));
  std::map<std::uint64_t, KnownInstance> instances;
  TRY(database_->each(
      "SELECT id, uuid, profile, start, size FROM instance", {}, [&](const Row& row) -> Result<> {
        instances[static_cast<std::uint64_t>(row.integer(0))] = {
            row.text(1),
            row.text(2),
            {static_cast<std::uint8_t>(row.integer(3)), static_cast<std::uint8_t>(row.integer(4))}};
        return {};
      }));
  Points points(series, gpus, instances);
  const auto last = first + static_cast<std::int64_t>(series.points) * stride;
  TRY(
      database_->each("SELECT step, gpu, row FROM sample WHERE step >= ?1 AND step < ?2 AND "
                      "(?3 IS NULL OR gpu = (SELECT id FROM gpu WHERE uuid = ?3)) ORDER BY step",
                      {first, last, gpu ? partition::Value(*gpu) : partition::Value(nullptr)},
                      [&](const Row& row) -> Result<> {
                        const auto decoded = decode(row.text(2));
                        if (decoded)
                          points.add(static_cast<std::size_t>((row.integer(0) - first) / stride),
                                     row.integer(1), *decoded);
                        return {};
                      }));
  points.finish();
  return {};
}

// Those that began in the time asked for, and of each GPU the one that was in force before.
Result<> History::read_layouts(Series& series, const std::optional<std::string>& gpu) {
  return database_->each(
      "SELECT time_ms, gpu, cut FROM layout WHERE (?2 IS NULL OR gpu = ?2) AND time_ms >= "
      "coalesce((SELECT max(l.time_ms) FROM layout l WHERE l.gpu = layout.gpu AND "
      "l.time_ms <= ?1), ?1) ORDER BY time_ms, gpu",
      {series.from_ms, gpu ? partition::Value(*gpu) : partition::Value(nullptr)},
      [&series](const Row& row) -> Result<> {
        series.layouts.push_back({row.integer(0), row.text(1), row.text(2)});
        return {};
      });
}

Result<Series> History::series(std::int64_t minutes, const std::optional<std::string>& gpu,
                               std::int64_t now_ms) {
  const std::lock_guard guard(mutex_);
  if (minutes < 1)
    return fail(Code::kInvalidArgument, "a history of less than one minute was asked for",
                "ask for 1 minute or more");
  if (!database_)
    return fail(Code::kUnavailable, "the history " + path_ + " cannot be opened just now",
                "look at what the agent says of it");
  const std::int64_t seconds =
      std::min(minutes, options_.keep_s / kSecondsPerMinute) * kSecondsPerMinute;
  const std::int64_t steps = std::max<std::int64_t>(seconds / options_.step_s, 1);
  const auto most = static_cast<std::int64_t>(kMostPoints);
  const std::int64_t stride = (steps + most - 1) / most;
  const std::int64_t last = now_ms / kMsInSecond / options_.step_s;
  Series series;
  series.points = static_cast<std::size_t>((steps + stride - 1) / stride);
  // Aligned, so that asking again a moment later shows the same points.
  const std::int64_t first =
      (last / stride + 1 - static_cast<std::int64_t>(series.points)) * stride;
  series.from_ms = first * options_.step_s * kMsInSecond;
  series.step_s = stride * options_.step_s;
  TRY(read_rows(series, first, stride, gpu));
  TRY(read_layouts(series, gpu));
  return series;
}

}  // namespace septet::metrics
