// cli/top/columns.h — what stands in which column of the table, and how rows are put in order by
// it.
//
// Pure. Texts are ready to print; where the driver has no value they say "n/a", and where a value
// makes no sense (the memory of a free place) nothing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/top/rows.h"

namespace septet::cli::top {

enum class Column : std::uint8_t {
  kGpu,
  kInstance,
  kProfile,
  kPlace,
  kMemory,
  kSm,
  kBandwidth,
  kPower,
  kHealth,
  kTenant
};

struct ColumnFacts {
  Column column;
  std::string_view title;  // "SM%"
  std::string_view word;   // of --sort: "sm"
  char key;                // sorts by it: 'S'
  bool right;              // aligned to the right
  bool largest_first;      // what one wants to see first, when it is sorted by this
};
std::span<const ColumnFacts> columns();
const ColumnFacts& facts_of(Column column);
std::optional<Column> column_named(std::string_view word);

// At most `width` columns where a shorter form exists ("1g+me" for "1g.10gb+me").
std::string cell_text(const Row& row, Column column, unsigned width);

// Does `a` stand before `b`? Unknown values stand last whichever way round; equal ones by where
// they are on the node.
bool before(const Row& a, const Row& b, Column column, bool reverse);

// "12.3/39.4", "12.3/~39.4", "n/a".
std::string memory_text(const Row& row);
std::string place_text(mig::Placement at);  // "4:2"

}  // namespace septet::cli::top
