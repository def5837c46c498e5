// metrics/history.h — the last day of a node: a bounded file of activity, memory, power and
// layouts.
//
// Samples of each second are averaged into steps of ten; a step is one row per GPU. What is older
// than a day goes, and so does the oldest when the file is full.
// Durable. The file may lose its last seconds in a power cut, and stays sound. One that is not
// sound
//          is moved aside (FILE.damaged) and a new one begun.
// Bounded. The database stays within `most_bytes`, its write-ahead log within 1 MiB beside it.
// Threads. Safe: one may sample while others read.
// Errors.  Of open(): kBusy (another agent writes in it, who), kInvalidArgument (not a history of
//          septet), kNoPermission. After that writing never fails for the caller: a full disk is
//          said once, sampling goes on, and so does writing when there is room again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "metrics/history_lock.h"
#include "metrics/history_series.h"
#include "metrics/snapshot.h"
#include "partition/journal_database.h"

namespace septet::metrics {

struct HistoryOptions {
  std::int64_t most_bytes = std::int64_t{64} << 20;
  std::int64_t keep_s = 86'400;
  std::int64_t step_s = 10;
};
using Say = std::function<void(const std::string&)>;  // lines for people

class History {
 public:
  static Result<std::unique_ptr<History>> open(const std::string& path,
                                               const HistoryOptions& options, Say say);
  ~History();  // writes the step that is not over yet
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  // The node at `now_ms` (since 1970). GPUs that cannot be read are left out.
  void sample(const mig::Node& node, std::int64_t now_ms);
  // The `minutes` before `now_ms`, at most those that are kept; `gpu`: only that UUID. Up to a step
  // before now.
  Result<Series> series(std::int64_t minutes, const std::optional<std::string>& gpu,
                        std::int64_t now_ms);
  HistoryHealth health();

 private:
  History(std::string path, const HistoryOptions& options, Say say, HistoryLock lock)
      : path_(std::move(path)), options_(options), say_(std::move(say)), lock_(std::move(lock)) {}

  struct InstanceKey {
    std::string uuid, profile;
    std::uint8_t start = 0, size = 0;
    friend auto operator<=>(const InstanceKey&, const InstanceKey&) = default;
  };
  struct Means {
    Mean sm, memory, memory_used_mib, power_mw;
  };
  struct Collected {
    Means whole;
    std::map<InstanceKey, Means> instances;
  };

  Result<> begin();
  void move_aside(const Error& error);
  void collect(const mig::Gpu& gpu, std::int64_t now_ms);
  void write_step();
  Result<> try_write();
  Result<> insert_rows();
  Result<> insert_layouts();
  Result<> forget_old();
  Result<> stay_small();
  Result<std::int64_t> gpu_number(const std::string& uuid);
  Result<std::int64_t> instance_number(std::int64_t gpu, const InstanceKey& key);
  Result<> read_rows(Series& series, std::int64_t first, std::int64_t stride,
                     const std::optional<std::string>& gpu);
  Result<> read_layouts(Series& series, const std::optional<std::string>& gpu);
  Result<> read_last_layouts();

  std::mutex mutex_;
  std::string path_;
  HistoryOptions options_;
  Say say_;
  HistoryLock lock_;
  std::optional<partition::Database> database_;  // nullopt: cannot be opened just now
  std::int64_t step_ = -1;                       // that is being collected
  std::map<std::string, Collected> collected_;   // by GPU UUID
  std::map<std::string, std::string> layouts_;   // the last one, by GPU UUID
  std::vector<LayoutThen> unwritten_;            // layouts
  std::map<std::string, std::int64_t> gpu_numbers_;
  std::map<std::pair<std::int64_t, InstanceKey>, std::int64_t> instance_numbers_;
  std::int64_t steps_written_ = 0;
  HistoryHealth health_;
};

}  // namespace septet::metrics
