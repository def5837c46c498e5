#include "cli/lab/compare_input.h"

#include <cstdlib>
#include <filesystem>

namespace septet::cli::lab_compare {

Result<lab::Scenario> read_scenario_file(const std::string& path,
                                         const lab::ScenarioChanges& changes) {
  const auto document = TRY(read_yaml_file(path));
  const auto folder = std::filesystem::path(path).parent_path();
  const lab::OpenTable open = [&folder](const std::string& name) -> Result<CsvTable> {
    auto beside = read_csv_file((folder / name).string());
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in septet writes the environment
    const char* const data = std::getenv("SEPTET_DATA");
    if (beside || beside.error().code != Code::kNotFound || data == nullptr) return beside;
    return read_csv_file((std::filesystem::path(data) / name).string());
  };
  return lab::read_scenario(document, open, changes);
}

}  // namespace septet::cli::lab_compare
