#include "lab/scenario/arrivals_file.h"

#include <fmt/format.h>

#include <cmath>

#include "base/quoted.h"
#include "lab/scenario/quantity.h"
#include "lab/scenario/trace_file.h"

namespace septet::lab {

namespace {

constexpr Bounds kGap = {1e-3, 1e7};  // seconds: of a burst, a period, a thought
constexpr std::size_t kMostRepeated = 5'000'000;
constexpr std::size_t kMostParts = 10'000;

class ArrivalsReader {
 public:
  ArrivalsReader(const YamlDocument& document, const GpuModel& gpu, double seconds,
                 const OpenTable& open, ReadWork& read)
      : document_(document), gpu_(gpu), seconds_(seconds), open_(open), read_(read) {}

  Result<Arrivals> run(const YAML::Node& node) {
    if (!node.IsMap()) {
      return fail_at(document_, node, "arrivals must say how requests come",
                     "write {poisson: 2.1/s}, {closed: {clients: 1}} or {trace: FILE.csv}");
    }
    TRY(check_keys(document_, node,
                   {"poisson", "diurnal", "bursts", "closed", "trace", "speed", "repeat"}));
    std::string kind;
    for (const char* const key : {"poisson", "diurnal", "bursts", "closed", "trace"}) {
      if (!node[key]) continue;
      if (!kind.empty()) {
        return fail_at(document_, node[key],
                       fmt::format("arrivals are said twice: {} and {}", kind, key),
                       "keep one of them");
      }
      kind = key;
    }
    if (kind.empty()) {
      return fail_at(document_, node, "arrivals say no kind",
                     "write one of poisson, diurnal, bursts, closed and trace");
    }
    for (const char* const key : {"speed", "repeat"}) {
      if (node[key] && kind != "trace")
        return fail_at(document_, node[key], fmt::format("{}: belongs to a trace", key));
    }
    return by_kind(kind, node);
  }

 private:
  Result<Arrivals> by_kind(const std::string& kind, const YAML::Node& node) {
    Arrivals arrivals;
    if (kind == "poisson") {
      arrivals.per_second = TRY(as_per_second(document_, node["poisson"], "poisson"));
    } else if (kind == "diurnal") {
      TRY(diurnal(node["diurnal"], arrivals));
    } else if (kind == "bursts") {
      TRY(bursts(node["bursts"], arrivals));
    } else if (kind == "closed") {
      TRY(closed(node["closed"], arrivals));
    } else {
      TRY(trace(node, arrivals));
    }
    return arrivals;
  }

  Result<> mean(const YAML::Node& node, std::string_view kind, Arrivals& arrivals) {
    if (!node["mean"]) {
      return fail_at(document_, node, fmt::format("{} has no mean", kind), "add mean: 2/s");
    }
    arrivals.per_second = TRY(as_per_second(document_, node["mean"], "mean"));
    return {};
  }

  Result<> diurnal(const YAML::Node& node, Arrivals& arrivals) {
    arrivals.kind = Arrivals::Kind::kDiurnal;
    TRY(check_keys(document_, node, {"mean", "swing", "peak", "period"}));
    TRY(mean(node, "diurnal", arrivals));
    if (node["swing"])
      arrivals.swing = TRY(as_share(document_, node["swing"], "swing", {0.0, 1.0}));
    if (node["period"])
      arrivals.period = TRY(as_seconds(document_, node["period"], "period", {1.0, kGap.most}));
    if (node["peak"])
      arrivals.peak_at = TRY(as_seconds(document_, node["peak"], "peak", {0.0, kGap.most}));
    return {};
  }

  Result<> bursts(const YAML::Node& node, Arrivals& arrivals) {
    arrivals.kind = Arrivals::Kind::kBursts;
    TRY(check_keys(document_, node, {"mean", "factor", "length"}));
    TRY(mean(node, "bursts", arrivals));
    if (node["factor"])
      arrivals.burst_factor = TRY(as_factor(document_, node["factor"], "factor", {1.01, 1000.0}));
    if (node["length"])
      arrivals.burst_seconds = TRY(as_seconds(document_, node["length"], "length", kGap));
    return {};
  }

