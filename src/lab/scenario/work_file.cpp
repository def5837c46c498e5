#include "lab/scenario/work_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/nearest.h"
#include "base/quoted.h"
#include "lab/scenario/quantity.h"
#include "lab/scenario/work_library.h"
#include "mig/profile_name.h"
#include "plan/performance.h"

namespace septet::lab {

namespace {

constexpr Bounds kStep = {0.0, 3600.0};  // seconds of one request or step
constexpr double kPrefillEfficiency = 0.7, kDecodeBandwidth = 0.77, kTokenHost = 1.5e-3;
constexpr double kLeastStep = 1e-6;
// Weights, and a fifth again for the keys and values of the context and for activations: assumed.
constexpr double kBeyondWeights = 1.2;
constexpr std::size_t kMostMeasured = 100;

class WorkReader {
 public:
  WorkReader(const YamlDocument& document, const GpuModel& gpu) : document_(document), gpu_(gpu) {}

  Result<ReadWork> run(const YAML::Node& node) {
    if (!node.IsMap()) {
      return fail_at(document_, node, "work must say what one request costs",
                     "write {library: resnet50-b8}, or {host: 3.8ms, compute: 2.15ms, bandwidth: "
                     "1.7ms}");
    }
    TRY(check_keys(document_, node,
                   {"library", "host", "compute", "bandwidth", "overlap", "most-sm", "measured",
                    "training", "llm", "on", "mps-overhead"}));
    TRY(one_kind(node));
    ReadWork read = TRY(by_kind(node));
    if (node["most-sm"])
      read.work.most_sm = TRY(as_share(document_, node["most-sm"], "most-sm", {0.001, 1.0}));
    if (const YAML::Node overhead = node["mps-overhead"]; overhead)
      read.work.mps_overhead = TRY(as_share(document_, overhead, "mps-overhead", {0.0, 1.0}));
    const plan::Share whole{1.0, 1.0};
    if (!read.llm && seconds_on(read.work, whole) < kLeastStep) {
      return fail_at(document_, node, "this work takes less than 1us of the whole GPU",
                     "write host, compute or bandwidth with a unit, such as 2.15ms");
    }
    return read;
  }

 private:
  // Exactly one of the four ways to say it, and only its own keys beside it.
  Result<> one_kind(const YAML::Node& node) {
    std::string first;
    for (const char* const key : {"library", "measured", "llm"}) {
      if (!node[key]) continue;
      if (!first.empty()) return two_kinds(node[key], first, key);
      first = key;
    }
    for (const char* const key : {"host", "compute", "bandwidth"})
      if (node[key] && !first.empty()) return two_kinds(node[key], first, key);
    const bool timed = node["host"] || node["compute"] || node["bandwidth"];
    if (first.empty() && !timed) {
      return fail_at(document_, node, "work says no cost",
                     "write library, or host, compute and bandwidth, or measured, or llm");
    }
    if (node["on"] && (first == "library" || first == "llm")) {
      return fail_at(document_, node["on"], "on: has no meaning beside " + first,
                     "a library work knows what it was measured on; leave it out");
    }
    if (node["mps-overhead"] && (first == "library" || first == "llm")) {
      return fail_at(document_, node["mps-overhead"],
                     "mps-overhead: has no meaning beside " + first,
                     "it belongs to times of your own: host, compute and bandwidth, or measured");
    }
    if (node["overlap"] && !first.empty()) {
      return fail_at(document_, node["overlap"], "overlap: has no meaning beside " + first,
                     "it belongs to host, compute and bandwidth");
    }
    if (node["training"] && first != "measured") {
      return fail_at(document_, node["training"], "training: belongs beside measured",
                     "of a tenant that trains say kind: training");
    }
    return {};
  }

  std::unexpected<Error> two_kinds(const YAML::Node& node, const std::string& a,
                                   const std::string& b) {
    return fail_at(document_, node, fmt::format("work is said twice: {} and {}", a, b),
                   "keep one of them");
  }

  Result<ReadWork> by_kind(const YAML::Node& node) {
    if (node["library"]) return library(node["library"]);
    if (node["llm"]) return llm(node["llm"]);
    const mig::Product& product = *TRY(product_of(node["on"]));
    ReadWork read;
    if (node["measured"]) {
      read.work = TRY(measured(node, product));
    } else {
      read.work = TRY(timed(node));
    }
    if (&product != gpu_.product) read.work = TRY(carried(node["on"], read.work, product));
    return read;
  }

  Result<const mig::Product*> product_of(const YAML::Node& node) {
    if (!node) return gpu_.product;
    const auto id = TRY(as_text(document_, node, "on"));
    const mig::Product* const product = mig::find_product(id);
    if (product != nullptr) return product;
    return fail_at(document_, node, "product " + quoted(id) + " is not known",
                   "septet products lists them");
  }

  Result<Work> carried(const YAML::Node& node, const Work& work, const mig::Product& product) {
    auto result = carried_over(work, product, gpu_);
    if (!result) return fail_because(std::move(result).error(), where(document_, node));
    return *result;
  }

  Result<ReadWork> library(const YAML::Node& node) {
    const auto name = TRY(as_text(document_, node, "library"));
    const LibraryWork* const entry = find_library_work(name);
    if (entry == nullptr) {
      std::vector<std::string_view> known;
      for (const LibraryWork& one : work_library()) known.push_back(one.name);
      return fail_at(document_, node, "the library has no work " + quoted(name),
                     did_you_mean(name, known));
    }
    ReadWork read{work_of(*entry), std::nullopt, entry->training};
    const mig::Product& product = *mig::find_product(entry->product);
    if (&product != gpu_.product) read.work = TRY(carried(node, read.work, product));
    return read;
  }

