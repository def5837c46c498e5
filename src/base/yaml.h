// base/yaml.h — reading YAML (and JSON, its subset) from hostile files, with a place for every
// complaint.
//
// Limits. 1 MiB per file, 64 levels, no aliases that expand (a "billion laughs" is refused): the
//         files septet reads are written by people.
// Errors. kInvalidArgument: "FILE:LINE:COLUMN: what is wrong", and the offending text where it
// helps.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace septet {

struct YamlDocument {
  std::string name;  // path, "-" for standard input, or what the caller said
  YAML::Node root;
};

Result<YamlDocument> read_yaml_file(const std::string& path);  // "-" reads standard input
Result<YamlDocument> parse_yaml(std::string name, std::string_view text);

// A value as a YAML text, for programs that ask for YAML: texts in double quotes, keys in order.
std::string to_yaml(const Json& value);

// "FILE:LINE:COL" of a node (1-based).
std::string where(const YamlDocument& document, const YAML::Node& node);
[[nodiscard]] std::unexpected<Error> fail_at(const YamlDocument& document, const YAML::Node& node,
                                             const std::string& complaint, std::string remedy = {});

// Refuses keys that are not in `allowed` (naming the nearest) and keys written twice.
Result<> check_keys(const YamlDocument& document, const YAML::Node& map,
                    const std::vector<std::string_view>& allowed);

Result<std::string> as_text(const YamlDocument& document, const YAML::Node& node,
                            std::string_view what);
Result<std::uint64_t> as_count(const YamlDocument& document, const YAML::Node& node,
                               std::string_view what, std::uint64_t most);
Result<bool> as_bool(const YamlDocument& document, const YAML::Node& node, std::string_view what);

}  // namespace septet
