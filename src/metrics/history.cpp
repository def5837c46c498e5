#include "metrics/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "metrics/history_schema.h"

namespace septet::metrics {

namespace {

namespace fs = std::filesystem;
using partition::Blob;
using partition::Database;
using partition::Row;
using partition::Value;

constexpr partition::DatabaseKind kHistoryKind{"history", 0x53455048, false};  // "SEPH"
constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kStepsBetweenForgetting = 30;
constexpr std::size_t kMostUnwrittenLayouts = 1000;
constexpr const char* kWalSize = "PRAGMA journal_size_limit=1048576";
constexpr const char* kWalPages = "PRAGMA wal_autocheckpoint=64";

// The file's header says that it is SQLite's, and septet's history.
bool is_ours(const std::string& path) {
  std::array<char, 72> header{};
  std::ifstream file(path, std::ios::binary);
  file.read(header.data(), header.size());
  const std::string_view text(header.data(), header.size());
  return file.gcount() == static_cast<std::streamsize>(header.size()) &&
         text.starts_with("SQLite format 3") && text.substr(68, 4) == "SEPH";
}

std::int64_t size_of(const std::string& path) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  return failed ? 0 : static_cast<std::int64_t>(size);
}

}  // namespace

Result<std::unique_ptr<History>> History::open(const std::string& path,
                                               const HistoryOptions& options, Say say) {
  auto lock = TRY(HistoryLock::acquire(path));
  const bool was_here = lock.was_here();
  std::unique_ptr<History> history(new History(path, options, std::move(say), std::move(lock)));
  auto begun = history->begin();
  if (!begun && partition::says_damaged(begun.error())) {
    // Somebody else's file is left alone, whatever it is.
    if (!was_here && !is_ours(path))
      return fail(Code::kInvalidArgument, fmt::format("{} is not a history of septet", path),
                  "name another file with --history");
    history->move_aside(begun.error());
    begun = history->begin();
  }
  if (!begun && begun.error().code != Code::kUnavailable) return std::unexpected(begun.error());
  if (!begun) {
    history->health_.failing = true;
    history->say_(
        fmt::format("history: {}; it begins when that is over", begun.error().describe()));
  }
  return history;
}

History::~History() {
  const std::lock_guard guard(mutex_);
  if (!collected_.empty()) write_step();
}

Result<> History::begin() {
  auto database = TRY(Database::open(path_, kHistorySchema, kHistoryVersion, kHistoryKind));
  TRY(database.check());
  TRY(database.run(kWalSize));
  TRY(database.run(kWalPages));
  const std::int64_t page = TRY(database.number("PRAGMA page_size"));
  TRY(database.run(
      fmt::format("PRAGMA max_page_count={}", options_.most_bytes / std::max<std::int64_t>(page, 1))
          .c_str()));
  database_ = std::move(database);
  return read_last_layouts();
}

Result<> History::read_last_layouts() {
  return database_->each("SELECT gpu, cut, max(time_ms) FROM layout GROUP BY gpu", {},
                         [this](const Row& row) -> Result<> {
                           layouts_.emplace(row.text(0),
                                            row.text(1));  // what was seen since is newer
                           return {};
                         });
}

void History::move_aside(const Error& error) {
  database_.reset();
  gpu_numbers_.clear();
  instance_numbers_.clear();
  layouts_.clear();
  std::error_code failed;
  fs::rename(path_, path_ + ".damaged", failed);
  say_(fmt::format("history: {}\n  {}", error.what,
                   failed ? fmt::format("it cannot be moved aside: {}", failed.message())
                          : fmt::format("it is {}.damaged now, and a new one begins", path_)));
  for (const char* const beside : {"-wal", "-shm"}) fs::remove(path_ + beside, failed);
}

void History::collect(const mig::Gpu& gpu, std::int64_t now_ms) {
  Collected& collected = collected_[gpu.uuid];
  const auto add = [](Means& means, const mig::Usage& usage) {
    means.sm.add(usage.sm_percent);
    means.memory.add(usage.memory_percent);
    if (usage.memory_used_mib)
      means.memory_used_mib.add(static_cast<std::uint32_t>(*usage.memory_used_mib));
  };
  add(collected.whole, gpu.usage);
  collected.whole.power_mw.add(gpu.power_mw);
  for (const mig::GpuInstance& instance : gpu.instances)
    add(collected.instances[{instance.compute.empty() ? "" : instance.compute[0].uuid,
                             instance.name, instance.at.start, instance.at.size}],
        instance.usage);
  std::string cut = layout_text(gpu);
  if (layouts_[gpu.uuid] == cut) return;
  if (unwritten_.size() < kMostUnwrittenLayouts) unwritten_.push_back({now_ms, gpu.uuid, cut});
  layouts_[gpu.uuid] = std::move(cut);
}

void History::sample(const mig::Node& node, std::int64_t now_ms) {
  const std::lock_guard guard(mutex_);
  const std::int64_t step = now_ms / (options_.step_s * kMsPerSecond);
  if (step != step_ && !collected_.empty()) write_step();
  step_ = step;
  for (const mig::Gpu& gpu : node.gpus)
    if (!gpu.problem && !gpu.uuid.empty()) collect(gpu, now_ms);
}

