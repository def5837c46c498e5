#include "verify/claimed_layout.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace septet::verify {

namespace {

std::optional<mig::Instance> claimed_instance(const mig::Geometry& geometry,
                                              const std::string& text) {
  const std::size_t sign = text.rfind('@');
  unsigned start = 99;
  if (sign != std::string::npos)
    std::from_chars(text.data() + sign + 1, text.data() + text.size(), start);
  const mig::GpuInstanceProfile* const profile = geometry.find_name(text.substr(0, sign));
  if (profile == nullptr || text != fmt::format("{}@{}", profile->name, start) || start > 15)
    return std::nullopt;
  return mig::Instance{profile, {static_cast<std::uint8_t>(start), profile->size}};
}

}  // namespace

std::expected<mig::Layout, Objection> claimed_layout(const mig::Geometry& geometry,
                                                     std::vector<mig::Instance> there,
                                                     const std::vector<std::string>& texts,
                                                     const std::string& at) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto instance = claimed_instance(geometry, texts[i]);
    if (!instance) {
      return std::unexpected(
          Objection{fmt::format("{}/{}", at, i),
                    fmt::format("{} is no instance of this product (PROFILE@START)", texts[i])});
    }
    there.push_back(*instance);
  }
  auto layout = mig::Layout::make(geometry, std::move(there));
  if (layout) return std::move(*layout);
  return std::unexpected(Objection{at, "is not legal: " + layout.error().what});
}

}  // namespace septet::verify
