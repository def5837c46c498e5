// cli/lab_svg/timeline_picture.cpp — who runs where in a short window: a panel per mode, a lane per
// instance or tenant.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "cli/lab_svg/mig_share.h"
#include "cli/lab_svg/pictures.h"
#include "cli/lab_svg/timeline_window.h"
#include "cli/lab_svg/words.h"
#include "cli/svg/chart.h"
#include "cli/svg/palette.h"
#include "cli/svg/slide.h"

namespace septet::cli::lab_pictures {

// A name of its own: unity builds put all pictures into one file.
namespace timeline {
namespace {

using lab::Comparison, lab::ModeOutcome, lab::Scenario, lab::TimelineSpan;

constexpr double kLaneNames = 130, kPanelGap = 24, kPanelHead = 30, kLeastLane = 11;
constexpr double kThinnest = 0.6;   // pixels: spans nearer than this are drawn as one
constexpr double kRoomForTwo = 23;  // height of a lane with two lines of name

// Of one GPU: how many tenants run at once, at the most and as a mean while any runs.
struct AtOnce {
  std::size_t most = 0;
  double busy = 0, sum = 0;  // seconds; tenant seconds
};

AtOnce at_once(const ModeOutcome& mode) {
  AtOnce out;
  std::map<unsigned, std::vector<std::pair<double, int>>> edges;
  for (const TimelineSpan& span : mode.timeline) {
    if (!(span.to > span.from)) continue;
    edges[span.gpu].emplace_back(span.from, 1);
    edges[span.gpu].emplace_back(span.to, -1);
  }
  for (auto& [gpu, of_gpu] : edges) {
    std::ranges::sort(of_gpu);  // an end before a beginning at the same time
    std::size_t now = 0;
    double before = 0;
    for (const auto& [at, change] : of_gpu) {
      if (now > 0) out.busy += at - before;
      out.sum += static_cast<double>(now) * (at - before);
      now = change > 0 ? now + 1 : now - 1;
      out.most = std::max(out.most, now);
      before = at;
    }
  }
  return out;
}

struct Lane {
  std::string name;
  double y = 0, height = 0;
  bool stranded = false;
};

struct Plan {
  std::vector<Lane> lanes;             // from the top
  std::vector<std::size_t> by_number;  // ModeOutcome::lanes to `lanes`
};

struct WeighedLane {
  std::string name;
  double weight = 1;
  std::optional<std::size_t> number;  // of ModeOutcome::lanes
};

// "1g.10gb@4" and "1g.10gb@4: reranker" are lanes of that instance.
bool is_lane_of(const InstanceShare& share, std::string_view lane) {
  const std::string name = fmt::format("{}@{}", share.name, share.start);
  return lane.starts_with(name) && (lane.size() == name.size() || lane[name.size()] == ':');
}

// By SMs where every lane is of an instance of the layout; tenants who share one halve it.
void weigh(std::vector<WeighedLane>& lanes, const std::vector<InstanceShare>& shares) {
  std::vector<double> weights(lanes.size(), 0);
  for (const InstanceShare& share : shares) {
    const auto of_it = std::ranges::count_if(
        lanes, [&](const WeighedLane& lane) { return is_lane_of(share, lane.name); });
    for (std::size_t i = 0; i < lanes.size(); ++i)
      if (is_lane_of(share, lanes[i].name)) weights[i] = share.sms / static_cast<double>(of_it);
  }
  const bool all = std::ranges::all_of(weights, [](double weight) { return weight > 0; });
  for (std::size_t i = 0; i < lanes.size(); ++i)
    lanes[i].weight = all ? weights[i] : (1 - stranded(shares)) / static_cast<double>(lanes.size());
}

std::vector<WeighedLane> lanes_of(const Scenario& scenario, const ModeOutcome& mode, unsigned gpu) {
  std::vector<WeighedLane> out;
  for (std::size_t i = 0; i < mode.lanes.size(); ++i)
    if (mode.lanes[i].gpu == gpu) out.push_back({mode.lanes[i].name, 1, i});
  if (!partitions(mode.mode) || gpu >= mode.layouts.size()) return out;
  const auto shares = shares_of(scenario.gpu.product, mode.layouts[gpu]);
  if (!shares) return out;
  weigh(out, *shares);
  if (const double idle = stranded(*shares); idle > 0.001)
    out.push_back({fmt::format("no instance {}", svg::percent_words(idle)), idle, {}});
  return out;
}

Plan plan_of(const Scenario& scenario, const ModeOutcome& mode, svg::Box plot) {
  std::vector<WeighedLane> all;
  unsigned gpus = mode.gpus;
  for (const lab::TimelineLane& lane : mode.lanes) gpus = std::max(gpus, lane.gpu + 1);
  for (unsigned gpu = 0; gpu < gpus; ++gpu) {
    for (WeighedLane& lane : lanes_of(scenario, mode, gpu)) {
      if (gpus > 1 && partitions(mode.mode)) lane.name = fmt::format("GPU {} {}", gpu, lane.name);
      all.push_back(std::move(lane));
    }
  }
  // A GPU each: in the order of the tenants, as under the other modes.
  if (mode.mode == lab::Mode::kWholeGpu) {
    std::ranges::stable_sort(all, {}, [&mode](const WeighedLane& lane) {
      return std::ranges::find(mode.tenants, lane.name, &lab::TenantOutcome::name);
    });
  }
  double weights = 0;
  for (const WeighedLane& lane : all) weights += lane.weight;
  Plan out;
  out.by_number.resize(mode.lanes.size(), 0);
  const double spare = plot.height - kLeastLane * static_cast<double>(all.size());
  double y = plot.y;
  for (const WeighedLane& lane : all) {
    const double height = kLeastLane + std::max(spare, 0.0) * lane.weight / weights;
    if (lane.number) out.by_number[*lane.number] = out.lanes.size();
    out.lanes.push_back({lane.name, y, height, !lane.number});
    y += height;
  }
  return out;
}

std::string name_drawn(const Lane& lane, double x) {
  constexpr double kRoom = kLaneNames - 10;
  const std::string_view color = lane.stranded ? kGray : kInk;
  const double middle = lane.y + lane.height / 2;
  double size = std::clamp(lane.height - 1, 8.0, 11.5);
  const bool fits = svg::width_of(svg::printable(lane.name), {size, false}) <= kRoom;
  const auto colon = lane.name.find(": ");
  if (!fits && colon != std::string::npos && lane.height >= kRoomForTwo) {
    size = std::min(11.0, (lane.height - 3) / 2);
    return svg::text(x, middle - 2, lane.name.substr(0, colon), kRoom,
                     {{size, false}, color, "end"}) +
           svg::text(x, middle + size - 1, lane.name.substr(colon + 2), kRoom,
                     {{size, false}, color, "end"});
  }
  if (!fits) size = std::min(size, 9.5);
  return svg::text(x, middle + size * 0.36, lane.name, kRoom, {{size, false}, color, "end"});
}

std::string lanes_drawn(const Plan& plan, svg::Box plot) {
  std::string out;
  for (const Lane& lane : plan.lanes) {
    const svg::Box box{plot.x, lane.y, plot.width, lane.height};
    if (lane.stranded) out += svg::rect(box, "class=\"stranded\" fill=\"url(#septet-stranded)\"");
    out += svg::line(plot.x, lane.y, plot.x + plot.width, lane.y, "stroke=\"#d9dde2\"");
    out += name_drawn(lane, plot.x - 6);
  }
  return out;
}

// Spans in the window, per lane and tenant joined where nobody could see a gap.
std::vector<TimelineSpan> seen(const ModeOutcome& mode, Window window, double width) {
  std::vector<TimelineSpan> spans;
  for (const TimelineSpan& span : mode.timeline) {
    const double begin = std::max(span.from, window.from);
    const double end = std::min(span.to, window.from + window.length);
    if (end > begin && span.lane < mode.lanes.size())
      spans.push_back({span.gpu, span.lane, begin, end, span.tenant});
  }
  std::ranges::stable_sort(spans, [](const TimelineSpan& a, const TimelineSpan& b) {
    return std::tuple(a.gpu, a.lane, a.tenant, a.from) <
           std::tuple(b.gpu, b.lane, b.tenant, b.from);
  });
  const double near = kThinnest * window.length / width;
  std::vector<TimelineSpan> out;
  for (const TimelineSpan& span : spans) {
    TimelineSpan* last = out.empty() ? nullptr : &out.back();
    if (last != nullptr && last->gpu == span.gpu && last->lane == span.lane &&
        last->tenant == span.tenant && span.from - last->to < near) {
      last->to = std::max(last->to, span.to);
    } else {
      out.push_back(span);
    }
  }
  return out;
}

// The lane of a span: its number counts the lanes of its GPU.
std::size_t number_of(const ModeOutcome& mode, const TimelineSpan& span) {
  unsigned passed = 0;
  for (std::size_t i = 0; i < mode.lanes.size(); ++i) {
    if (mode.lanes[i].gpu != span.gpu) continue;
    if (passed++ == span.lane) return i;
  }
  return mode.lanes.size();
}

std::string spans_drawn(const ModeOutcome& mode, const Plan& plan, const svg::Axis& time,
                        Window window, svg::Box plot) {
  std::string out;
  for (const TimelineSpan& span : seen(mode, window, plot.width)) {
    const std::size_t number = number_of(mode, span);
    if (number >= mode.lanes.size()) continue;
    const Lane& lane = plan.lanes[plan.by_number[number]];
    const double x1 = svg::along(time, span.from - window.from, plot.x, plot.x + plot.width);
    const double x2 = svg::along(time, span.to - window.from, plot.x, plot.x + plot.width);
    const double inset = lane.height > 14 ? 1.5 : 0.75;
    const double width = std::min(std::max(x2 - x1, 0.5), plot.x + plot.width - x1);
    out += svg::rect({x1, lane.y + inset, width, lane.height - 2 * inset},
                     fmt::format("class=\"span\" fill=\"{}\" stroke=\"#444444\" "
                                 "stroke-width=\"{}\"",
                                 svg::fill_of(span.tenant), width > 1.5 ? 0.6 : 0));
  }
  return out;
}

// Runs so long that turns are an equal division of time: several tenants are seen to run.
bool by_turns(const ModeOutcome& mode) {
  return mode.mode == lab::Mode::kTimeSlicing && at_once(mode).most > 1;
}

std::string remark_of(const ModeOutcome& mode) {
  const AtOnce now = at_once(mode);
  if (now.busy <= 0) return counted(mode.gpus, "GPU");
  if (now.most == 1) return counted(mode.gpus, "GPU") + "; one at a time";
  return fmt::format("{}; {:.1f} {}, at most {}", counted(mode.gpus, "GPU"), now.sum / now.busy,
                     by_turns(mode) ? "by turns" : "at once", now.most);
}

std::string panel(const Scenario& scenario, const ModeOutcome& mode, Window window, svg::Box plot) {
  std::string out =
      mode_heading(mode, possible(mode) ? remark_of(mode) : "", plot.x - kLaneNames + 14,
                   plot.y - 8, plot.width + kLaneNames - 14);
  if (!possible(mode)) return out + impossible_words(mode, plot);
  const svg::Axis time = svg::time_axis(0, window.length, 6);
  const Plan plan = plan_of(scenario, mode, plot);
  out += svg::plot_ground(plot) + svg::across_grid(time, plot, true) + lanes_drawn(plan, plot);
  return out + spans_drawn(mode, plan, time, window, plot) +
         svg::rect(plot, "fill=\"none\" stroke=\"#8a9099\"");
}

std::size_t most_lanes(const Scenario& scenario, const Comparison& comparison) {
  std::size_t most = 1;
  for (const ModeOutcome& mode : comparison.modes)
    most = std::max(most, plan_of(scenario, mode, {0, 0, 100, 100}).lanes.size());
  return most;
}

// MPS with limits, MIG with MPS: where MPS (MIG) itself is told, the title is long enough.
bool told_by_another(const Comparison& comparison, lab::Mode mode) {
  const auto plain = mode == lab::Mode::kMpsPercentages ? lab::Mode::kMps
                     : mode == lab::Mode::kMigMps       ? lab::Mode::kMig
                                                        : mode;
  return plain != mode && std::ranges::any_of(comparison.modes, [&](const ModeOutcome& one) {
           return one.mode == plain && possible(one) && !one.timeline.empty();
         });
}

// "On one GPU, time-slicing runs 1 tenant at a time, MPS up to 5 at once, MIG up to 7 side by side"
std::string title_of(const Comparison& comparison) {
  std::vector<std::string> parts;
  for (const ModeOutcome& mode : comparison.modes) {
    const AtOnce now = at_once(mode);
    if (!possible(mode) || now.most == 0 || mode.mode == lab::Mode::kWholeGpu) continue;
    if (told_by_another(comparison, mode.mode)) continue;
    const std::string_view how = now.most == 1           ? "at a time"
                                 : by_turns(mode)        ? "by turns"
                                 : partitions(mode.mode) ? "side by side"
                                                         : "at once";
    const std::string many = now.most == 1 ? "1 tenant" : fmt::format("{}{}", "up to ", now.most);
    parts.push_back(
        fmt::format("{}{} {} {}", inside(mode.mode), parts.empty() ? " runs" : "", many, how));
  }
  if (parts.empty()) return "Who runs when";
  const bool one = std::ranges::all_of(
      comparison.modes, [](const ModeOutcome& mode) { return at_once(mode).most <= 1; });
  if (one) return "Who runs when: in this stretch of the run, one tenant at a time in every mode";
  return capital("on one GPU, " + listed(parts));
}

std::vector<svg::LegendEntry> names_of_fills(const Comparison& comparison,
                                             std::set<std::size_t>& keys) {
  std::vector<svg::LegendEntry> entries;
  for (const ModeOutcome& mode : comparison.modes) {
    for (std::size_t i = entries.size(); i < mode.tenants.size(); ++i) {
      keys.insert(i);
      entries.push_back({svg::fill_sample(svg::fill_of(i)), mode.tenants[i].name});
    }
  }
  entries.push_back({svg::fill_sample("url(#septet-stranded)"), "SMs in no instance"});
  return entries;
}

// "63.2 s"; later "1:10:01.3 h", for a window is shorter than what minutes can tell.
std::string clock_words(double seconds) {
  if (!(seconds >= 180) || !std::isfinite(seconds)) return fmt::format("{:.1f} s", seconds);
  const double hours = std::floor(seconds / 3600),
               minutes = std::floor(std::fmod(seconds, 3600) / 60);
  // Cut, not rounded: 59.97 s must not become 60.0.
  const double left = std::floor(10 * std::fmod(seconds, 60)) / 10;
  return fmt::format("{:.0f}:{:02.0f}:{:04.1f} h", hours, minutes, left);
}

constexpr const char* kStrandedPattern =
    "<pattern id=\"septet-stranded\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">\n"
    "<rect width=\"8\" height=\"8\" fill=\"#f4f5f7\"/>\n"
    "<path d=\"M-2,2 L2,-2 M0,8 L8,0 M6,10 L10,6\" stroke=\"#9aa0a8\" stroke-width=\"1.2\"/>\n"
    "</pattern>\n";

}  // namespace
}  // namespace timeline

std::string timeline_picture(const lab::Scenario& scenario, const lab::Comparison& comparison) {
  using namespace timeline;
  const Window window = window_of(comparison);
  const bool divided = std::ranges::any_of(comparison.modes, by_turns);
  const svg::Slide page = svg::slide(
      {title_of(comparison),
       fmt::format(
           "{} of the run, from {} on, where most tenants are seen. A lane is a tenant, or a "
           "MIG instance as high as its "
           "share of the GPU's SMs; a box is a tenant at work{}.",
           svg::seconds_words(window.length), clock_words(window.from),
           divided ? "; in a run this long turns are not drawn one by one" : ""),
       origin(scenario)});
  const std::size_t count = comparison.modes.size();
  const std::size_t across = count <= 2 ? 1 : count <= 4 ? 2 : 3;
  const std::size_t down = std::max<std::size_t>((count + across - 1) / across, 1);
  std::set<std::size_t> keys;
  const auto fills = names_of_fills(comparison, keys);
  const double legend_height = svg::legend(fills, 0, 0, page.body.width).height;
  const double each = std::max((page.body.height - legend_height - 8) / static_cast<double>(down),
                               kLeastLane * static_cast<double>(most_lanes(scenario, comparison)) +
                                   kPanelHead + 2 + svg::kBelow);
  const double height = each * static_cast<double>(down) + legend_height + 8;
  const svg::Box grid{page.body.x, page.body.y, page.body.width, each * static_cast<double>(down)};
  std::string out;
  const auto boxes = svg::panels(count, across, grid, kPanelGap, 0);
  for (std::size_t i = 0; i < count; ++i) {
    out += panel(scenario, comparison.modes[i], window,
                 {boxes[i].x + kLaneNames, boxes[i].y + kPanelHead, boxes[i].width - kLaneNames,
                  boxes[i].height - kPanelHead - svg::kBelow - 2});
  }
  out += svg::legend(fills, page.body.x, page.body.y + height - legend_height, page.body.width)
             .elements;
  return svg::to_svg(page, out, height, svg::patterns_of(keys) + kStrandedPattern);
}

}  // namespace septet::cli::lab_pictures
