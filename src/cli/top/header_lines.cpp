// The top of a frame: which node, how much of it is used, how current that is; and its bottom line.
#include <fmt/format.h>

#include <bit>

#include "cli/top/frame_parts.h"
#include "metrics/free_space.h"

namespace septet::cli::top {

namespace {

struct Sums {
  unsigned used = 0, free = 0, stranded = 0, slices = 0;
  unsigned units = 0, units_used = 0, units_stranded = 0;
  std::size_t instances = 0;
};

Sums sums_of(const mig::Node& node) {
  Sums sums;
  for (const mig::Gpu& gpu : node.gpus) {
    sums.instances += gpu.instances.size();
    const auto space = metrics::free_space(gpu);
    if (!space) continue;
    sums.slices += space->compute_slices;
    sums.used += space->compute_slices - space->free_slices;
    sums.free += space->free_slices;
    sums.stranded += space->stranded_slices;
    sums.units += space->memory_units;
    sums.units_used += space->memory_units - space->free_units;
    sums.units_stranded += static_cast<unsigned>(std::popcount(space->stranded_units));
  }
  return sums;
}

std::string count_of(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

Line first_line(const Picture& picture, const View& view, unsigned width) {
  const mig::Node& node = picture.sample.node;
  Line line(width, picture.ascii);
  line.put(" septet top ", Style::kStrong).put(" ");
  if (node.simulated) line.put(" SIMULATED ", Style::kLoud).put(" ");
  line.put(picture.host, Style::kStrong);
  if (!node.driver_version.empty()) line.put("  driver " + node.driver_version);
  std::string right = fmt::format("every {:g} s  {} ", view.interval_s, picture.clock);
  const std::string_view paused = " PAUSED ";
  const auto end = static_cast<unsigned>(right.size() + (view.paused ? paused.size() + 1 : 0));
  if (end + 2 > line.left()) line = Line(width, picture.ascii).put(" septet top ", Style::kStrong);
  if (end + 2 > width - 12) return line;
  if (line.columns() == 12 && node.simulated) line.put(" ").put(" SIMULATED ", Style::kLoud);
  line.to_column(width - end);
  if (view.paused) line.put(paused, Style::kLoud).put(" ");
  return line.put(right);
}

Line second_line(const Picture& picture, unsigned width) {
  const mig::Node& node = picture.sample.node;
  Line line(width, picture.ascii);
  if (!picture.sample.answered) return line;
  const Sums sums = sums_of(node);
  line.put(" " + count_of(node.gpus.size(), "GPU"));
  if (sums.slices == 0) return line.put(", none of them cut (MIG is off)");
  line.put(fmt::format(", {}: slices {}/{} used, {} free", count_of(sums.instances, "instance"),
                       sums.used, sums.slices, sums.free));
  line.put(fmt::format(", {} stranded", sums.stranded),
           sums.stranded > 0 ? Style::kStranded : Style::kPlain);
  line.put(fmt::format("; memory {}/{}", sums.units_used, sums.units));
  const std::string stranded = fmt::format(", {} stranded", sums.units_stranded);
  if (stranded.size() > line.left()) return line;
  return line.put(stranded, sums.units_stranded > 0 ? Style::kStranded : Style::kPlain);
}

}  // namespace

std::vector<Line> header_lines(const Picture& picture, const View& view, unsigned width) {
  std::vector<Line> lines = {first_line(picture, view, width), second_line(picture, width)};
  if (!picture.sample.problem) return lines;
  Line problem(width, picture.ascii);
  problem.put(" NO ANSWER ", Style::kLoud);
  if (picture.sample.answered && picture.age_s) {
    problem.put(fmt::format(" for {} s; below is how it was. ", *picture.age_s), Style::kBad);
  } else {
    problem.put(" ");
  }
  problem.put(*picture.sample.problem, Style::kBad);
  lines.push_back(std::move(problem));
  return lines;
}

Line footer_line(const View& view, std::size_t rows, std::size_t page, unsigned width, bool ascii) {
  Line line(width, ascii);
  if (view.draft) {
    return line.put(" filter: ", Style::kStrong)
        .put(*view.draft)
        .put("_", Style::kStrong)
        .put("   Enter keeps it, Esc leaves it");
  }
  if (view.pane != Pane::kTable) return line.put(" Esc back   arrows scroll   space pause");
  std::string right = rows == 0 ? "" : fmt::format("{}/{} ", view.at + 1, rows);
  if (rows > page) right = "more: " + right;
  if (!view.filter.empty()) {
    line.put(" filter: ", Style::kStrong).put(view.filter).put(" (Esc: all) ");
  }
  line.put(" ?help q quit Enter details /filter <> sort r reverse t tree f free m map");
  if (right.size() + 1 >= width) return line;
  if (line.left() < right.size() + 1) {
    Line shorter(width, ascii);
    if (!view.filter.empty()) shorter.put(" filter: ", Style::kStrong).put(view.filter);
    shorter.put(" ?help q quit Enter details /filter");
    if (shorter.left() < right.size() + 1) return line;
    line = std::move(shorter);
  }
  return line.to_column(width - static_cast<unsigned>(right.size())).put(right);
}

Style style_of(HealthLevel level) {
  switch (level) {
    case HealthLevel::kUnknown: return Style::kFaint;
    case HealthLevel::kGood: return Style::kGood;
    case HealthLevel::kSuspect: return Style::kSuspect;
    case HealthLevel::kBad: return Style::kBad;
  }
  return Style::kPlain;
}

Style style_of_profile(std::uint32_t profile_id) {
  constexpr Style kStyles[] = {Style::kInstanceA, Style::kInstanceB, Style::kInstanceC,
                               Style::kInstanceD, Style::kInstanceE};
  return kStyles[profile_id % std::size(kStyles)];
}

}  // namespace septet::cli::top
