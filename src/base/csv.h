// base/csv.h — comma-separated files of numbers and names, with a place for every complaint.
//
// Form.   Fields between commas, no quoting, LF or CRLF, a byte order mark is skipped, empty lines
//         at the end are too. Every row has as many fields as the first.
// Limits. 4 MiB, 100,000 rows, 64 fields, 200 characters per field; control characters are refused.
// Errors. kInvalidArgument: "FILE:LINE:COLUMN: what is wrong". kNotFound: no such file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace septet {

struct CsvField {
  std::string text;  // without spaces around it
  std::size_t line = 0, column = 0;
};

struct CsvTable {
  std::string name;
  std::vector<std::vector<CsvField>> rows;  // the first may be a header

  std::string where(const CsvField& field) const;
  [[nodiscard]] std::unexpected<Error> fail_at(const CsvField& field, const std::string& complaint,
                                               std::string remedy = {}) const;
  Result<double> number(const CsvField& field, std::string_view what) const;  // finite, 0..1e12
  Result<unsigned> count(const CsvField& field, std::string_view what, unsigned most) const;
};

Result<CsvTable> parse_csv(std::string name, std::string_view text);
Result<CsvTable> read_csv_file(const std::string& path);

}  // namespace septet
