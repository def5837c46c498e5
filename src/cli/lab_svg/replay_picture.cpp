#include "cli/lab_svg/replay_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "cli/lab_svg/words.h"
#include "base/replace_file.h"
#include "cli/svg/palette.h"
#include "cli/svg/slide.h"

namespace septet::cli::lab_pictures {

// A name of its own: unity builds put all pictures into one file.
namespace replay {
namespace {

constexpr double kPolicyNames = 190, kValueRoom = 106, kDotGap = 22, kLeastRow = 20, kMostLine = 34;
constexpr std::string_view kOurs = "#0077bb", kOthers = "#6b6b6b";
constexpr std::string_view kDashes[] = {"6 3", "2 3", "9 3 2 3"};
constexpr std::size_t kMostTimePoints = 600;

std::vector<std::string> order_of(const std::vector<ReplayPanel>& panels) {
  std::vector<std::string> names;
  for (const ReplayPanel& panel : panels) {
    std::vector<PolicyResult> sorted = panel.policies;
    std::ranges::stable_sort(sorted, std::ranges::greater{}, &PolicyResult::mean);
    for (const PolicyResult& policy : sorted)
      if (!holds(names, policy.name)) names.push_back(policy.name);
  }
  return names;
}

svg::Axis axis_of_all(const std::vector<ReplayPanel>& panels, std::size_t most) {
  double least = INFINITY, greatest = -INFINITY;
  const auto hold = [&](double value) {
    if (!std::isfinite(value)) return;
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  };
  for (const ReplayPanel& panel : panels) {
    for (const PolicyResult& policy : panel.policies) {
      hold(policy.mean - policy.half);
      hold(policy.mean + policy.half);
    }
    for (const Reference& reference : panel.references) hold(reference.value);
  }
  if (least > greatest) least = 0, greatest = 1;
  return svg::linear_axis(least, greatest, most, svg::short_number);
}

std::string value_words(const PolicyResult& policy) {
  if (policy.half <= 0) return fmt::format("{:.2f}", policy.mean);
  return fmt::format("{:.2f} \xc2\xb1 {:.2f}", policy.mean, policy.half);
}

std::string dot(const PolicyResult& policy, const svg::Axis& axis, svg::Box plot, double y) {
  const auto x = [&](double value) { return svg::along(axis, value, plot.x, plot.x + plot.width); };
  const std::string_view ink = policy.ours ? kOurs : kOthers;
  std::string out;
  if (policy.half > 0) {
    const double from = x(policy.mean - policy.half), to = x(policy.mean + policy.half);
    out += svg::line(from, y, to, y, fmt::format("stroke=\"{}\" stroke-width=\"2\"", ink));
    for (const double end : {from, to})
      out +=
          svg::line(end, y - 4, end, y + 4, fmt::format("stroke=\"{}\" stroke-width=\"2\"", ink));
  }
  out += fmt::format(
      "<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" "
      "stroke=\"#ffffff\"/>\n",
      svg::number(x(policy.mean)), svg::number(y), policy.ours ? 6.5 : 5, ink);
  out += svg::text(plot.x + plot.width + kValueRoom - 2, y + 4, value_words(policy), kValueRoom - 6,
                   {{12, policy.ours}, policy.ours ? kOurs : kInk, "end"});
  return svg::group("", fmt::format("{}: {}", policy.name, value_words(policy)), out);
}

std::string panel_drawn(const ReplayPanel& panel, const std::vector<std::string>& names,
                        const svg::Axis& axis, svg::Box plot) {
  std::string out = svg::text(plot.x, plot.y - 8, panel.name, plot.width, {kHeading, kInk});
  out += svg::plot_ground(plot) + svg::across_grid(axis, plot, true);
  for (std::size_t i = 0; i < panel.references.size(); ++i) {
    const double x = svg::along(axis, panel.references[i].value, plot.x, plot.x + plot.width);
    out +=
        svg::group("class=\"reference\"",
                   fmt::format("{}: {:.2f}", panel.references[i].name, panel.references[i].value),
                   svg::line(x, plot.y, x, plot.y + plot.height,
                             fmt::format("stroke=\"#cc3311\" stroke-width=\"1.8\" "
                                         "stroke-dasharray=\"{}\"",
                                         kDashes[i % std::size(kDashes)])));
  }
  const double each = plot.height / static_cast<double>(std::max<std::size_t>(names.size(), 1));
  for (std::size_t row = 0; row < names.size(); ++row) {
    const double y = plot.y + (static_cast<double>(row) + 0.5) * each;
    out += svg::line(plot.x, y, plot.x + plot.width, y, "stroke=\"#eff1f4\"");
    const auto found = std::ranges::find(panel.policies, names[row], &PolicyResult::name);
    if (found != panel.policies.end()) out += dot(*found, axis, plot, y);
  }
  return out;
}

std::vector<svg::LegendEntry> dots_legend(const std::vector<ReplayPanel>& panels) {
  const auto sample = [](std::string_view ink, double size) {
    return fmt::format("<circle cx=\"13\" cy=\"7\" r=\"{}\" fill=\"{}\"/>\n", size, ink);
  };
  std::vector<svg::LegendEntry> out = {
      {sample(kOurs, 6.5), "ours"},
      {sample(kOthers, 5), "other policies; bars: 95 % interval of the mean"}};
  std::vector<std::string> seen;
  for (const ReplayPanel& panel : panels) {
    for (std::size_t i = 0; i < panel.references.size(); ++i) {
      if (holds(seen, panel.references[i].name)) continue;
      seen.push_back(panel.references[i].name);
      out.push_back({svg::stroke_sample({"#cc3311", 1.8, kDashes[i % std::size(kDashes)]}),
                     panel.references[i].name});
    }
  }
  return out;
}

bool is_ours(const std::vector<ReplayPanel>& panels, const std::string& name) {
  return std::ranges::any_of(panels, [&](const ReplayPanel& panel) {
    return std::ranges::any_of(panel.policies, [&](const PolicyResult& policy) {
      return policy.name == name && policy.ours;
    });
  });
}

}  // namespace
}  // namespace replay

std::string replay_picture(const ReplayWords& words, const std::vector<ReplayPanel>& panels) {
  using namespace replay;
  const svg::Slide page = svg::slide({words.title, words.subtitle, words.footer});
  const auto names = order_of(panels);
  const std::size_t across = std::clamp<std::size_t>(panels.size(), 1, 4);
  const std::size_t down = std::max<std::size_t>((panels.size() + across - 1) / across, 1);
  const bool named = std::ranges::any_of(panels, [](const auto& p) { return !p.name.empty(); });
  const double head = named ? 26 : 6, foot = svg::kBelow + 6;
  const auto key = svg::legend(dots_legend(panels), 0, 0, page.body.width - kPolicyNames);
  const double rest = key.height + 24;
  const double each = std::clamp(
      (page.body.height - rest) / static_cast<double>(down),
      head + foot + kLeastRow * static_cast<double>(std::max<std::size_t>(names.size(), 1)),
      head + foot + kMostLine * static_cast<double>(std::max<std::size_t>(names.size(), 1)));
  const svg::Box grid{page.body.x + kPolicyNames, page.body.y, page.body.width - kPolicyNames,
                      each * static_cast<double>(down)};
  const auto boxes = svg::panels(panels.size(), across, grid, kDotGap, 0);
  const svg::Axis axis = axis_of_all(panels, across == 1 ? 10 : 4);
  std::string out;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const svg::Box plot{boxes[i].x, boxes[i].y + head, boxes[i].width - kValueRoom,
                        boxes[i].height - head - foot};
    out += panel_drawn(panels[i], names, axis, plot);
    if (i % across != 0) continue;
    const double row = plot.height / static_cast<double>(std::max<std::size_t>(names.size(), 1));
    for (std::size_t r = 0; r < names.size(); ++r) {
      const bool ours = is_ours(panels, names[r]);
      out += svg::text(plot.x - 10, plot.y + (static_cast<double>(r) + 0.5) * row + 4.5, names[r],
                       kPolicyNames - 12, {{13, ours}, ours ? kOurs : kInk, "end"});
    }
  }
  double y = page.body.y + grid.height + 14;
  out += svg::text(grid.x, y, words.axis, grid.width, {{13, true}, kInk});
  out += svg::legend(dots_legend(panels), grid.x, y + 10, grid.width).elements;
  return svg::to_svg(page, out, grid.height + rest, {});
}

