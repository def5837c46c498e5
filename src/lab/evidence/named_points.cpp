#include "lab/evidence/named_points.h"

#include <fmt/format.h>

#include "lab/evidence/recipe.h"
#include "lab/model/sharing_rules.h"

namespace septet::lab::evidence {

namespace {

constexpr std::string_view kNos = "nebuly's nos demo, A100-80GB PCIe";
// YOLOS-small FP32, seconds per inference; facts.md, 2d.
struct NosPoint {
  unsigned pods;
  double time_slicing, mps, mig;
};
constexpr NosPoint kNosPoints[] = {{1, 0.0882, 0.0880, 0.3424},
                                   {3, 0.2931, 0.1640, 0.3413},
                                   {5, 0.4890, 0.2409, 0.3453},
                                   {7, 0.6849, 0.3198, 0.3442}};
constexpr std::string_view kNjit = "NJIT Wulver, A100-80GB";
// QLoRA of Qwen-1.5B, tokens per second on 1g.10gb, 2g.20gb, 3g.40gb and the GPU; facts.md, 2e.
struct NjitPoint {
  std::string_view profile;
  double tokens_per_second;
};
constexpr NjitPoint kNjitPoints[] = {
    {"1g.10gb", 42.3}, {"2g.20gb", 83.0}, {"3g.40gb", 130.9}, {"", 173.2}};
constexpr plan::Share kWholeGpu = {1.0, 1.0};

// Before anything is predicted: from MPS with 1 and 7 pods alone, a loop that waits after every
// step (p = 1), the price of sharing within C.
Work yolos() {
  const double one = kNosPoints[0].mps, seven = kNosPoints[3].mps;
  Work work;
  work.compute = (seven - one) / 6.0;
  work.host = one - work.compute;
  work.overlap = 1.0;
  work.mps_overhead = 0.0;
  return work;
}

plan::Share share_named(const mig::Product& product, std::string_view profile) {
  if (profile.empty()) return kWholeGpu;
  const auto* const found = product.geometry.find_name(profile);
  SEPTET_ASSERT(found != nullptr);
  return plan::share_of(product, *found).value_or(kWholeGpu);
}

class Named {
 public:
  Named(const SliceTable* inference, const SliceTable* training)
      : inference_(inference), training_(training) {}

  std::vector<NamedPoint> run() {
    nos();
    slices(inference_, "resnet50", 8, {1, 7}, 2, 11.66, "");
    slices(inference_, "bert", 1, {1, 7}, 2, 13.9, "");
    slices(inference_, "bert", 16, {1, 7}, 3, 73.5, "");
    slices(inference_, "resnet50", 64, {2, 7}, 3, 53.1, "");
    slices(training_, "transformer", 16, {1, 7}, 2, 59.2, "");
    slices(training_, "resnet", 256, {1, 7}, 3, 44.0,
           "bound by bandwidth: two points do not tell how much");
    slices(training_, "bert", 8, {3, 7}, 4, 182.9, "4g has the bandwidth of 3g");
    njit();
    hidden_kernels();
    return std::move(points_);
  }

 private:
  void add(std::string_view source, std::string workload, std::string configuration, double seconds,
           double measured, std::optional<double> naive, std::string shown, double stated) {
    Point point;
    point.source = source;
    point.workload = std::move(workload);
    point.configuration = std::move(configuration);
    point.unit = "ms";
    point.predicted = seconds * 1e3;
    point.measured = measured * 1e3;
    if (naive) point.naive = *naive * 1e3;
    point.calibrated_on = std::move(shown);
    const auto said = stated > 0.0 ? std::optional(stated) : std::nullopt;
    points_.push_back({std::move(point), said, ""});
  }

