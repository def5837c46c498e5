// What the journal holds, as values.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/quoted.h"
#include "partition/journal.h"
#include "partition/journal_cut.h"

namespace septet::partition {

namespace {

constexpr std::array kEnds = {Ended::kDone,        Ended::kAwaitsReboot, Ended::kRolledBack,
                              Ended::kRefused,     Ended::kStuck,        Ended::kFoundDone,
                              Ended::kFoundUndone, Ended::kUndone,       Ended::kFinished,
                              Ended::kGone,        Ended::kAccepted};

Result<Ended> parse_ended(const std::string& text) {
  const auto found =
      std::ranges::find_if(kEnds, [&text](Ended ended) { return to_string(ended) == text; });
  if (found != kEnds.end()) return *found;
  return fail(Code::kInvalidArgument, fmt::format("a change that ended as {}", quoted(text)),
              "was this journal written by a newer septet?");
}

std::optional<std::int64_t> optional_integer(const Row& row, int column) {
  if (row.null(column)) return std::nullopt;
  return row.integer(column);
}

Result<ChangeRecord> change_of(const Row& row) {
  ChangeRecord change;
  change.id = row.integer(0);
  change.verb = row.text(1);
  change.actor = {row.integer(2), row.text(3), row.integer(4), row.text(5)};
  change.boot = row.text(6);
  change.resets = row.integer(7) != 0;
  change.began_ns = row.integer(8);
  change.ended_ns = optional_integer(row, 9);
  if (!row.null(10)) change.ended = TRY(parse_ended(row.text(10)));
  change.why = row.text(11);
  return change;
}

}  // namespace

std::string_view to_string(Ended ended) {
  switch (ended) {
    case Ended::kDone: return "done";
    case Ended::kAwaitsReboot: return "awaits-reboot";
    case Ended::kRolledBack: return "rolled-back";
    case Ended::kRefused: return "refused";
    case Ended::kStuck: return "stuck";
    case Ended::kFoundDone: return "found-done";
    case Ended::kFoundUndone: return "found-undone";
    case Ended::kUndone: return "undone";
    case Ended::kFinished: return "finished";
    case Ended::kGone: return "gone";
    case Ended::kAccepted: return "accepted";
  }
  std::unreachable();
}

Result<std::vector<ChangeRecord>> Journal::read(const std::string& condition,
                                                const std::vector<Value>& values, bool steps) {
  std::vector<ChangeRecord> changes;
  const std::string sql =
      "SELECT id, verb, uid, user, pid, command, boot, resets, began_ns, ended_ns, how, why "
      "FROM change WHERE " +
      condition;
  const auto rows = database_.each(sql.c_str(), values, [&changes](const Row& row) -> Result<> {
    changes.push_back(TRY(change_of(row)));
    return {};
  });
  if (!rows) return std::unexpected(rows.error());
  for (ChangeRecord& change : changes) {
    if (auto cuts = read_cuts(change); !cuts) {
      return fail_because(std::move(cuts).error(),
                          fmt::format("change {} in the journal {}", change.id, path()),
                          "look at it with sqlite3; septet does not guess what was meant");
    }
    if (steps) TRY(read_steps(change));
  }
  return changes;
}

Result<> Journal::read_cuts(ChangeRecord& change) {
  return database_.each("SELECT before, after FROM change_gpu WHERE change=?1 ORDER BY position",
                        {change.id}, [&change](const Row& row) -> Result<> {
                          change.from.push_back(TRY(parse_cut(row.text(0))));
                          change.to.push_back(TRY(parse_cut(row.text(1))));
                          if (change.from.back().uuid == change.to.back().uuid) return {};
                          return fail(Code::kInvalidArgument,
                                      "a recorded change goes from one GPU to another");
                        });
}

Result<> Journal::read_steps(ChangeRecord& change) {
  return database_.each(
      "SELECT run, gpu, way, round, number, attempt, text, intended_ns, ended_ns, failure "
      "FROM step WHERE change=?1 ORDER BY id",
      {change.id}, [&change](const Row& row) -> Result<> {
        StepRecord step;
        step.run = static_cast<unsigned>(row.integer(0));
        step.gpu = static_cast<std::uint32_t>(row.integer(1));
        step.way = row.text(2);
        step.round = static_cast<unsigned>(row.integer(3));
        step.number = static_cast<unsigned>(row.integer(4));
        step.attempt = static_cast<unsigned>(row.integer(5));
        step.text = row.text(6);
        step.intended_ns = row.integer(7);
        step.ended_ns = optional_integer(row, 8);
        if (!row.null(9)) step.failure = row.text(9);
        change.steps.push_back(std::move(step));
        return {};
      });
}

Result<std::vector<plan::GpuCut>> Journal::wanted() {
  const std::lock_guard guard(mutex_);
  std::vector<plan::GpuCut> cuts;
  auto read = database_.each("SELECT cut FROM wanted WHERE node=?1 ORDER BY uuid", {context_.node},
                             [&cuts](const Row& row) -> Result<> {
                               cuts.push_back(TRY(parse_cut(row.text(0))));
                               return {};
                             });
  if (!read) {
    return fail_because(std::move(read).error(),
                        fmt::format("the wanted layouts in the journal {}", path()),
                        "apply the layout you want again, or look at it with sqlite3");
  }
  return cuts;
}

Result<std::vector<ChangeRecord>> Journal::changes(std::size_t most) {
  const std::lock_guard guard(mutex_);
  const std::int64_t limit = most == 0 ? -1 : static_cast<std::int64_t>(most);
  return read("node=?1 ORDER BY id DESC LIMIT ?2", {context_.node, limit}, true);
}

Result<ChangeRecord> Journal::change(std::int64_t id) {
  const std::lock_guard guard(mutex_);
  auto found = TRY(read("node=?1 AND id=?2", {context_.node, id}, true));
  if (!found.empty()) return std::move(found[0]);
  return fail(Code::kNotFound, fmt::format("the journal has no change {} of this node", id),
              "septet history lists them");
}

Result<std::vector<ChangeRecord>> Journal::unfinished() {
  const std::lock_guard guard(mutex_);
  return read("node=?1 AND ended_ns IS NULL ORDER BY id", {context_.node}, true);
}

Result<std::vector<ChangeRecord>> Journal::since(std::int64_t first) {
  const std::lock_guard guard(mutex_);
  return read("node=?1 AND id>=?2 ORDER BY id", {context_.node, first}, false);
}

Result<std::optional<RebootNote>> Journal::reboot() {
  const std::lock_guard guard(mutex_);
  std::optional<RebootNote> note;
  TRY(database_.each("SELECT wanted, boot, asked_ns FROM reboot WHERE node=?1", {context_.node},
                     [&note](const Row& row) -> Result<> {
                       note = RebootNote{row.text(0), row.text(1), row.integer(2)};
                       return {};
                     }));
  return note;
}

}  // namespace septet::partition