// Said once when it begins and once when it is over.
void History::write_step() {
  auto done = try_write();
  if (!done && partition::says_damaged(done.error())) {
    move_aside(done.error());
    done = try_write();
  }
  const bool failing = !done;
  if (failing) {
    health_.lost += collected_.size();
    gpu_numbers_.clear();  // what was numbered in the transaction is numbered no more
    instance_numbers_.clear();
    if (!health_.failing)
      say_(fmt::format("history: {}\n  sampling goes on; nothing is kept until it can be written",
                       done.error().describe()));
  } else {
    health_.written_s = static_cast<double>((step_ + 1) * options_.step_s);
    if (health_.failing)
      say_(fmt::format("history: {} is written again; {} rows were lost", path_, health_.lost));
    unwritten_.clear();
  }
  health_.failing = failing;
  collected_.clear();
}

Result<> History::try_write() {
  if (!database_) TRY(begin());
  TRY(stay_small());
  const auto rows = [this]() -> Result<> {
    TRY(insert_rows());
    TRY(insert_layouts());
    if (steps_written_ % kStepsBetweenForgetting == 0) return forget_old();
    return {};
  };
  TRY(database_->transact(rows));
  ++steps_written_;
  return {};
}

Result<> History::insert_rows() {
  for (const auto& [uuid, collected] : collected_) {
    const std::int64_t gpu = TRY(gpu_number(uuid));
    GpuRow row{collected.whole.sm.value(),
               collected.whole.memory.value(),
               collected.whole.memory_used_mib.value(),
               collected.whole.power_mw.value(),
               {}};
    for (const auto& [key, means] : collected.instances) {
      const std::int64_t number = TRY(instance_number(gpu, key));
      row.instances.push_back({static_cast<std::uint64_t>(number), means.sm.value(),
                               means.memory.value(), means.memory_used_mib.value()});
    }
    TRY(database_->run("INSERT OR REPLACE INTO sample(step, gpu, row) VALUES(?1, ?2, ?3)",
                       {step_, gpu, Blob{encode(row)}}));
  }
  return {};
}

Result<> History::insert_layouts() {
  for (const LayoutThen& layout : unwritten_)
    TRY(database_->run("INSERT OR REPLACE INTO layout(time_ms, gpu, cut) VALUES(?1, ?2, ?3)",
                       {layout.time_ms, layout.gpu, layout.cut}));
  return {};
}

Result<std::int64_t> History::gpu_number(const std::string& uuid) {
  if (const auto known = gpu_numbers_.find(uuid); known != gpu_numbers_.end()) return known->second;
  TRY(database_->run("INSERT OR IGNORE INTO gpu(uuid) VALUES(?1)", {uuid}));
  TRY(database_->each("SELECT id FROM gpu WHERE uuid=?1", {uuid}, [&](const Row& row) -> Result<> {
    gpu_numbers_[uuid] = row.integer(0);
    return {};
  }));
  return gpu_numbers_[uuid];
}

Result<std::int64_t> History::instance_number(std::int64_t gpu, const InstanceKey& key) {
  const auto place = std::pair(gpu, key);
  if (const auto known = instance_numbers_.find(place); known != instance_numbers_.end())
    return known->second;
  const std::vector<Value> values = {
      gpu, key.uuid, key.profile, std::int64_t{key.start}, std::int64_t{key.size}, step_};
  TRY(
      database_->run("INSERT INTO instance(gpu, uuid, profile, start, size, seen) "
                     "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET seen=?6",
                     values));
  TRY(
      database_->each("SELECT id FROM instance WHERE gpu=?1 AND uuid=?2 AND profile=?3 AND "
                      "start=?4 AND size=?5",
                      {values.begin(), values.begin() + 5}, [&](const Row& row) -> Result<> {
                        instance_numbers_[place] = row.integer(0);
                        return {};
                      }));
  return instance_numbers_[place];
}

// By age. Of each GPU the last layout before that stays: it was in force at the beginning.
Result<> History::forget_old() {
  const std::int64_t first = step_ - options_.keep_s / options_.step_s;
  for (const auto& [uuid, collected] : collected_) {
    const std::int64_t gpu = TRY(gpu_number(uuid));
    for (const auto& [key, means] : collected.instances) {
      const std::int64_t number = TRY(instance_number(gpu, key));
      TRY(database_->run("UPDATE instance SET seen=?2 WHERE id=?1", {number, step_}));
    }
  }
  TRY(database_->run("DELETE FROM sample WHERE step < ?1", {first}));
  TRY(database_->run("DELETE FROM instance WHERE seen < ?1", {first - kStepsBetweenForgetting}));
  return database_->run(
      "DELETE FROM layout WHERE time_ms < ?1 AND time_ms < "
      "(SELECT max(l.time_ms) FROM layout l WHERE l.gpu = layout.gpu AND l.time_ms < ?1)",
      {first * options_.step_s * kMsPerSecond});
}

// A sixteenth of the time goes when fifteen sixteenths of the room are used.
Result<> History::stay_small() {
  const std::int64_t page = TRY(database_->number("PRAGMA page_size"));
  const std::int64_t pages = TRY(database_->number("PRAGMA page_count"));
  const std::int64_t unused = TRY(database_->number("PRAGMA freelist_count"));
  if ((pages - unused) * page < options_.most_bytes / 16 * 15) return {};
  const std::int64_t first = TRY(database_->number("SELECT min(step) FROM sample"));
  const std::int64_t last = TRY(database_->number("SELECT max(step) FROM sample"));
  const std::int64_t upto = first + std::max<std::int64_t>((last - first) / 16, 1);
  TRY(database_->run("DELETE FROM sample WHERE step < ?1", {upto}));
  return database_->run("DELETE FROM instance WHERE seen < ?1", {upto - kStepsBetweenForgetting});
}

HistoryHealth History::health() {
  const std::lock_guard guard(mutex_);
  health_.bytes = static_cast<std::uint64_t>(size_of(path_) + size_of(path_ + "-wal"));
  return health_;
}

}  // namespace septet::metrics
