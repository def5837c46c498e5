// partition/journal_database.h — the little of SQLite that the journal, and the history of
// metrics/, use, with errors as values.
//
// Durable. WAL with synchronous FULL: a write that returned survives a kill and a power cut. A kind
//          of file that may lose its last seconds says so, and is then as sound after a power cut.
// Threads. Safe, one statement at a time; a Transaction is the caller's to serialize.
// Errors.  Name the file, what SQLite said and the remedy. kNoPermission, kBusy (another process
//          writes for longer than 10 s), kInvalidArgument (not a septet journal, or a newer one),
//          kUnavailable (disk full, damaged, no such file system feature). Nothing is ever reset.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace septet::partition {

struct Blob {
  std::string bytes;
};
using Value = std::variant<std::nullptr_t, std::int64_t, std::string, Blob>;

// What a file is called, and how it is told from other people's and from septet's other ones.
struct DatabaseKind {
  std::string_view called = "journal";    // "the journal FILE: ..."
  std::int64_t application = 0x53455054;  // in bytes 68..71 of the file: "SEPT"
  bool durable = true;                    // false: synchronous NORMAL
};

class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  bool null(int column) const;
  std::int64_t integer(int column) const;
  std::string text(int column) const;  // of a blob its bytes

 private:
  sqlite3_stmt* statement_;
};

class Database {
 public:
  // Opens the file, or makes it with `schema` (which ends as `version`). ":memory:" for tests.
  static Result<Database> open(const std::string& path, const char* schema, int version,
                               const DatabaseKind& kind = {});

  Result<> run(const char* sql, const std::vector<Value>& values = {});
  using Each = std::function<Result<>(const Row&)>;
  Result<> each(const char* sql, const std::vector<Value>& values, const Each& row);
  // `body` inside one transaction; all of it or nothing is written.
  Result<> transact(const std::function<Result<>()>& body);
  std::int64_t last_id() const;
  Result<> check();                              // reads every page
  Result<std::int64_t> number(const char* sql);  // of the first row's first column; 0: no row
  Result<> shrink();  // gives the room of what was deleted back to the disk

  const std::string& path() const { return path_; }

 private:
  Database(sqlite3* handle, std::string path, DatabaseKind kind);
  [[nodiscard]] std::unexpected<Error> failed(int code) const;
  Result<> script(const char* sql);
  Result<> identify(const char* schema, int version);
  Result<> make(const char* schema, int version);
  Result<> use_wal();

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
  std::string path_;
  DatabaseKind kind_;
};

// The error says that the file is no sound database any more: nothing in it can be relied on.
bool says_damaged(const Error& error);

}  // namespace septet::partition