namespace replay {
namespace {

svg::Stroke stroke_of(const std::vector<TimeLine>& lines, std::size_t i) {
  if (lines[i].ours) return {kOurs, 2.6, {}};
  std::size_t before = 0;
  for (std::size_t j = 0; j < i; ++j) before += lines[j].ours ? 0u : 1u;
  constexpr std::size_t kOthersInks = svg::kInks - 1;  // the first is for ours
  const std::size_t round = before / kOthersInks;
  return {svg::ink_of(1 + before % kOthersInks), 1.6,
          round == 0 ? std::string_view() : kDashes[(round - 1) % std::size(kDashes)]};
}

struct Extent {
  double from = INFINITY, to = -INFINITY, most = 0;
};

Extent extent_of(const std::vector<TimeLine>& lines, const std::vector<Waterline>& references) {
  Extent out;
  for (const TimeLine& one : lines) {
    for (const svg::Point& point : one.points) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      out.from = std::min(out.from, point.x);
      out.to = std::max(out.to, point.x);
      out.most = std::max(out.most, point.y);
    }
  }
  for (const Waterline& one : references)
    if (std::isfinite(one.value)) out.most = std::max(out.most, one.value);
  if (out.from > out.to) out.from = 0, out.to = 1;
  return out;
}

}  // namespace
}  // namespace replay

