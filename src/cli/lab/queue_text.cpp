#include "cli/lab/queue_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::cli::lab_verbs {

namespace {

using namespace lab::queue;

constexpr std::size_t kMostSamples = 500;  // of a queue's length over time, in --json

std::string percent_below(const MisoComparison& comparison, const MisoRow& row,
                          std::string_view than) {
  const auto less = below(comparison, row, than);
  return !less || row.name == than ? "-" : fmt::format("{:+.1f} %", -*less);
}

// Every so many, so that there are at most kMostSamples, the last among them.
template <typename Sample>
Json samples_json(const std::vector<Sample>& samples) {
  Json list = Json::array();
  const std::size_t step = samples.size() / kMostSamples + 1;
  for (std::size_t i = 0; i < samples.size(); i += step) {
    const Sample& sample = samples[i];
    list.push_back({{"at", sample.at}, {"waiting", sample.waiting}, {"running", sample.running}});
  }
  return list;
}

std::string published_text() {
  return "published by MIGBench, other draws, and layouts that the hardware refuses:\n"
         "  model, saturated  first-fit 94.4 % used, HAMi 94.5 %, NVIDIA DRA 93.6 %\n"
         "  real control planes, one draw of 1g 2g 3g 7g: HAMi 2.10 86.86 % used, wait\n"
         "  1,996 s; NVIDIA DRA 0.5 85.32 %, wait 2,120 s\n";
}

}  // namespace

std::string_view title_of_miso(std::string_view name) {
  if (name == "whole") return "whole GPUs";
  if (name == "time-slicing") return "time-slicing (modelled)";
  if (name == "mps") return "MPS (modelled)";
  if (name == "static") return "best fixed layout";
  if (name == "miso") return "MISO (re-implemented)";
  if (name == "dynamic") return "dynamic MIG (septet)";
  return "dynamic MIG, lengths known";
}

std::string miso_text(const MisoComparison& comparison, const MisoOptions& options) {
  std::string text = fmt::format(
      "MISO's jobs on {} GPUs (A100 40GB), {}; a move costs {:g} s and the calls\n"
      "mean length {:.0f} s on a whole GPU; seconds from arrival to end:\n\n"
      "{:<27} {:>6} {:>4} {:>6} {:>6} {:>5} {:>9} {:>8}\n",
      options.gpus,
      options.seeds == 0 ? "upstream's arrivals"
                         : fmt::format("mean of {} arrival orders", options.seeds),
      options.move_seconds, comparison.mean_work, "", "mean", "+-", "p95", "worst", "moves",
      "to whole", "to fixed");
  for (const MisoRow& row : comparison.rows) {
    text += fmt::format("{:<27} {:>6.0f} {:>4.0f} {:>6.0f} {:>6.0f} {:>5.0f} {:>9} {:>8}\n",
                        title_of_miso(row.name), row.mean_completion, row.half_interval, row.p95,
                        row.worst, row.moves, percent_below(comparison, row, "whole"),
                        percent_below(comparison, row, "static"));
  }
  text += fmt::format("\nbest fixed layout, of {} tried afterwards: {}{}\n",
                      comparison.uniform.tried, comparison.uniform.text,
                      comparison.uniform.promotion ? ", running jobs promoted" : "");
  if (comparison.mixed) {
    text += fmt::format("best mix found: {:.0f} s, {}\n", comparison.mixed->mean_completion,
                        comparison.mixed->text);
  }
  text += "published by MISO: -49 % to whole GPUs, -16 % to the best fixed layout\n";
  return text;
}

Json to_json(const MisoComparison& comparison, const MisoOptions& options) {
  Json rows = Json::array();
  for (const MisoRow& row : comparison.rows) {
    rows.push_back({{"policy", row.name},
                    {"knows", row.knows},
                    {"mean_completion_s", row.mean_completion},
                    {"half_interval_95_s", row.half_interval},
                    {"p50_s", row.p50},
                    {"p95_s", row.p95},
                    {"worst_s", row.worst},
                    {"mean_wait_s", row.mean_wait},
                    {"makespan_s", row.makespan},
                    {"slices_held", row.slices_held},
                    {"moves", row.moves},
                    {"by_draw_s", row.by_world},
                    {"queue", samples_json(row.queue)}});
  }
  Json fixed = {{"layouts", comparison.uniform.text},
                {"promotion", comparison.uniform.promotion},
                {"tried", comparison.uniform.tried},
                {"mean_completion_s", comparison.uniform.mean_completion}};
  return {{"world", "miso"},
          {"gpus", options.gpus},
          {"draws", options.seeds},
          {"move_s", options.move_seconds},
          {"mean_work_s", comparison.mean_work},
          {"best_fixed", fixed},
          {"rows", rows}};
}

std::string slices_text(const std::vector<SliceRow>& rows, const SliceSubject& subject) {
  std::string text = fmt::format(
      "{}: {} jobs, {} x {}\nwaits in seconds; slices, memory and stranded in percent, "
      "without start and drain\n\n{:<15} {:<14} {:>7} {:>5} {:>7} {:>8} {:>6} {:>5} {:>4}\n",
      subject.what, subject.jobs, subject.gpus, subject.product, "who is next", "where", "wait",
      "+-", "p99", "makespan", "slices", "mem", "str");
  for (const SliceRow& row : rows) {
    text += fmt::format(
        "{:<15} {:<14} {:>7.0f} {:>5.0f} {:>7.0f} {:>8.0f} {:>6.1f} {:>5.1f} {:>4.0f}\n",
        row.discipline, row.policy.empty() ? "septet" : row.policy, row.mean_wait,
        row.half_interval, row.p99_wait, row.makespan, row.slices_used * 100, row.units_used * 100,
        row.stranded * 100);
  }
  text += fmt::format("\nmean wait by profile\n{:<15} {:<14}", "", "");
  for (unsigned cls = 0; cls < subject.shape->classes(); ++cls)
    text += fmt::format(" {:>8}", subject.shape->profile(cls).name);
  text += "\n";
  for (const SliceRow& row : rows) {
    text +=
        fmt::format("{:<15} {:<14}", row.discipline, row.policy.empty() ? "septet" : row.policy);
    for (const double wait : row.mean_wait_of) text += fmt::format(" {:>8.0f}", wait);
    text += "\n";
  }
  if (subject.published) text += "\n" + published_text();
  return text;
}

Json to_json(const std::vector<SliceRow>& rows, const SliceSubject& subject) {
  Json list = Json::array();
  for (const SliceRow& row : rows) {
    Json waits = Json::object();
    for (unsigned cls = 0; cls < subject.shape->classes(); ++cls)
      waits[std::string(subject.shape->profile(cls).name)] = row.mean_wait_of[cls];
    list.push_back({{"discipline", row.discipline},
                    {"policy", row.policy},
                    {"mean_wait_s", row.mean_wait},
                    {"half_interval_95_s", row.half_interval},
                    {"p95_wait_s", row.p95_wait},
                    {"p99_wait_s", row.p99_wait},
                    {"worst_wait_s", row.worst_wait},
                    {"mean_wait_by_profile_s", waits},
                    {"makespan_s", row.makespan},
                    {"slices_used", row.slices_used},
                    {"memory_used", row.units_used},
                    {"stranded", row.stranded},
                    {"backlogged", row.backlogged},
                    {"by_draw_s", row.by_world},
                    {"queue", samples_json(row.samples)}});
  }
  return {{"world", subject.what},
          {"product", subject.product},
          {"gpus", subject.gpus},
          {"jobs", subject.jobs},
          {"rows", list}};
}

}  // namespace septet::cli::lab_verbs
