// publish/slurm_conf_file.h — reads slurm.conf and gres.conf as Slurm does, with a place for every
// line.
//
// Form.   KEY=VALUE words; keys in any case; '#' to the end of the line unless written "\#"; a
//         backslash at a line's end joins the next; "..." holds spaces; Include FILE, relative to
//         the folder of the file first opened.
// Limits. 1 MiB a file, 64 files, includes 16 deep: site files are written by people.
// Source. slurm.conf(5), gres.conf(5).
// Errors. kInvalidArgument: "FILE:LINE: what is wrong"; what `read` fails with, and where from.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace septet::publish {

struct SlurmLine {
  std::string file;
  unsigned line = 0;                                          // its first, from 1
  std::vector<std::pair<std::string, std::string>> settings;  // keys in lower case
  std::string where() const;                                  // "gres.conf:3"
  std::optional<std::string> value(std::string_view lower_key) const;
};

using ReadFile = std::function<Result<std::string>(const std::string& path)>;
Result<std::vector<SlurmLine>> read_slurm_conf(const std::string& path, const ReadFile& read);

}  // namespace septet::publish
