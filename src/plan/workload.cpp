#include "plan/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

namespace septet::plan {

namespace {

// The number at the front of `text`, which it is cut off from; digits and one point, nothing
// clever.
std::optional<double> take_number(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  double value = 0.0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + end, value);
  if (error != std::errc{} || stop != text.data() + end || end == 0) return std::nullopt;
  text.remove_prefix(end);
  while (text.starts_with(' ')) text.remove_prefix(1);
  return value;
}

struct Unit {
  std::string_view name;
  double bytes;
};
constexpr double kKibi = 1024.0;
constexpr Unit kUnits[] = {
    {"MiB", kKibi* kKibi},
    {"Mi", kKibi* kKibi},
    {"GiB", kKibi* kKibi* kKibi},
    {"Gi", kKibi* kKibi* kKibi},
    {"TiB", kKibi* kKibi* kKibi* kKibi},
    {"Ti", kKibi* kKibi* kKibi* kKibi},
    {"MB", 1e6},
    {"M", 1e6},
    {"GB", 1e9},
    {"G", 1e9},
    {"TB", 1e12},
    {"T", 1e12},
};

}  // namespace

std::optional<std::uint64_t> parse_memory(std::string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (unit.name != text) continue;
    const double bytes = std::ceil(*number * unit.bytes);
    if (bytes < 1.0 || bytes > 1e15) return std::nullopt;
    return static_cast<std::uint64_t>(bytes);
  }
  return std::nullopt;
}

std::string memory_text(std::uint64_t bytes) {
  const double mib = static_cast<double>(bytes) / (kKibi * kKibi);
  const bool small = mib < kKibi;
  const double value = small ? mib : mib / kKibi;
  const char* const unit = small ? "MiB" : "GiB";
  if (value == std::floor(value)) return fmt::format("{:.0f} {}", value, unit);
  return fmt::format("{:.2f} {}", value, unit);
}

std::optional<double> parse_percent(std::string_view text) {
  const auto number = take_number(text);
  if (!number || text != "%" || *number <= 0.0 || *number > 100.0) return std::nullopt;
  return number;
}

std::optional<double> parse_milliseconds(std::string_view text) {
  const auto number = take_number(text);
  if (!number || *number <= 0.0 || *number > 1e9) return std::nullopt;
  if (text == "ms") return number;
  if (text == "s") return *number * 1e3;
  if (text == "us") return *number * 1e-3;
  return std::nullopt;
}

std::optional<double> parse_rate(std::string_view text) {
  const auto number = take_number(text);
  if (!number || *number < kLeastRate || *number > 1e9 || (!text.empty() && text != "/s"))
    return std::nullopt;
  return number;
}

bool allowed_on(const Workload& workload, std::string_view product) {
  return workload.products.empty() ||
         std::ranges::find(workload.products, product) != workload.products.end();
}

std::string not_allowed_text(const Workload& workload, std::string_view product) {
  std::string allowed;
  for (std::size_t i = 0; i < workload.products.size(); ++i) {
    const bool last = i + 1 == workload.products.size();
    allowed += (i == 0 ? "" : last ? " and " : ", ") + workload.products[i];
  }
  return fmt::format("workload {} may run on {}, not on {}", workload.name, allowed,
                     product.empty() ? "a board that is in no table" : product);
}

bool kept_apart(const Workload& a, const Workload& b) {
  if (&a == &b || a.name == b.name) return a.apart && a.replicas > 1;
  const auto names = [](const Workload& one, const Workload& other) {
    return std::ranges::find(one.apart_from, other.name) != one.apart_from.end();
  };
  return names(a, b) || names(b, a);
}

std::vector<Workload> in_order_of_priority(std::vector<Workload> workloads) {
  std::ranges::stable_sort(workloads, std::ranges::greater{}, &Workload::priority);
  return workloads;
}

std::string to_string(const Workload& workload) {
  if (!workload.profile.empty()) return "profile " + workload.profile;
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (workload.memory_bytes) add(memory_text(*workload.memory_bytes));
  if (workload.compute_percent) add(fmt::format("{:g}% of the SMs", *workload.compute_percent));
  if (workload.sms) add(fmt::format("{} SMs", *workload.sms));
  if (workload.slices)
    add(fmt::format("{} slice{}", *workload.slices, *workload.slices == 1 ? "" : "s"));
  if (workload.media.any()) add("media engines");
  if (workload.objective) {
    add(fmt::format("{:g}/s", workload.objective->per_second));
    if (workload.objective->latency_ms)
      add(fmt::format("{:g} ms", *workload.objective->latency_ms));
  }
  return text;
}

}  // namespace septet::plan
