#include "partition/journal_database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/quoted.h"

namespace septet::partition {

namespace {

constexpr const char* kDamaged =
    "keep the file for a look at it (sqlite3 FILE .recover), move it and its -wal away, and "
    "septet starts a new one; the GPUs are not touched by that";
constexpr int kWaitMs = 10'000;
constexpr int kWalTries = 200, kWalPauseMs = 20;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

int bind(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* const number = std::get_if<std::int64_t>(&value))
    return sqlite3_bind_int64(statement, index, *number);
  if (const auto* const text = std::get_if<std::string>(&value)) {
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8);
  }
  if (const auto* const blob = std::get_if<Blob>(&value)) {
    return sqlite3_bind_blob64(statement, index, blob->bytes.data(), blob->bytes.size(),
                               SQLITE_TRANSIENT);
  }
  return sqlite3_bind_null(statement, index);
}

// What to say about a result code, and what to do.
struct SqliteMeaning {
  Code code;
  const char* remedy;
};
SqliteMeaning meaning_of(int code, int os_error) {
  const bool rights = os_error == EACCES || os_error == EPERM || os_error == EROFS;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Code::kBusy, "another process writes in it; try again"};
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH: return {Code::kNoPermission, "run as its owner"};
    case SQLITE_CANTOPEN:
      return rights ? SqliteMeaning{Code::kNoPermission, "run as its owner"}
                    : SqliteMeaning{Code::kUnavailable, "look at the folder it should be in"};
    case SQLITE_FULL: return {Code::kUnavailable, "make room on that disk, and try again"};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return {Code::kUnavailable, kDamaged};
    case SQLITE_IOERR: return {Code::kUnavailable, "look at that disk (full? failing?: dmesg)"};
    default: return {Code::kInternal, ""};
  }
}

// Ours alone (0600) before SQLite sees it; the -wal and -shm beside it take its mode.
Result<> make_file(const std::string& path, std::string_view called) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  const int error = errno;
  struct stat found {};
  const bool regular = file >= 0 && fstat(file, &found) == 0 && S_ISREG(found.st_mode);
  if (file >= 0) close(file);
  if (regular) return {};
  const bool rights = file < 0 && (error == EACCES || error == EPERM || error == EROFS);
  return fail(rights ? Code::kNoPermission : Code::kUnavailable,
              fmt::format("the {} {}: {}", called, path,
                          file < 0 ? std::generic_category().message(error) : "not a plain file"),
              rights ? "run as its owner" : "look at what stands there, and move it away");
}

}  // namespace

bool Row::null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Row::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Row::text(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Database::Database(sqlite3* handle, std::string path, DatabaseKind kind)
    : handle_(handle), path_(std::move(path)), kind_(kind) {}

bool says_damaged(const Error& error) { return error.remedy == kDamaged; }

std::unexpected<Error> Database::failed(int code) const {
  const int os_error = handle_ ? sqlite3_system_errno(handle_.get()) : 0;
  const SqliteMeaning meaning = meaning_of(code, os_error);
  std::string what = fmt::format("the {} {}: {}", kind_.called, path_,
                                 handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code));
  if ((code & 0xff) == SQLITE_IOERR && os_error != 0)
    what += fmt::format(" ({})", std::generic_category().message(os_error));
  return fail(meaning.code, std::move(what), meaning.remedy);
}

Result<Database> Database::open(const std::string& path, const char* schema, int version,
                                const DatabaseKind& kind) {
  const bool memory = path == ":memory:";
  if (!memory) TRY(make_file(path, kind.called));
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE |
                    (memory ? SQLITE_OPEN_CREATE : SQLITE_OPEN_NOFOLLOW);
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database database(handle, path, kind);
  if (code != SQLITE_OK) return database.failed(code);
  sqlite3_busy_timeout(handle, kWaitMs);
  TRY(database.identify(schema, version));
  if (!memory) TRY(database.use_wal());
  TRY(database.script(kind.durable ? "PRAGMA synchronous=FULL;" : "PRAGMA synchronous=NORMAL;"));
  TRY(database.script(
      "PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF;"));
  return database;
}

