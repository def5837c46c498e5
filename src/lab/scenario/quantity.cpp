#include "lab/scenario/quantity.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <span>

#include "base/quoted.h"

namespace septet::lab {

namespace {

struct Unit {
  std::string_view name;
  double factor;
};
constexpr Unit kTimes[] = {{"us", 1e-6},  {"ms", 1e-3},  {"s", 1.0},
                           {"min", 60.0}, {"h", 3600.0}, {"d", 86400.0}};
constexpr Unit kRates[] = {
    {"/s", 1.0}, {"/min", 1.0 / 60.0}, {"/h", 1.0 / 3600.0}, {"/d", 1.0 / 86400.0}};
constexpr Unit kBytes[] = {{"B", 1.0},      {"KB", 1e3},     {"MB", 1e6},
                           {"GB", 1e9},     {"TB", 1e12},    {"KiB", 1024.0},
                           {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};
constexpr Unit kPercent[] = {{"%", 0.01}};
constexpr Unit kTimesOver[] = {{"x", 1.0}};
constexpr Unit kLargeNumbers[] = {{"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}};

// A number from 0 on, blanks, and one of the units; `bare`: the unit may be left out.
std::optional<double> with_unit(std::string_view text, std::span<const Unit> units, bool bare) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || !std::isfinite(value) || std::signbit(value)) return std::nullopt;
  std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  if (unit.empty()) return bare ? std::optional(value) : std::nullopt;
  for (const Unit& known : units)
    if (known.name == unit) return value * known.factor;
  return std::nullopt;
}

using Parse = std::optional<double> (*)(std::string_view);

struct Wanted {
  Parse parse;
  std::string_view kind;     // "a time"
  std::string_view example;  // "write 250ms, 90s, 10min or 3h"
  std::string (*shown)(double);
};

Result<double> as_quantity(const YamlDocument& document, const YAML::Node& node,
                           std::string_view what, const Wanted& wanted, Bounds bounds) {
  const auto text = TRY(as_text(document, node, what));
  const auto value = wanted.parse(text);
  if (!value) {
    return fail_at(document, node, fmt::format("{} {} is not {}", what, quoted(text), wanted.kind),
                   std::string(wanted.example));
  }
  if (*value >= bounds.least && *value <= bounds.most) return *value;
  return fail_at(document, node,
                 fmt::format("{} {} is not from {} to {}", what, quoted(text),
                             wanted.shown(bounds.least), wanted.shown(bounds.most)));
}

std::string shown_number(double value) { return fmt::format("{:g}", value); }
std::string shown_share(double value) { return fmt::format("{:g}%", 100.0 * value); }
std::string shown_rate(double value) { return fmt::format("{:g}/s", value); }
std::string shown_factor(double value) { return fmt::format("{:g}x", value); }
std::string shown_bytes(double value) { return fmt::format("{:g} bytes", value); }
std::string shown_seconds(double value) {
  if (value > 0.0 && value < 1e-3) return fmt::format("{:g}us", value * 1e6);
  if (value > 0.0 && value < 1.0) return fmt::format("{:g}ms", value * 1e3);
  return fmt::format("{:g}s", value);
}

}  // namespace

std::optional<double> parse_seconds(std::string_view text) { return with_unit(text, kTimes, true); }
std::optional<double> parse_per_second(std::string_view text) {
  return with_unit(text, kRates, true);
}
std::optional<double> parse_share(std::string_view text) {
  return with_unit(text, kPercent, false);
}
std::optional<double> parse_bytes(std::string_view text) { return with_unit(text, kBytes, false); }
std::optional<double> parse_factor(std::string_view text) {
  return with_unit(text, kTimesOver, true);
}
std::optional<double> parse_number(std::string_view text) {
  return with_unit(text, kLargeNumbers, true);
}

Result<double> as_seconds(const YamlDocument& document, const YAML::Node& node,
                          std::string_view what, Bounds bounds) {
  return as_quantity(document, node, what,
                     {parse_seconds, "a time", "write 250ms, 90s, 10min or 3h", shown_seconds},
                     bounds);
}

Result<double> as_per_second(const YamlDocument& document, const YAML::Node& node,
                             std::string_view what) {
  return as_quantity(document, node, what,
                     {parse_per_second, "a rate", "write 2.1/s, 126/min or 7500/h", shown_rate},
                     {1e-6, 1e6});
}

Result<double> as_share(const YamlDocument& document, const YAML::Node& node, std::string_view what,
                        Bounds bounds) {
  return as_quantity(document, node, what, {parse_share, "a share", "write 30%", shown_share},
                     bounds);
}

Result<double> as_bytes(const YamlDocument& document, const YAML::Node& node,
                        std::string_view what) {
  return as_quantity(document, node, what,
                     {parse_bytes, "a number of bytes with a unit",
                      "write 600KB or 14GB (1000s), 14GiB (1024s)", shown_bytes},
                     {0.0, 0x1p44});
}

Result<double> as_factor(const YamlDocument& document, const YAML::Node& node,
                         std::string_view what, Bounds bounds) {
  return as_quantity(document, node, what, {parse_factor, "a factor", "write 10x", shown_factor},
                     bounds);
}

Result<double> as_number(const YamlDocument& document, const YAML::Node& node,
                         std::string_view what, Bounds bounds) {
  return as_quantity(document, node, what,
                     {parse_number, "a number", "write 2, 0.5, 8e9 or 8B", shown_number}, bounds);
}

}  // namespace septet::lab
