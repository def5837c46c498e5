// cli/lab_svg/write_pictures.cpp — the five pictures of a comparison, into a folder.
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "cli/lab_svg/pictures.h"
#include "base/replace_file.h"

namespace septet::cli::lab_pictures {

Result<std::vector<std::string>> write_pictures(const lab::Scenario& scenario,
                                                const lab::Comparison& comparison,
                                                const std::string& directory) {
  if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
    const int error = errno;
    return fail(Code::kUnavailable,
                fmt::format("cannot make the directory {} for the pictures: {}", directory,
                            std::generic_category().message(error)),
                "name a directory whose parent exists and may be written to");
  }
  const std::pair<const char*, std::string> pictures[] = {
      {"summary.svg", summary_picture(scenario, comparison)},
      {"latency.svg", latency_picture(scenario, comparison)},
      {"utilization.svg", utilization_picture(scenario, comparison)},
      {"timeline.svg", timeline_picture(scenario, comparison)},
      {"faults.svg", faults_picture(scenario, comparison)}};
  std::vector<std::string> paths;
  for (const auto& [name, text] : pictures) {
    if (text.empty()) continue;
    const std::string path = fmt::format("{}/{}", directory, name);
    TRY(replace_file(path, text));
    paths.push_back(path);
  }
  return paths;
}

}  // namespace septet::cli::lab_pictures
