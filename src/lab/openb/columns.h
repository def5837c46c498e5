// lab/openb/columns.h — which column of a CSV file is which, by the words of its first row.
#pragma once

#include <string_view>
#include <vector>

#include "base/csv.h"

namespace septet::lab::openb {

// By word. Errors. kInvalidArgument: a word is missing, or nothing stands below the first row.
Result<std::vector<std::size_t>> columns_of(const CsvTable& table,
                                            const std::vector<std::string_view>& words);

}  // namespace septet::lab::openb
