// cli/lab_svg/write_pictures.cpp — pictures into a folder.
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "base/replace_file.h"
#include "cli/lab_svg/pictures.h"

namespace septet::cli::lab_pictures {

Result<std::vector<std::string>> write_pictures(const std::vector<Picture>& pictures,
                                                const std::string& directory) {
  if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
    const int error = errno;
    return fail(Code::kUnavailable,
                fmt::format("cannot make the directory {} for the pictures: {}", directory,
                            std::generic_category().message(error)),
                "name a directory whose parent exists and may be written to");
  }
  std::vector<std::string> paths;
  for (const Picture& picture : pictures) {
    const std::string path = fmt::format("{}/{}", directory, picture.name);
    TRY(replace_file(path, picture.svg));
    paths.push_back(path);
  }
  return paths;
}

Result<std::vector<std::string>> write_pictures(const lab::Scenario& scenario,
                                                const lab::Comparison& comparison,
                                                const std::string& directory) {
  std::vector<Picture> pictures = {{"summary.svg", summary_picture(scenario, comparison)},
                                   {"latency.svg", latency_picture(scenario, comparison)},
                                   {"utilization.svg", utilization_picture(scenario, comparison)},
                                   {"timeline.svg", timeline_picture(scenario, comparison)},
                                   {"faults.svg", faults_picture(scenario, comparison)}};
  std::erase_if(pictures, [](const Picture& picture) { return picture.svg.empty(); });
  return write_pictures(pictures, directory);
}

}  // namespace septet::cli::lab_pictures