std::string over_time_picture(const ReplayWords& words, const std::vector<TimeLine>& lines,
                              const std::vector<Waterline>& references) {
  using namespace replay;
  const svg::Slide page = svg::slide({words.title, words.subtitle, words.footer});
  std::vector<svg::LegendEntry> entries;
  for (std::size_t i = 0; i < lines.size(); ++i)
    entries.push_back({svg::stroke_sample(stroke_of(lines, i)), lines[i].name});
  for (std::size_t i = 0; i < references.size(); ++i)
    entries.push_back({svg::stroke_sample({"#1a1a1a", 1.4, kDashes[i % std::size(kDashes)]}),
                       references[i].name});
  const double key = svg::legend(entries, 0, 0, page.body.width).height;
  const svg::Box plot{page.body.x + 52, page.body.y + 26, page.body.width - 60,
                      page.body.height - 26 - svg::kBelow - key - 12};
  const Extent extent = extent_of(lines, references);
  const svg::Axis time = svg::time_axis(extent.from, extent.to, 10);
  const svg::Axis height = svg::linear_axis(0, extent.most, 6, svg::short_number);
  std::string out =
      svg::text(page.body.x, page.body.y + 12, words.axis, page.body.width, {{13, true}, kInk});
  out += svg::plot_ground(plot) + svg::across_grid(time, plot, true) +
         svg::upright_grid(height, plot, true);
  // Ours last, so that it lies on top.
  for (const bool ours : {false, true}) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].ours != ours) continue;
      out += svg::curve(svg::thinned(lines[i].points, kMostTimePoints), {time, height}, plot, true,
                        stroke_of(lines, i));
    }
  }
  for (std::size_t i = 0; i < references.size(); ++i) {
    const double y = svg::along(height, references[i].value, plot.y + plot.height, plot.y);
    out += svg::line(plot.x, y, plot.x + plot.width, y,
                     fmt::format("stroke=\"#1a1a1a\" stroke-width=\"1.4\" "
                                 "stroke-dasharray=\"{}\"",
                                 kDashes[i % std::size(kDashes)]));
  }
  out += svg::legend(entries, plot.x, page.body.y + page.body.height - key, plot.width).elements;
  return svg::to_svg(page, out, page.body.height, {});
}

Result<> write_picture(const std::string& file, const std::string& svg) {
  if (file.empty()) return {};
  if (file == "-") {
    return fail(Code::kInvalidArgument, "--svg - : standard output is for the words",
                "name a file: --svg replay.svg");
  }
  return replace_file(file, svg);
}

}  // namespace septet::cli::lab_pictures
