#include "cli/lab/validate_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "partition/measurement_file.h"

namespace septet::cli::validating {

namespace {

namespace fs = std::filesystem;
using lab::evidence::SliceTable;

constexpr const char* kParvagpu = "parvagpu/prof_data";
constexpr const char* kMiso = "miso/a100_40gb_training_iter_time_per_profile.csv";
constexpr const char* kMlperf = "perf/mlperf_mig.csv";
constexpr const char* kRemedy =
    "name the folder that holds parvagpu, miso and perf with --data or SEPTET_DATA";

// The survey scored medians; the reader takes the mean column.
CsvTable with_medians(CsvTable table) {
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    auto& row = table.rows[r];
    if (row.size() > 4) row[3] = row[4];
  }
  return table;
}

Result<SliceTable> read_miso(const fs::path& file) {
  const auto table = with_medians(TRY(read_csv_file(file.string())));
  SliceTable slices{
      "MISO (SoCC'22), A100-40GB, training", mig::find_product("a100-40gb"), true, {}};
  std::vector<std::string> names;
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    const std::string& name = table.rows[r].front().text;
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  for (const std::string& name : names) {
    const auto measured = TRY(partition::measured_from(table, *slices.product, name));
    lab::evidence::add_measured(slices, name, measured);
  }
  return slices;
}

struct MlperfColumns {
  std::size_t round = 0, organization = 0, system = 0, model = 0, scenario = 0, valid = 0,
              samples = 0;
};

Result<MlperfColumns> columns_of(const CsvTable& table) {
  MlperfColumns columns;
  const std::array<std::pair<const char*, std::size_t*>, 7> wanted = {
      {{"ver", &columns.round},
       {"org", &columns.organization},
       {"system", &columns.system},
       {"model", &columns.model},
       {"scen", &columns.scenario},
       {"valid", &columns.valid},
       {"samples_s", &columns.samples}}};
  const auto& header = table.rows.front();
  for (const auto& [name, index] : wanted) {
    const auto at = std::ranges::find(header, name, &CsvField::text);
    if (at == header.end())
      return table.fail_at(header.front(), fmt::format("the header has no column \"{}\"", name));
    *index = static_cast<std::size_t>(at - header.begin());
  }
  return columns;
}

Result<std::vector<lab::evidence::MlperfRow>> read_mlperf(const fs::path& file) {
  const auto table = TRY(read_csv_file(file.string()));
  const auto columns = TRY(columns_of(table));
  std::vector<lab::evidence::MlperfRow> rows;
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    const auto& row = table.rows[r];
    const CsvField& samples = row[columns.samples];
    const bool counts = row[columns.scenario].text == "Offline" &&
                        row[columns.valid].text == "VALID" && !samples.text.empty();
    if (!counts) continue;
    const double rate = TRY(table.number(samples, "samples per second"));
    rows.push_back({row[columns.round].text, row[columns.organization].text,
                    row[columns.system].text, row[columns.model].text, rate});
  }
  return rows;
}

}  // namespace

fs::path data_folder(const std::string& named) {
  if (!named.empty()) return named;
  // Read once, before any thread.
  const char* const variable = std::getenv("SEPTET_DATA");  // NOLINT(concurrency-mt-unsafe)
  return variable != nullptr ? fs::path(variable) : fs::path("../shared/data");
}

Result<SliceTable> read_parvagpu(const fs::path& folder) {
  const fs::path profiles = folder / kParvagpu;
  std::error_code failed;
  if (!fs::is_directory(profiles, failed))
    return fail(Code::kNotFound, "no " + profiles.string(), kRemedy);
  SliceTable slices{
      "ParvaGPU (SC'24), A100-80GB, inference", mig::find_product("a100-80gb"), false, {}};
  std::vector<fs::path> files;
  for (fs::directory_iterator file(profiles, failed); !failed && file != fs::directory_iterator();
       file.increment(failed))
    files.push_back(file->path());
  if (failed)
    return fail(Code::kUnavailable, "list " + profiles.string() + ": " + failed.message());
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    if (file.extension() != ".csv") continue;
    const auto table = TRY(read_csv_file(file.string()));
    const auto measured = TRY(partition::measured_from(table, *slices.product, ""));
    lab::evidence::add_measured(slices, file.stem().string(), measured);
  }
  return slices;
}

Result<PublishedData> read_published(const fs::path& folder) {
  PublishedData data;
  const auto there = [&](const char* part) {
    std::error_code failed;
    const bool exists = fs::exists(folder / part, failed);
    if (!exists) data.missing.push_back(fmt::format("no {} in {}", part, folder.string()));
    return exists;
  };
  if (there(kParvagpu)) data.published.inference = TRY(read_parvagpu(folder));
  if (there(kMiso)) data.published.training = TRY(read_miso(folder / kMiso));
  if (there(kMlperf)) data.published.mlperf = TRY(read_mlperf(folder / kMlperf));
  if (data.missing.size() == 3)
    return fail(Code::kNotFound, "no published measurements in " + folder.string(), kRemedy);
  return data;
}

}  // namespace septet::cli::validating
