#include "cli/lab/replay_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/lab_svg/replay_picture.h"

namespace septet::cli::lab_verbs {

namespace {

using lab::openb::kMeasuredLoads;
using lab::queue::MisoComparison, lab::queue::MisoOptions, lab::queue::MisoRow;
using lab::queue::SliceRow;
using lab_pictures::over_time_picture, lab_pictures::replay_picture;
using lab_pictures::Picture, lab_pictures::PolicyResult, lab_pictures::ReplayPanel;
using lab_pictures::ReplayWords, lab_pictures::TimeLine;

constexpr std::size_t kMostWaitingLines = 8;  // over time, beyond which nobody can follow one

std::string intervals_words(std::uint64_t runs) {
  return runs > 1 ? fmt::format(
                        "{} runs on the same requests for every policy, 95 % intervals of "
                        "the mean",
                        runs)
                  : std::string("one run, so no intervals");
}

PolicyResult result_of(const std::string& name, const lab::replay::Spread& spread, bool ours) {
  return {name, spread.mean, spread.half.value_or(0), ours};
}

// Ours and the best of the others by the mean; either may be missing.
struct Duel {
  const PolicyResult* ours = nullptr;
  const PolicyResult* other = nullptr;
};
Duel duel_of(const std::vector<PolicyResult>& policies, bool less_is_better) {
  Duel duel;
  for (const PolicyResult& policy : policies) {
    const PolicyResult*& best = policy.ours ? duel.ours : duel.other;
    if (best == nullptr || (less_is_better ? policy.mean < best->mean : policy.mean > best->mean))
      best = &policy;
  }
  return duel;
}

// "septet accepts 91.48 %, 0.25 points more than fgd, the next": `what` is of the unit of a per
// cent.
std::string points_title(const Duel& duel, const std::string& what) {
  if (duel.ours == nullptr)
    return duel.other == nullptr ? std::string("No policy was replayed")
                                 : fmt::format("Of these {} has the highest mean: {:.2f} % {}",
                                               duel.other->name, duel.other->mean, what);
  std::string first = fmt::format("{}: {:.2f} % {}", duel.ours->name, duel.ours->mean, what);
  if (duel.other == nullptr) return first;
  const double more = duel.ours->mean - duel.other->mean;
  if (std::abs(more) < 0.005) return fmt::format("{}, as much as {}", first, duel.other->name);
  return fmt::format("{}, {:.2f} points {} than {}, the best of the others", first, std::abs(more),
                     more > 0 ? "more" : "less", duel.other->name);
}

// "dynamic MIG: 919 s from arrival to end, 12 % less than MPS, the best of the others"
std::string seconds_title(const Duel& duel, const std::string& what) {
  const PolicyResult* const best = duel.ours != nullptr ? duel.ours : duel.other;
  if (best == nullptr) return "No policy was replayed";
  std::string first = fmt::format("{}: {:.0f} s {}", best->name, best->mean, what);
  if (duel.ours == nullptr || duel.other == nullptr || duel.other->mean <= 0) return first;
  const double less = 100 * (1 - duel.ours->mean / duel.other->mean);
  if (std::abs(less) < 0.5) return fmt::format("{}, as long as {}", first, duel.other->name);
  return fmt::format("{}, {:.0f} % {} than {}, the best of the others", first, std::abs(less),
                     less > 0 ? "less" : "more", duel.other->name);
}

template <typename Samples>
TimeLine waiting_line(std::string name, const Samples& samples, bool ours) {
  TimeLine line{std::move(name), {}, ours};
  for (const auto& sample : samples)
    line.points.push_back({sample.at, static_cast<double>(sample.waiting)});
  return line;
}

// Ours, and of the others those that wait least, in the order of the rows.
std::vector<TimeLine> fewest_lines(std::vector<TimeLine> lines,
                                   const std::vector<PolicyResult>& policies) {
  std::vector<double> means;
  for (const PolicyResult& policy : policies)
    if (!policy.ours) means.push_back(policy.mean);
  std::ranges::sort(means);
  const std::size_t ours = policies.size() - means.size();
  if (ours + means.size() <= kMostWaitingLines) return lines;
  const std::size_t others = kMostWaitingLines > ours ? kMostWaitingLines - ours : 1;
  const double most = means[std::min(others, means.size()) - 1];
  std::vector<TimeLine> out;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (policies[i].ours || policies[i].mean <= most) out.push_back(std::move(lines[i]));
  return out;
}

std::string name_of(const MisoRow& row) { return std::string(title_of_miso(row.name)); }

std::string name_of(const SliceRow& row) {
  const std::string rest = row.policy.empty() ? "" : ", " + row.policy;
  return row.discipline + rest;
}

ReplayWords waiting_words(const std::string& subtitle, const std::string& footer,
                          const std::vector<TimeLine>& lines) {
  const TimeLine* longest = nullptr;
  double most = 0;
  for (const TimeLine& line : lines) {
    for (const auto& point : line.points) {
      if (point.y <= most) continue;
      most = point.y;
      longest = &line;
    }
  }
  const std::string title =
      longest == nullptr
          ? std::string("Nobody waits")
          : fmt::format("How many jobs wait: at the most {:.0f}, under {}", most, longest->name);
  return {title, subtitle + "; the first draw", "jobs that wait", footer, true};
}

}  // namespace

std::vector<Picture> pictures_of(const ToldMig& told) {
  const MigOptions& options = told.question.options;
  ReplayPanel memory{"by memory asked for", {}, {}}, count{"by requests", {}, {}};
  for (const MigLine& line : told.lines) {
    const bool ours = line.name == "septet";
    memory.policies.push_back(result_of(line.name, line.by_memory, ours));
    count.policies.push_back(result_of(line.name, line.by_count, ours));
  }
  if (told.repacked) {
    memory.references.push_back({"unlimited repacking", told.repacked->by_memory.mean});
    count.references.push_back({"unlimited repacking", told.repacked->by_count.mean});
  }
  if (told.bound_by_memory)
    memory.references.push_back({"fluid bound: no policy passes it", *told.bound_by_memory});
  if (told.bound_by_count)
    count.references.push_back({"fluid bound: no policy passes it", *told.bound_by_count});
  const std::string moves =
      options.moves == 0
          ? std::string()
          : fmt::format("; at most {} moves for a request, {:g} per hundred accepted",
                        options.moves, options.budget);
  const ReplayWords words{
      points_title(duel_of(memory.policies, false), "of the memory asked for accepted"),
      fmt::format("{} x {}, mix {}, load {:.2f}, {} lives; placed at once or refused for good{}",
                  options.gpus, options.product, told.question.mix.name, options.load,
                  to_string(told.question.life), moves),
      "accepted, %",
      fmt::format("septet lab replay mig: modelled, {}; {} arrivals each, the first fifth not "
                  "counted. Policies other than ours are re-implemented.",
                  intervals_words(options.seeds), options.arrivals)};
  return {{"accepted.svg", replay_picture(words, {memory, count})}};
}

std::vector<Picture> pictures_of(const MisoComparison& comparison, const MisoOptions& options) {
  ReplayPanel panel;
  std::vector<TimeLine> lines;
  for (const MisoRow& row : comparison.rows) {
    const bool ours = row.name.starts_with("dynamic");
    panel.policies.push_back({name_of(row), row.mean_completion, row.half_interval, ours});
    lines.push_back(waiting_line(name_of(row), row.queue, ours));
  }
  panel.references.push_back({"mean length on a whole GPU", comparison.mean_work});
  const std::string subtitle = fmt::format(
      "MISO's jobs on {} GPUs (A100 40GB), {}; a move costs {:g} s and the calls", options.gpus,
      options.seeds == 0 ? std::string("upstream's arrivals")
                         : fmt::format("{} arrival orders", options.seeds),
      options.move_seconds);
  const std::string footer = fmt::format(
      "septet lab replay queue --miso: simulated with the speeds that MISO's authors measured "
      "(SoCC'22); {}. MISO is re-implemented; MPS and time-slicing are modelled.",
      intervals_words(options.seeds));
  const Duel duel = duel_of(panel.policies, true);
  return {{"completion.svg", replay_picture({seconds_title(duel, "from arrival to end"), subtitle,
                                             "mean seconds from arrival to end", footer, true},
                                            {panel})},
          {"waiting.svg", over_time_picture(waiting_words(subtitle, footer, lines), lines, {})}};
}

std::vector<Picture> pictures_of(const std::vector<SliceRow>& rows, const SliceSubject& subject) {
  ReplayPanel panel;
  std::vector<TimeLine> lines;
  for (const SliceRow& row : rows) {
    const bool ours = row.discipline == "fill" || row.policy == "septet";
    panel.policies.push_back({name_of(row), row.mean_wait, row.half_interval, ours});
    lines.push_back(waiting_line(name_of(row), row.samples, ours));
  }
  const std::uint64_t draws = rows.empty() ? 0 : rows.front().by_world.size();
  const std::string subtitle = fmt::format("{}: {} jobs, {} x {}", subject.what, subject.jobs,
                                           subject.gpus, subject.product);
  const std::string footer = fmt::format(
      "septet lab replay queue: simulated, {}; only layouts that the hardware allows. Rows: who is "
      "next, where it goes. Policies other than ours are re-implemented.",
      intervals_words(draws));
  const auto fewest = fewest_lines(lines, panel.policies);
  return {{"waits.svg", replay_picture({seconds_title(duel_of(panel.policies, true), "of waiting"),
                                        subtitle, "mean wait, seconds", footer, true},
                                       {panel})},
          {"waiting.svg", over_time_picture(waiting_words(subtitle, footer, fewest), fewest, {})}};
}

namespace {

lab::replay::Spread allocated_at(const ToldPolicy& policy, std::size_t load) {
  std::vector<double> values;
  for (const auto& experiment : policy.experiments) values.push_back(experiment.allocated[load]);
  return lab::replay::spread(values);
}

// A panel per load that was reached.
std::vector<ReplayPanel> panels_of(const ToldTrace& trace) {
  std::vector<ReplayPanel> panels;
  for (std::size_t load = 0; load < kMeasuredLoads.size(); ++load) {
    ReplayPanel panel{fmt::format("load {} %", kMeasuredLoads[load]), {}, {}};
    for (const ToldPolicy& policy : trace.policies) {
      const auto spread = allocated_at(policy, load);
      if (std::isfinite(spread.mean))
        panel.policies.push_back(result_of(std::string(to_string(policy.policy)), spread,
                                           policy.policy == plan::pods::Policy::kOurs));
    }
    if (panel.policies.empty()) continue;
    // Below full load all that came could be allocated.
    const double even = kMeasuredLoads[load];
    if (trace.bounds && even > 100) panel.references.push_back({"even shares", trace.bounds->even});
    panels.push_back(std::move(panel));
  }
  return panels;
}

}  // namespace

std::vector<Picture> pictures_of(const ToldPods& told) {
  std::vector<Picture> pictures;
  for (const ToldTrace& trace : told.traces) {
    const auto panels = panels_of(trace);
    const std::string title = panels.empty()
                                  ? "The load never came to 90 %"
                                  : points_title(duel_of(panels.back().policies, false),
                                                 "of all GPUs allocated at " + panels.back().name);
    const ReplayWords words{
        title,
        fmt::format("Trace {}: {} pods on {} nodes with {} GPUs; a pod without room is lost, "
                    "nobody leaves",
                    trace.name, trace.pods, told.nodes, told.gpus),
        "GPU allocated, % of all",
        fmt::format("septet lab replay pods: Alibaba's openb trace, {}. Policies other than ours "
                    "are re-implemented from FGD's simulator. Even shares: the most if every shape "
                    "got the same part of what it asks for; a reference, no bound.",
                    told.seeds > 1 ? fmt::format("{} arrival orders from seed {}, 95 % intervals "
                                                 "of the mean",
                                                 told.seeds, told.first_seed)
                                   : fmt::format("one arrival order, seed {}", told.first_seed))};
    pictures.push_back(
        {fmt::format("allocated-{}.svg", trace.name), replay_picture(words, panels)});
  }
  return pictures;
}

Result<int> tell(const Globals& globals, Json json, const std::string& text,
                 const std::string& directory, const std::vector<Picture>& pictures) {
  std::vector<std::string> paths;
  if (!directory.empty()) paths = TRY(lab_pictures::write_pictures(pictures, directory));
  if (globals.json) {
    if (!paths.empty()) json["pictures"] = paths;
    fmt::print("{}", to_text(json));
    return 0;
  }
  fmt::print("{}", text);
  for (const std::string& path : paths) fmt::print("wrote {}\n", path);
  return 0;
}

}  // namespace septet::cli::lab_verbs
