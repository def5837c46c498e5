#include "base/csv.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/quoted.h"

namespace septet {

namespace {

constexpr std::size_t kMostBytes = std::size_t{4} << 20;
constexpr std::size_t kMostRows = 100'000;
constexpr std::size_t kMostFields = 64;
constexpr std::size_t kMostFieldBytes = 200;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

Result<CsvField> read_field(const CsvTable& table, std::string_view raw, std::size_t line,
                            std::size_t column) {
  CsvField field{"", line, column};
  if (raw.size() > kMostFieldBytes) return table.fail_at(field, "a field of over 200 characters");
  for (const char c : raw) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t')
      return table.fail_at(field, "a control character in field " + quoted(raw),
                           "is this a text file?");
  }
  field.text = trimmed(raw);
  return field;
}

Result<std::vector<CsvField>> read_row(const CsvTable& table, std::string_view text,
                                       std::size_t line) {
  std::vector<CsvField> row;
  std::size_t start = 0;
  while (true) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    row.push_back(TRY(read_field(table, text.substr(start, comma - start), line, start + 1)));
    if (row.size() > kMostFields) return table.fail_at(row.back(), "over 64 fields in one row");
    if (comma == text.size()) return row;
    start = comma + 1;
  }
}

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

std::string CsvTable::where(const CsvField& field) const {
  return fmt::format("{}:{}:{}", name, field.line, field.column);
}

std::unexpected<Error> CsvTable::fail_at(const CsvField& field, const std::string& complaint,
                                         std::string remedy) const {
  return fail(Code::kInvalidArgument, where(field) + ": " + complaint, std::move(remedy));
}

Result<double> CsvTable::number(const CsvField& field, std::string_view what) const {
  double value = 0.0;
  const char* const end = field.text.data() + field.text.size();
  const auto [stop, error] = std::from_chars(field.text.data(), end, value);
  const bool whole = error == std::errc{} && stop == end && !field.text.empty();
  if (!whole || !std::isfinite(value) || value < 0.0 || value > 1e12) {
    return fail_at(field,
                   fmt::format("{} {} is not a number from 0 to 1e12", what, quoted(field.text)));
  }
  return value;
}

Result<unsigned> CsvTable::count(const CsvField& field, std::string_view what,
                                 unsigned most) const {
  unsigned value = 0;
  const char* const end = field.text.data() + field.text.size();
  const auto [stop, error] = std::from_chars(field.text.data(), end, value);
  if (error != std::errc{} || stop != end || value == 0 || value > most) {
    return fail_at(field, fmt::format("{} {} is not a whole number from 1 to {}", what,
                                      quoted(field.text), most));
  }
  return value;
}

Result<CsvTable> parse_csv(std::string name, std::string_view text) {
  CsvTable table{std::move(name), {}};
  const CsvField top{"", 1, 1};
  if (text.size() > kMostBytes) return table.fail_at(top, "over 4 MiB");
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::size_t line = 0;
  while (!text.empty()) {
    ++line;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (trimmed(one).empty()) {
      if (trimmed(text).find_first_not_of(" \t\r\n") == std::string_view::npos) break;
      return table.fail_at({"", line, 1}, "an empty line inside the table");
    }
    auto row = TRY(read_row(table, one, line));
    if (!table.rows.empty() && row.size() != table.rows.front().size()) {
      return table.fail_at(row.front(), fmt::format("{} fields where the first row has {}",
                                                    row.size(), table.rows.front().size()));
    }
    table.rows.push_back(std::move(row));
    if (table.rows.size() > kMostRows) return table.fail_at({"", line, 1}, "over 100000 rows");
  }
  if (table.rows.empty()) return table.fail_at(top, "the file is empty");
  return table;
}

Result<CsvTable> read_csv_file(const std::string& path) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
  if (!file) {
    const int error = errno;
    return fail(error == ENOENT ? Code::kNotFound : Code::kInvalidArgument,
                "cannot read " + path + ": " + strerrordesc_np(error));
  }
  std::string text;
  text.resize(kMostBytes + 1);
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0)
    return fail(Code::kInvalidArgument, "cannot read " + path + ": it is not a plain file");
  return parse_csv(path, text);
}

}  // namespace septet
