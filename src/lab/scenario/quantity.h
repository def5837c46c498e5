// lab/scenario/quantity.h — numbers with units, as people write them in a scenario.
//
// Form.   Time "250ms", "4.4us", "90s", "10min", "3h", "1d"; a bare number is seconds. Rate
// "2.1/s",
//         "126/min", "7500/h". Share "30%". Bytes "600KB", "4KiB", "14GiB" (KB 1000, KiB 1024).
//         Factor "10x". Number "8e9", "8B" (billions), "125M".
// Errors. nullopt: not of that form; the readers below say so with FILE:LINE:COLUMN and an example.
#pragma once

#include <optional>
#include <string_view>

#include "base/yaml.h"

namespace septet::lab {

std::optional<double> parse_seconds(std::string_view text);
std::optional<double> parse_per_second(std::string_view text);
std::optional<double> parse_share(std::string_view text);   // "30%" is 0.3
std::optional<double> parse_bytes(std::string_view text);   // a unit is needed
std::optional<double> parse_factor(std::string_view text);  // "10x", "0.5"
std::optional<double> parse_number(std::string_view text);

struct Bounds {
  double least = 0, most = 1e12;  // both allowed
};
Result<double> as_seconds(const YamlDocument& document, const YAML::Node& node,
                          std::string_view what, Bounds bounds);
Result<double> as_per_second(const YamlDocument& document, const YAML::Node& node,
                             std::string_view what);
Result<double> as_share(const YamlDocument& document, const YAML::Node& node, std::string_view what,
                        Bounds bounds);
Result<double> as_bytes(const YamlDocument& document, const YAML::Node& node,
                        std::string_view what);
Result<double> as_factor(const YamlDocument& document, const YAML::Node& node,
                         std::string_view what, Bounds bounds);
Result<double> as_number(const YamlDocument& document, const YAML::Node& node,
                         std::string_view what, Bounds bounds);

}  // namespace septet::lab
