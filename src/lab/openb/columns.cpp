#include "lab/openb/columns.h"

#include <algorithm>

#include "base/quoted.h"

namespace septet::lab::openb {

Result<std::vector<std::size_t>> columns_of(const CsvTable& table,
                                            const std::vector<std::string_view>& words) {
  constexpr const char* kRemedy = "septet reads the CSV files of the openb trace";
  if (table.rows.size() < 2)
    return fail(Code::kInvalidArgument, table.name + ": no rows below the header", kRemedy);
  std::vector<std::size_t> columns;
  for (const std::string_view word : words) {
    const auto& header = table.rows.front();
    const auto found = std::ranges::find(header, word, &CsvField::text);
    if (found == header.end())
      return table.fail_at(header.front(), "no column " + quoted(word) + " in the first row",
                           kRemedy);
    columns.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  return columns;
}

}  // namespace septet::lab::openb
