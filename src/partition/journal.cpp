#include "partition/journal.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "partition/journal_cut.h"
#include "partition/journal_schema.h"

namespace septet::partition {

namespace {

// FNV-1a: a short name for a lock file, nothing secret.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

}  // namespace

bool reached_target(Ended ended) {
  return ended == Ended::kDone || ended == Ended::kAwaitsReboot || ended == Ended::kFoundDone ||
         ended == Ended::kFinished;
}

// One run of apply() over a change.
class JournalRecorder final : public Recorder {
 public:
  JournalRecorder(Journal& journal, std::int64_t change, std::int64_t run)
      : journal_(journal), change_(change), run_(run) {}

  Result<> intend(const plan::Step& step, const Attempt& attempt) override {
    const std::lock_guard guard(journal_.mutex_);
    std::vector<Value> values = key(step, attempt);
    values.emplace_back(plan::to_string(step));
    values.emplace_back(journal_.context_.clock());
    return journal_.database_.run(
        "INSERT INTO step(change, run, gpu, way, round, number, attempt, text, intended_ns) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        values);
  }

  Result<> outcome(const plan::Step& step, const Attempt& attempt, const Result<>& done) override {
    const std::lock_guard guard(journal_.mutex_);
    std::vector<Value> values = key(step, attempt);
    values.emplace_back(journal_.context_.clock());
    values.emplace_back(done ? Value(nullptr) : Value(done.error().describe()));
    return journal_.database_.run(
        "UPDATE step SET ended_ns=?8, failure=?9 WHERE change=?1 AND run=?2 AND gpu=?3 AND way=?4 "
        "AND round=?5 AND number=?6 AND attempt=?7",
        values);
  }

 private:
  std::vector<Value> key(const plan::Step& step, const Attempt& attempt) const {
    return {change_,
            run_,
            std::int64_t{step.gpu},
            std::string(to_string(attempt.way)),
            std::int64_t{attempt.round},
            static_cast<std::int64_t>(attempt.number),
            std::int64_t{attempt.attempt}};
  }

  Journal& journal_;
  std::int64_t change_, run_;
};

Journal::Journal(Database database, std::string lock_path, JournalContext context)
    : database_(std::move(database)),
      lock_path_(std::move(lock_path)),
      context_(std::move(context)) {}

Result<std::unique_ptr<Journal>> Journal::open(const std::string& directory,
                                               JournalContext context) {
  auto database = TRY(Database::open(directory + "/journal.db", kJournalSchema, kJournalVersion));
  const std::string name = context.node == "hardware"
                               ? std::string("lock")
                               : fmt::format("lock-{:016x}", hash_of(context.node));
  std::unique_ptr<Journal> journal(
      new Journal(std::move(database), directory + "/" + name, std::move(context)));
  bool crashed = false;
  TRY(journal->database_.each("SELECT 1 FROM change WHERE ended_ns IS NULL LIMIT 1", {},
                              [&crashed](const Row&) -> Result<> {
                                crashed = true;
                                return {};
                              }));
  if (crashed) TRY(journal->database_.check());
  return journal;
}

Result<std::unique_ptr<Journal>> Journal::in_memory(JournalContext context) {
  auto database = TRY(Database::open(":memory:", kJournalSchema, kJournalVersion));
  return std::unique_ptr<Journal>(new Journal(std::move(database), "", std::move(context)));
}

Result<ChangeLock> Journal::lock(int wait_ms) {
  return ChangeLock::acquire(lock_path_, context_.actor, context_.clock(), wait_ms);
}

Result<> Journal::check_free(const plan::Plan& plan) {
  std::set<std::string> uuids;
  for (const plan::GpuCut& from : plan.from) uuids.insert(from.uuid);
  const auto open = TRY(read("ended_ns IS NULL AND node=?1 ORDER BY id", {context_.node}, false));
  for (const ChangeRecord& change : open) {
    for (const plan::GpuCut& from : change.from) {
      if (!uuids.contains(from.uuid)) continue;
      return fail(Code::kConflict,
                  fmt::format("change {} ({}, since {}) of GPU {} was never brought to an end",
                              change.id, change.verb, utc_text(change.began_ns), from.gpu),
                  "septet recover finishes or undoes it");
    }
  }
  return {};
}

Result<> Journal::insert_change(std::string_view verb, const plan::Plan& plan) {
  const Actor& actor = context_.actor;
  TRY(database_.run(
      "INSERT INTO change(node, verb, uid, user, pid, command, boot, resets, began_ns) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      {context_.node, std::string(verb), actor.uid, actor.user, actor.pid, actor.command,
       context_.boot, std::int64_t{plan.needs_reset()}, context_.clock()}));
  return {};
}

Result<std::int64_t> Journal::begin(const ChangeLock&, std::string_view verb,
                                    const plan::Plan& plan) {
  SEPTET_ASSERT(plan.from.size() == plan.to.size());
  const std::lock_guard guard(mutex_);
  std::int64_t id = 0;
  const auto written = database_.transact([&]() -> Result<> {
    TRY(check_free(plan));
    TRY(insert_change(verb, plan));
    id = database_.last_id();
    for (std::size_t i = 0; i < plan.from.size(); ++i) {
      TRY(
          database_.run("INSERT INTO change_gpu(change, position, uuid, before, after) "
                        "VALUES(?1, ?2, ?3, ?4, ?5)",
                        {id, static_cast<std::int64_t>(i), plan.from[i].uuid,
                         cut_text(plan.from[i]), cut_text(plan.to[i])}));
    }
    return {};
  });
  if (!written) return std::unexpected(written.error());
  return id;
}

Result<std::unique_ptr<Recorder>> Journal::recorder(std::int64_t change) {
  const std::lock_guard guard(mutex_);
  std::int64_t runs = 0;
  TRY(database_.each("SELECT ifnull(max(run), 0) FROM step WHERE change=?1", {change},
                     [&runs](const Row& row) -> Result<> {
                       runs = row.integer(0);
                       return {};
                     }));
  return std::make_unique<JournalRecorder>(*this, change, runs + 1);
}

Result<> Journal::end(std::int64_t change, Ended how, std::string_view why,
                      const std::vector<plan::GpuCut>& reached) {
  const std::lock_guard guard(mutex_);
  return database_.transact([&]() -> Result<> {
    const Value now = how == Ended::kStuck ? Value(nullptr) : Value(context_.clock());
    TRY(database_.run("UPDATE change SET ended_ns=?2, how=?3, why=?4 WHERE id=?1",
                      {change, now, std::string(to_string(how)), std::string(why)}));
    if (!reached_target(how)) return {};
    const auto ended = TRY(read("id=?1", {change}, false));
    SEPTET_ASSERT(ended.size() == 1);
    if (ended[0].verb == kPassingVerb) return {};
    return write_want(reached.empty() ? ended[0].to : reached);
  });
}

Result<> Journal::write_want(const std::vector<plan::GpuCut>& cuts) {
  for (const plan::GpuCut& cut : cuts) {
    TRY(
        database_.run("INSERT INTO wanted(node, uuid, cut, since_ns) VALUES(?1, ?2, ?3, ?4) "
                      "ON CONFLICT(node, uuid) DO UPDATE SET cut=?3, since_ns=?4 WHERE cut<>?3",
                      {context_.node, cut.uuid, cut_text(cut), context_.clock()}));
  }
  return {};
}

Result<> Journal::want(const std::vector<plan::GpuCut>& cuts) {
  const std::lock_guard guard(mutex_);
  return database_.transact([&] { return write_want(cuts); });
}

Result<> Journal::forget(const std::vector<std::string>& uuids) {
  const std::lock_guard guard(mutex_);
  return database_.transact([&]() -> Result<> {
    for (const std::string& uuid : uuids)
      TRY(database_.run("DELETE FROM wanted WHERE node=?1 AND uuid=?2", {context_.node, uuid}));
    return {};
  });
}

Result<> Journal::note_reboot(const std::string& wanted) {
  const std::lock_guard guard(mutex_);
  return database_.run(
      "INSERT INTO reboot(node, wanted, boot, asked_ns) VALUES(?1, ?2, ?3, ?4) "
      "ON CONFLICT(node) DO UPDATE SET wanted=?2, boot=?3, asked_ns=?4",
      {context_.node, wanted, context_.boot, context_.clock()});
}

Result<> Journal::clear_reboot() {
  const std::lock_guard guard(mutex_);
  return database_.run("DELETE FROM reboot WHERE node=?1", {context_.node});
}

}  // namespace septet::partition