  Result<> closed(const YAML::Node& node, Arrivals& arrivals) {
    arrivals.kind = Arrivals::Kind::kClosed;
    TRY(check_keys(document_, node, {"clients", "think"}));
    if (node["clients"]) {
      const auto clients = TRY(as_count(document_, node["clients"], "clients", 10'000));
      if (clients == 0) return fail_at(document_, node["clients"], "clients must be at least 1");
      arrivals.clients = static_cast<unsigned>(clients);
    }
    if (node["think"])
      arrivals.think = TRY(as_seconds(document_, node["think"], "think", {0.0, kGap.most}));
    return {};
  }

  Result<> trace(const YAML::Node& node, Arrivals& arrivals) {
    arrivals.kind = Arrivals::Kind::kTrace;
    const auto path = TRY(as_text(document_, node["trace"], "trace"));
    double speed = 1.0;
    if (node["speed"]) speed = TRY(as_factor(document_, node["speed"], "speed", {1e-4, 1e4}));
    bool repeat = false;
    if (node["repeat"]) repeat = TRY(as_bool(document_, node["repeat"], "repeat"));
    auto table = open_(path);
    if (!table) {
      return fail_because(std::move(table).error(), where(document_, node["trace"]) + ": trace",
                          "a trace is looked for beside the scenario, then in $SEPTET_DATA");
    }
    const Trace rows = TRY(read_trace(*table));
    TRY(tokens_from(node["trace"], rows));
    TRY(play(node, rows, speed, repeat, arrivals));
    return {};
  }

  // The mean of the trace, where the scenario leaves prompt and output to it.
  Result<> tokens_from(const YAML::Node& node, const Trace& trace) {
    if (!read_.llm || read_.llm->prompt > 0.0) return {};
    if (!trace.tokens) {
      return fail_at(document_, node, "the trace has no tokens and llm says no prompt and output",
                     "add prompt: 400 and output: 120 to llm");
    }
    double prompt = 0.0, output = 0.0;
    for (const TraceRow& row : trace.rows) {
      prompt += row.prompt;
      output += row.output;
    }
    const auto count = static_cast<double>(trace.rows.size());
    read_.llm->prompt = std::max(1.0, prompt / count);
    read_.llm->output = std::max(1.0, output / count);
    const Work fresh = work_of(*read_.llm, gpu_);
    const double most_sm = read_.work.most_sm;
    read_.work = fresh;
    read_.work.most_sm = most_sm;
    return {};
  }

  double kernels(double prompt, double output) const {
    LanguageModel one = *read_.llm;
    one.prompt = prompt;
    one.output = output;
    const Work work = work_of(one, gpu_);
    return work.compute + work.bandwidth;
  }

  double size_of(const TraceRow& row, bool tokens, double mean_tokens) const {
    if (!tokens) return row.size;
    if (!read_.llm) return (row.prompt + row.output) / mean_tokens;
    return kernels(row.prompt, row.output) / kernels(read_.llm->prompt, read_.llm->output);
  }

  Result<> play(const YAML::Node& node, const Trace& trace, double speed, bool repeat,
                Arrivals& arrivals) {
    double mean_tokens = 0.0;
    for (const TraceRow& row : trace.rows) mean_tokens += row.prompt + row.output;
    mean_tokens = std::max(1.0, mean_tokens / static_cast<double>(trace.rows.size()));
    // One mean gap between the last of one round and the first of the next.
    const double last = trace.rows.back().at;
    const double round = last + last / static_cast<double>(trace.rows.size()) + 1e-3;
    for (double start = 0.0; start / speed < seconds_; start += round) {
      for (const TraceRow& row : trace.rows) {
        const double at = (start + row.at) / speed;
        if (at >= seconds_) break;
        arrivals.trace.push_back({at, size_of(row, trace.tokens, mean_tokens)});
      }
      if (arrivals.trace.size() > kMostRepeated) {
        return fail_at(document_, node, "the trace played at this speed is over 5000000 arrivals",
                       "lower speed, or seconds");
      }
      if (!repeat) break;
    }
    return {};
  }

  const YamlDocument& document_;
  const GpuModel& gpu_;
  double seconds_;
  const OpenTable& open_;
  ReadWork& read_;
};

}  // namespace

Result<Arrivals> read_arrivals(const YamlDocument& document, const YAML::Node& node,
                               const GpuModel& gpu, double seconds, const OpenTable& open,
                               ReadWork& read) {
  return ArrivalsReader(document, gpu, seconds, open, read).run(node);
}

Result<std::vector<std::pair<double, double>>> read_active(const YamlDocument& document,
                                                           const YAML::Node& node) {
  if (!node.IsSequence() || node.size() == 0 || node.size() > kMostParts) {
    return fail_at(document, node, "active must be a list of 1 to 10000 [from, to]",
                   "write [[0h, 3h], [8h, 10h]]");
  }
  std::vector<std::pair<double, double>> parts;
  for (const YAML::Node& part : node) {
    if (!part.IsSequence() || part.size() != 2) {
      return fail_at(document, part, "a part of active must be [from, to]", "write [8h, 10h]");
    }
    const double from = TRY(as_seconds(document, part[0], "from", {0.0, 1e7}));
    const double to = TRY(as_seconds(document, part[1], "to", {0.0, 1e7}));
    if (to <= from) return fail_at(document, part, "this part of active ends before it begins");
    if (!parts.empty() && from < parts.back().second)
      return fail_at(document, part, "parts of active must be in order and apart");
    parts.emplace_back(from, to);
  }
  return parts;
}

}  // namespace septet::lab