  void nos() {
    const mig::Product& product = *mig::find_product("a100-80gb");
    const Work work = yolos();
    const plan::Share slice = share_named(product, "1g.10gb");
    const double alone = kNosPoints[0].time_slicing;
    const std::string yolos_name = "YOLOS-small", shown = "MPS with 1 and 7 pods";
    for (const unsigned i : {0u, 3u}) {
      add(kNos, yolos_name, i == 0 ? "MIG 1g, alone" : "MIG 1g, of 7 pods", seconds_on(work, slice),
          kNosPoints[i].mig, alone / slice.sm, shown, 347.0);
    }
    for (const unsigned i : {1u, 2u}) {
      add(kNos, yolos_name, fmt::format("MPS, {} pods", kNosPoints[i].pods),
          mps_seconds_of_same(work, kNosPoints[i].pods, kWholeGpu), kNosPoints[i].mps,
          alone * kNosPoints[i].pods, shown, i == 2 ? 242.5 : 0.0);
    }
    for (const unsigned i : {2u, 3u}) {
      add(kNos, yolos_name, fmt::format("time-slicing, {} pods", kNosPoints[i].pods),
          time_sliced_seconds(alone, kNosPoints[i].pods), kNosPoints[i].time_slicing,
          alone * kNosPoints[i].pods, "alone; turns cost 10.8 %, by 3 pods", i == 3 ? 684.0 : 0.0);
    }
  }

  void slices(const SliceTable* table, std::string_view workload, unsigned batch,
              std::pair<unsigned, unsigned> from, unsigned to, double stated, std::string note) {
    const Series* const series = table ? find_series(*table, workload, batch) : nullptr;
    if (series == nullptr) return;
    const auto* const small = find_slices(series->alone, from.first);
    const auto* const large = find_slices(series->alone, from.second);
    const auto* const asked = find_slices(series->alone, to);
    if (small == nullptr || large == nullptr || asked == nullptr) return;
    const Recipe recipe = septet_recipe(table->training);
    const TimedProfile shown[] = {*small, *large};
    const auto work = fit(shown, recipe.exponent(batch), recipe);
    if (!work) return;
    add(table->source, batch_text(*series), std::string(asked->profile->name),
        seconds_on(*work, asked->share), asked->seconds, large->seconds * from.second / to,
        names_of(shown), stated);
    points_.back().note = std::move(note);
  }

  void njit() {
    const mig::Product& product = *mig::find_product("a100-80gb");
    const Recipe recipe = septet_recipe(false);
    std::vector<plan::TimedShare> shown;
    for (const NjitPoint& one : {kNjitPoints[0], kNjitPoints[3]})
      shown.push_back({share_named(product, one.profile), 1.0 / one.tokens_per_second});
    const auto time = plan::fit_time(shown, recipe.small_exponent, recipe.bandwidth_part);
    for (const NjitPoint& one : {kNjitPoints[1], kNjitPoints[2]}) {
      const double seconds = time->seconds(share_named(product, one.profile));
      Point point{std::string(kNjit),
                  "QLoRA, Qwen-1.5B",
                  std::string(one.profile),
                  "tokens/s",
                  1.0 / seconds,
                  one.tokens_per_second,
                  "1g.10gb, whole GPU",
                  kNjitPoints[3].tokens_per_second * (one.profile[0] - '0') / 7.0};
      points_.push_back({std::move(point), one.profile[0] == '2' ? 79.6 : 109.0, ""});
    }
  }

  // Three processes that each wait for their host most of the time.
  void hidden_kernels() {
    const Series* const series = inference_ ? find_series(*inference_, "resnet50", 1) : nullptr;
    const auto* const asked = series ? find_slices(series->shared, 1, 3) : nullptr;
    const auto* const alone = series ? find_slices(series->alone, 1) : nullptr;
    const auto* const two = series ? find_slices(series->shared, 1, 2) : nullptr;
    if (asked == nullptr || alone == nullptr || two == nullptr) return;
    const Recipe recipe = septet_recipe(false);
    std::vector<TimedProfile> shown = series->alone;
    for (const bool run_of_two : {false, true}) {
      if (run_of_two) shown.push_back(*two);
      const auto work = fit(shown, recipe.small_exponent, recipe);
      add(inference_->source, batch_text(*series), "MPS x3 in 1g",
          seconds_in(*work, asked->share, 3), asked->seconds, alone->seconds * 3,
          run_of_two ? "all sizes, and x2 in 1g" : "all sizes, one process",
          run_of_two ? 0.0 : 6.0);
      points_.back().note = run_of_two ? "" : "the host's time hides the kernels'";
    }
  }

  const SliceTable *inference_, *training_;
  std::vector<NamedPoint> points_;
};

}  // namespace

std::vector<NamedPoint> named_points(const SliceTable* inference, const SliceTable* training) {
  return Named(inference, training).run();
}

}  // namespace septet::lab::evidence
