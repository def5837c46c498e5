#include "cli/svg/palette.h"

#include <fmt/format.h>

#include <array>

namespace septet::cli::svg {

namespace {

constexpr std::array kLight = {"#77aadd", "#ee8866", "#eedd88", "#ffaabb",
                               "#44bb99", "#bbcc33", "#99ddff", "#aaaa00"};
constexpr std::array<std::string_view, kInks> kVibrant = {
    "#0077bb", "#cc3311", "#009988", "#ee7733", "#33bbee", "#ee3377", "#6b6b6b"};
constexpr const char* kNobody = "#dddddd";
// Drawn in white over a tile of 10 by 10; the first of them is for the keys after the plain ones.
constexpr std::array kMarks = {
    "<path d=\"M-2,2 L2,-2 M0,10 L10,0 M8,12 L12,8\" stroke-width=\"1.4\"/>",
    "<circle cx=\"5\" cy=\"5\" r=\"1.7\" fill=\"#ffffff\" stroke=\"none\"/>",
    "<path d=\"M0,5 L10,5\" stroke-width=\"1.4\"/>",
    "<path d=\"M-2,8 L2,12 M0,0 L10,10 M8,-2 L12,2\" stroke-width=\"1.4\"/>",
    "<path d=\"M0,5 L10,5 M5,0 L5,10\" stroke-width=\"1.1\"/>"};
static_assert(kLight.size() * (1 + kMarks.size()) == kFills);

std::string tile(std::string_view id, std::string_view color, std::string_view marks,
                 std::string_view ink) {
  return fmt::format(
      "<pattern id=\"{}\" width=\"10\" height=\"10\" patternUnits=\"userSpaceOnUse\">\n"
      "<rect width=\"10\" height=\"10\" fill=\"{}\"/>\n"
      "<g fill=\"none\" stroke=\"{}\">{}</g>\n</pattern>\n",
      id, color, ink, marks);
}

}  // namespace

std::string fill_of(std::optional<std::size_t> key) {
  if (!key) return kNobody;
  const std::size_t fill = *key % kFills;
  if (fill < kLight.size()) return kLight[fill];
  return fmt::format("url(#septet-key-{})", fill);
}

std::string_view ink_of(std::size_t key) { return kVibrant[key % kVibrant.size()]; }

std::string patterns_of(const std::set<std::size_t>& keys) {
  std::set<std::size_t> fills;
  for (const std::size_t key : keys) fills.insert(key % kFills);
  std::string text = tile("septet-goes", "#fafafa", kMarks[0], "#e3e3e3");
  for (const std::size_t fill : fills) {
    if (fill < kLight.size()) continue;
    text += tile(fmt::format("septet-key-{}", fill), kLight[fill % kLight.size()],
                 kMarks[fill / kLight.size() - 1], "#ffffff");
  }
  return text;
}

}  // namespace septet::cli::svg