Result<> Database::script(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failed(code);
  return {};
}

Result<std::int64_t> Database::number(const char* sql) {
  std::int64_t answer = 0;
  TRY(each(sql, {}, [&answer](const Row& row) -> Result<> {
    answer = row.integer(0);
    return {};
  }));
  return answer;
}

// Nothing is written before the file is known to be ours, or empty.
Result<> Database::identify(const char* schema, int version) {
  const auto application = TRY(number("PRAGMA application_id"));
  const auto tables = TRY(number("SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && tables == 0) TRY(make(schema, version));
  if (TRY(number("PRAGMA application_id")) != kind_.application) {
    return fail(Code::kInvalidArgument,
                fmt::format("{} is a database, but not a {} of septet", path_, kind_.called),
                "move it away, or name another folder in SEPTET_STATE_DIR");
  }
  const auto found = TRY(number("PRAGMA user_version"));
  if (found == version) return {};
  return fail(Code::kInvalidArgument,
              fmt::format("the {} {} has version {}, this septet reads {}", kind_.called, path_,
                          found, version),
              "use the septet that wrote it, or move the file away to start a new one");
}

Result<> Database::make(const char* schema, int version) {
  return transact([&]() -> Result<> {
    // Another process may have made it while this one waited.
    if (TRY(number("SELECT count(*) FROM sqlite_schema")) != 0) return {};
    TRY(script(schema));
    return script(
        fmt::format("PRAGMA application_id={}; PRAGMA user_version={};", kind_.application, version)
            .c_str());
  });
}

// The switch needs the file to itself, and SQLite does not wait for that: we do.
Result<> Database::use_wal() {
  std::string mode;
  for (int tries = 1;; ++tries) {
    auto set = each("PRAGMA journal_mode=WAL", {}, [&mode](const Row& row) -> Result<> {
      mode = row.text(0);
      return {};
    });
    if (set && mode == "wal") return {};
    if (!set && (set.error().code != Code::kBusy || tries == kWalTries)) return set;
    if (set) break;
    sqlite3_sleep(kWalPauseMs);
  }
  return fail(Code::kUnavailable,
              fmt::format("the {} {}: this file system cannot share memory between processes",
                          kind_.called, path_),
              "name a folder on a local disk in SEPTET_STATE_DIR");
}

Result<> Database::run(const char* sql, const std::vector<Value>& values) {
  return each(sql, values, [](const Row&) -> Result<> { return {}; });
}

Result<> Database::each(const char* sql, const std::vector<Value>& values, const Each& row) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(handle_.get(), sql, -1, &raw, nullptr);
  const Statement statement(raw);
  for (std::size_t i = 0; code == SQLITE_OK && i < values.size(); ++i)
    code = bind(raw, static_cast<int>(i) + 1, values[i]);
  if (code != SQLITE_OK) return failed(code);
  while ((code = sqlite3_step(raw)) == SQLITE_ROW) TRY(row(Row(raw)));
  if (code != SQLITE_DONE) return failed(code);
  return {};
}

Result<> Database::transact(const std::function<Result<>()>& body) {
  TRY(run("BEGIN IMMEDIATE"));
  auto done = body();
  if (done) done = run("COMMIT");
  // A failed COMMIT may leave the transaction open; what was refused is not to be written later.
  if (!done && sqlite3_get_autocommit(handle_.get()) == 0) (void)run("ROLLBACK");
  return done;
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

Result<> Database::shrink() {
  TRY(run("VACUUM"));
  return run("PRAGMA wal_checkpoint(TRUNCATE)");  // while somebody reads, later
}

Result<> Database::check() {
  std::string said;
  TRY(each("PRAGMA quick_check(1)", {}, [&said](const Row& row) -> Result<> {
    said = row.text(0);
    return {};
  }));
  if (said == "ok") return {};
  return fail(Code::kUnavailable,
              fmt::format("the {} {} is damaged: {}", kind_.called, path_, quoted(said)), kDamaged);
}

}  // namespace septet::partition
