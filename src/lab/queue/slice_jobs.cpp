#include "lab/queue/slice_jobs.h"

#include <algorithm>
#include <array>

#include "base/nearest.h"

namespace septet::lab::queue {

namespace {

constexpr std::array<std::string_view, 3> kColumns = {"arrival_s", "profile", "seconds"};
constexpr double kMostSeconds = 1e9;  // 30 years: beyond it a clock of doubles loses milliseconds

Result<std::array<std::size_t, 3>> columns_of(const CsvTable& table) {
  std::array<std::size_t, 3> found{};
  const auto& header = table.rows.front();
  for (std::size_t c = 0; c < kColumns.size(); ++c) {
    const auto at = std::ranges::find(header, kColumns[c], &CsvField::text);
    if (at == header.end()) {
      return table.fail_at(header.front(),
                           "the first row names no column " + std::string(kColumns[c]),
                           "begin with: arrival_s,profile,seconds");
    }
    found[c] = static_cast<std::size_t>(at - header.begin());
  }
  return found;
}

Result<unsigned> class_of(const CsvTable& table, const CsvField& field,
                          const plan::online::Shape& shape) {
  std::vector<std::string_view> names;
  for (unsigned cls = 0; cls < shape.classes(); ++cls) {
    const mig::GpuInstanceProfile& profile = shape.profile(cls);
    const bool short_name = profile.classic() && field.text == std::to_string(profile.slices) + "g";
    if (field.text == profile.name || short_name) return cls;
    names.push_back(profile.name);
  }
  return table.fail_at(field, "this GPU has no profile \"" + field.text + "\"",
                       did_you_mean(field.text, names));
}

Result<double> seconds_of(const CsvTable& table, const CsvField& field, std::string_view what) {
  const double seconds = TRY(table.number(field, what));
  if (seconds > kMostSeconds)
    return table.fail_at(field, std::string(what) + " is over 30 years", "count in seconds");
  return seconds;
}

}  // namespace

Result<std::vector<SliceJob>> read_slice_jobs(const CsvTable& table,
                                              const plan::online::Shape& shape) {
  if (table.rows.empty())
    return fail(Code::kInvalidArgument, table.name + ": an empty file",
                "begin with: arrival_s,profile,seconds");
  const auto columns = TRY(columns_of(table));
  std::vector<SliceJob> jobs;
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    const auto& row = table.rows[i];
    SliceJob job;
    job.arrives = TRY(seconds_of(table, row[columns[0]], "the arrival"));
    job.request = TRY(class_of(table, row[columns[1]], shape));
    job.seconds = TRY(seconds_of(table, row[columns[2]], "the length"));
    if (job.seconds <= 0) return table.fail_at(row[columns[2]], "a job takes more than no time");
    jobs.push_back(job);
  }
  if (jobs.empty()) return table.fail_at(table.rows.front().front(), "there are no jobs");
  std::ranges::stable_sort(jobs, {}, &SliceJob::arrives);
  return jobs;
}

}  // namespace septet::lab::queue
