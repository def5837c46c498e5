#include "cli/lab/request_mix.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/nearest.h"

namespace septet::cli {

namespace {

using plan::online::Shape;

struct NamedMix {
  std::string_view name;
  std::vector<double> share;
};
const std::vector<NamedMix>& named_mixes() {
  static const std::vector<NamedMix> kMixes = {
      {"skew-small", {.35, .20, .25, .10, .05, .05}},
      {"skew-big", {.05, .10, .15, .20, .20, .30}},
      {"bimodal", {.30, .15, .05, .05, .15, .30}},
  };
  return kMixes;
}

std::vector<std::string_view> words(std::string_view text, char between) {
  std::vector<std::string_view> found;
  while (true) {
    const std::size_t end = text.find(between);
    found.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return found;
    text.remove_prefix(end + 1);
  }
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(value) || value < 0) return std::nullopt;
  return value;
}

Result<RequestMix> written_mix(const std::string& text, const Shape& shape) {
  RequestMix mix{text, std::vector<double>(shape.classes(), 0.0)};
  std::vector<std::string_view> known;
  for (unsigned cls = 0; cls < shape.classes(); ++cls) known.push_back(shape.profile(cls).name);
  double sum = 0;
  for (const std::string_view word : words(text, ',')) {
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const auto found = std::ranges::find(known, name);
    if (found == known.end()) {
      return fail(Code::kInvalidArgument, fmt::format("--mix: no profile '{}'", name),
                  did_you_mean(name, known));
    }
    const auto share =
        equals == std::string_view::npos ? std::nullopt : number(word.substr(equals + 1));
    if (!share) {
      return fail(Code::kInvalidArgument, fmt::format("--mix: '{}' says no share", word),
                  fmt::format("write it like {}=.25", name));
    }
    mix.share[static_cast<std::size_t>(found - known.begin())] += *share;
    sum += *share;
  }
  if (sum <= 0) {
    return fail(Code::kInvalidArgument, "--mix: all shares are 0",
                "give at least one profile a share");
  }
  for (double& share : mix.share) share /= sum;
  return mix;
}

}  // namespace

Result<RequestMix> request_mix(const std::string& text, const Shape& shape) {
  if (text == "uniform")
    return RequestMix{text, std::vector<double>(shape.classes(), 1.0 / shape.classes())};
  const auto named = std::ranges::find(named_mixes(), text, &NamedMix::name);
  if (named != named_mixes().end()) {
    if (named->share.size() == shape.classes()) return RequestMix{text, named->share};
    return fail(Code::kInvalidArgument,
                fmt::format("--mix {} has six profiles, this product {}", text, shape.classes()),
                "name the shares: --mix PROFILE=SHARE,...");
  }
  if (text.find('=') != std::string::npos) return written_mix(text, shape);
  const std::vector<std::string_view> known = {"uniform", "skew-small", "skew-big", "bimodal"};
  return fail(Code::kInvalidArgument, fmt::format("--mix: no mix '{}'", text),
              did_you_mean(text, known) + "; or name the shares: --mix PROFILE=SHARE,...");
}

}  // namespace septet::cli
