#include "lab/scenario/trace_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/nearest.h"
#include "base/quoted.h"

namespace septet::lab {

namespace {

constexpr double kMostTokens = 1e7;  // per request
constexpr double kMostSize = 1e6;

// Digits [from, from + count) of `text` as a number.
std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
  if (text.size() < from + count) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(from, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

struct Stamp {
  double seconds = 0;  // of the day's clock
  std::int64_t day = 0;
  std::string_view zone;
};

// "2023-11-16 18:15:46.6805900+00:00". Day and second apart, so that no digit is lost.
std::optional<Stamp> parse_stamp(std::string_view text) {
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const bool marks = text[4] == '-' && text[7] == '-' && (text[10] == ' ' || text[10] == 'T') &&
                     text[13] == ':' && text[16] == ':';
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!marks || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  Stamp stamp;
  stamp.day = std::chrono::sys_days(date).time_since_epoch().count();
  stamp.seconds = *hour * 3600.0 + *minute * 60.0 + *second;
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) {
    std::size_t end = 1;
    while (end < rest.size() && rest[end] >= '0' && rest[end] <= '9') ++end;
    double fraction = 0.0;
    const auto [stop, error] =
        std::from_chars(rest.data(), rest.data() + end, fraction, std::chars_format::fixed);
    if (error != std::errc{} || stop != rest.data() + end) return std::nullopt;
    stamp.seconds += fraction;
    rest.remove_prefix(end);
  }
  const bool zone = rest.empty() || rest == "Z" ||
                    (rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':' &&
                     digits(rest, 1, 2) && digits(rest, 4, 2));
  if (!zone) return std::nullopt;
  stamp.zone = rest;
  return stamp;
}

Result<Stamp> stamp_of(const CsvTable& table, const CsvField& field) {
  if (const auto stamp = parse_stamp(field.text)) return *stamp;
  return table.fail_at(field, "time stamp " + quoted(field.text) + " is not readable",
                       "write 2023-11-16 18:15:46.6805900");
}

Result<double> bounded(const CsvTable& table, const CsvField& field, std::string_view what,
                       double most) {
  const double value = TRY(table.number(field, what));
  if (value <= most) return value;
  return table.fail_at(field, fmt::format("{} {} is above {:g}", what, quoted(field.text), most));
}

Result<Trace> read_azure(const CsvTable& table) {
  Trace trace{true, {}};
  std::optional<Stamp> first;
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    const auto& row = table.rows[i];
    const Stamp stamp = TRY(stamp_of(table, row[0]));
    if (!first) first = stamp;
    if (stamp.zone != first->zone) {
      return table.fail_at(row[0], fmt::format("time zone {} where the first row has {}",
                                               quoted(stamp.zone), quoted(first->zone)));
    }
    TraceRow one;
    one.at = static_cast<double>(stamp.day - first->day) * 86400.0 + stamp.seconds - first->seconds;
    one.prompt = TRY(bounded(table, row[1], "ContextTokens", kMostTokens));
    one.output = TRY(bounded(table, row[2], "GeneratedTokens", kMostTokens));
    trace.rows.push_back(one);
  }
  return trace;
}

Result<Trace> read_plain(const CsvTable& table, std::size_t first) {
  Trace trace;
  for (std::size_t i = first; i < table.rows.size(); ++i) {
    const auto& row = table.rows[i];
    TraceRow one;
    one.at = TRY(bounded(table, row[0], "seconds", 1e9));
    if (row.size() > 1) one.size = TRY(bounded(table, row[1], "size", kMostSize));
    trace.rows.push_back(one);
  }
  return trace;
}

constexpr std::array<std::string_view, 3> kAzureHeader = {"TIMESTAMP", "ContextTokens",
                                                          "GeneratedTokens"};

bool is_azure(const std::vector<CsvField>& header) {
  return std::ranges::equal(header, kAzureHeader, [](const CsvField& field, std::string_view name) {
    return edit_distance(field.text, name) == 0;
  });
}

Result<Trace> read_rows(const CsvTable& table) {
  const auto& header = table.rows.front();
  if (is_azure(header)) return read_azure(table);
  const bool ours = header.size() <= 2;
  const bool named = ours && edit_distance(header[0].text, "seconds") == 0 &&
                     (header.size() == 1 || edit_distance(header[1].text, "size") == 0);
  if (named) return read_plain(table, 1);
  if (ours && !header[0].text.empty() && header[0].text[0] >= '0' && header[0].text[0] <= '9')
    return read_plain(table, 0);
  return table.fail_at(header[0], "the first row names no columns that a trace has",
                       "write seconds or seconds,size, or Azure's "
                       "TIMESTAMP,ContextTokens,GeneratedTokens");
}

}  // namespace

Result<Trace> read_trace(const CsvTable& table) {
  Trace trace = TRY(read_rows(table));
  if (trace.rows.empty())
    return table.fail_at(table.rows.front().front(), "the trace has no arrivals");
  std::ranges::stable_sort(trace.rows, {}, &TraceRow::at);
  const double start = trace.rows.front().at;
  for (TraceRow& row : trace.rows) row.at -= start;
  return trace;
}

}  // namespace septet::lab