  Result<Work> timed(const YAML::Node& node) {
    Work work;
    const auto time = [&](const char* key, double& seconds) -> Result<> {
      if (node[key]) seconds = TRY(as_seconds(document_, node[key], key, kStep));
      return {};
    };
    TRY(time("host", work.host));
    TRY(time("compute", work.compute));
    TRY(time("bandwidth", work.bandwidth));
    if (node["overlap"])
      work.overlap = TRY(as_number(document_, node["overlap"], "overlap", {1.0, 16.0}));
    work.source = "the scenario's own figures";
    return work;
  }

  Result<Work> measured(const YAML::Node& node, const mig::Product& product) {
    const YAML::Node list = node["measured"];
    if (!list.IsSequence() || list.size() < 2 || list.size() > kMostMeasured) {
      return fail_at(document_, list, "measured must be a list of 2 to 100",
                     "write [{profile: 1g.10gb, time: 22ms}, {profile: 7g.80gb, time: 5ms}]");
    }
    std::vector<plan::TimedShare> points;
    for (const YAML::Node& row : list) points.push_back(TRY(measured_row(row, product)));
    bool training = false;
    if (node["training"]) training = TRY(as_bool(document_, node["training"], "training"));
    const double p = plan::overlap_exponent(1, training);
    const auto fit = plan::fit_time(points, p);
    if (!fit) {
      return fail_at(document_, list, "measured needs at least two different sizes",
                     "measure on the smallest profile and on the whole GPU");
    }
    Work work;
    work.host = std::pow(fit->launch, 1.0 / p);
    work.compute = std::pow(fit->compute, 1.0 / p);
    work.bandwidth = std::pow(fit->memory, 1.0 / p);
    work.overlap = p;
    work.source =
        fmt::format("the scenario's own {} measurements on {}, fitted", points.size(), product.id);
    return work;
  }

  Result<plan::TimedShare> measured_row(const YAML::Node& row, const mig::Product& product) {
    TRY(check_keys(document_, row, {"profile", "time"}));
    for (const char* const key : {"profile", "time"})
      if (!row[key]) return fail_at(document_, row, fmt::format("this has no {}", key));
    const auto name = TRY(as_text(document_, row["profile"], "profile"));
    plan::TimedShare point;
    point.seconds = TRY(as_seconds(document_, row["time"], "time", {kLeastStep, 3600.0}));
    if (name == "whole-gpu") {
      point.share = {1.0, 1.0};
      return point;
    }
    auto profile = mig::match_profile(product.geometry, name);
    if (!profile) return fail_because(std::move(profile).error(), where(document_, row["profile"]));
    const auto share = plan::share_of(product, **profile);
    if (!share) {
      return fail_at(document_, row["profile"],
                     fmt::format("how many SMs {} of {} has is not known", name, product.id));
    }
    point.share = *share;
    return point;
  }

  Result<ReadWork> llm(const YAML::Node& node) {
    TRY(check_keys(document_, node, {"parameters", "bytes-per-weight", "prompt", "output"}));
    if (!node["parameters"])
      return fail_at(document_, node, "llm has no parameters", "add parameters: 8B");
    LanguageModel llm;
    llm.parameters = TRY(as_number(document_, node["parameters"], "parameters", {1e6, 1e13}));
    if (node["bytes-per-weight"])
      llm.bytes_per_weight =
          TRY(as_number(document_, node["bytes-per-weight"], "bytes-per-weight", {0.1, 8.0}));
    const auto tokens = [&](const char* key, double& count) -> Result<> {
      if (node[key]) count = TRY(as_number(document_, node[key], key, {1.0, 1e7}));
      return {};
    };
    TRY(tokens("prompt", llm.prompt));
    TRY(tokens("output", llm.output));
    if (static_cast<bool>(node["prompt"]) != static_cast<bool>(node["output"])) {
      return fail_at(document_, node, "llm has only one of prompt and output",
                     "write both, in tokens; or neither, and the trace says");
    }
    return ReadWork{work_of(llm, gpu_), llm, false};
  }

  const YamlDocument& document_;
  const GpuModel& gpu_;
};

}  // namespace

Result<ReadWork> read_work(const YamlDocument& document, const YAML::Node& node,
                           const GpuModel& gpu) {
  return WorkReader(document, gpu).run(node);
}

Work work_of(const LanguageModel& llm, const GpuModel& gpu) {
  const double weights = llm.parameters * llm.bytes_per_weight;
  Work work;
  work.host = kTokenHost * llm.output;
  work.compute = 2.0 * llm.parameters * (llm.prompt + llm.output) /
                 (kPrefillEfficiency * gpu.bf16_tflops.value * 1e12);
  work.bandwidth = weights * llm.output / (kDecodeBandwidth * gpu.bandwidth_gb_s.value * 1e9);
  work.overlap = 1.0;  // each token waits for the one before
  work.memory_mib = kBeyondWeights * weights / 0x1p20;
  work.to_device_bytes = 4.0 * llm.prompt;
  work.from_device_bytes = 4.0 * llm.output;
  work.source = fmt::format(
      "roofline of {:g} B parameters at {:g} bytes: prefill at {:g} of peak, decode at {:g} of "
      "bandwidth",
      llm.parameters / 1e9, llm.bytes_per_weight, kPrefillEfficiency, kDecodeBandwidth);
  return work;
}

Result<Work> carried_over(const Work& work, const mig::Product& from, const GpuModel& to) {
  const GpuModel then = TRY(gpu_model(from));
  Work result = work;
  result.compute *= then.bf16_tflops.value / to.bf16_tflops.value;
  result.bandwidth *= then.bandwidth_gb_s.value / to.bandwidth_gb_s.value;
  result.source += fmt::format("; carried over from {} by peak arithmetic and bandwidth", from.id);
  return result;
}

}  // namespace septet::lab
