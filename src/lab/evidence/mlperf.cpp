#include "lab/evidence/mlperf.h"

#include <fmt/format.h>

#include "lab/evidence/slice_table.h"
#include "lab/model/sharing_rules.h"
#include "lab/model/work.h"

namespace septet::lab::evidence {

namespace {

constexpr std::string_view kOrganization = "NVIDIA";
constexpr std::string_view kRepeated = "-99.9";

struct Pair {
  std::string_view round, reference, compared, product, profile;
  unsigned instances = 1;  // whose samples are added up in `compared`
};

constexpr std::string_view kA100 = "DGX-A100_A100-SXM-80GBx1_TRT";
constexpr std::string_view kA100Slice = "DGX-A100_A100-SXM-80GB-MIG_1x1g.10gb_TRT";
constexpr std::string_view kA30 = "A30x1_TRT";
constexpr std::string_view kA30Slice = "A30-MIG_1x1g.6gb_TRT";

// Together the 18 of the survey.
constexpr Pair kOneSlice[] = {
    {"v0.7", "DGX-A100_A100-SXM4x1_TRT", "DGX-A100_A100-SXM4x1-MIG_1x1g.5gb_TRT", "a100-40gb",
     "1g.5gb"},
    {"v1.1", kA100, kA100Slice, "a100-80gb", "1g.10gb"},
    {"v1.1", kA30, kA30Slice, "a30-24gb", "1g.6gb"},
};
constexpr Pair kOneSliceElsewhere[] = {
    {"v1.0", "DGX-A100_A100-SXM-80GBx1_TRT_edge", kA100Slice, "a100-80gb", "1g.10gb"},
    {"v2.0", kA100, kA100Slice, "a100-80gb", "1g.10gb"},
    {"v2.0", kA30, kA30Slice, "a30-24gb", "1g.6gb"},
    {"v2.1", kA100, kA100Slice, "a100-80gb", "1g.10gb"},
};
constexpr std::string_view kA100Hetero = "DGX-A100_A100-SXM-80GB-MIG_1x1g.10gb_TRT_HeteroMultiUse";
constexpr std::string_view kA30Hetero = "A30-MIG_1x1g.6gb_TRT_HeteroMultiUse";
constexpr Pair kBusyA100[] = {
    {"v1.0", kA100Slice, kA100Hetero, "a100-80gb", "1g.10gb"},
    {"v1.1", kA100Slice, kA100Hetero, "a100-80gb", "1g.10gb"},
    {"v2.0", kA100Slice, kA100Hetero, "a100-80gb", "1g.10gb"},
};
constexpr Pair kBusyA30[] = {
    {"v1.1", kA30Slice, kA30Hetero, "a30-24gb", "1g.6gb"},
    {"v2.0", kA30Slice, kA30Hetero, "a30-24gb", "1g.6gb"},
};
constexpr std::string_view kA100Triton = "DGX-A100_A100-SXM-80GB-MIG_1x1g.10gb_TRT_Triton";
constexpr std::string_view kA100All = "DGX-A100_A100-SXM-80GB-MIG_56x1g.10gb_TRT_Triton";
constexpr std::string_view kA30Triton = "A30-MIG_1x1g.6gb_TRT_Triton";
constexpr std::string_view kA30All = "A30-MIG_32x1g.6gb_TRT_Triton";
constexpr Pair kAllA100[] = {
    {"v1.0", kA100Triton, kA100All, "a100-80gb", "1g.10gb", 56},
    {"v1.1", kA100Triton, kA100All, "a100-80gb", "1g.10gb", 56},
    {"v2.0", kA100Triton, kA100All, "a100-80gb", "1g.10gb", 56},
};
constexpr Pair kAllA30[] = {
    {"v1.1", kA30Triton, kA30All, "a30-24gb", "1g.6gb", 32},
    {"v2.0", kA30Triton, kA30All, "a30-24gb", "1g.6gb", 32},
};

double found(std::span<const MlperfRow> rows, std::string_view round, std::string_view system,
             std::string_view model) {
  for (const MlperfRow& row : rows) {
    if (row.organization == kOrganization && row.round == round && row.system == system &&
        row.model == model)
      return row.samples_per_second;
  }
  return 0.0;
}

struct Place {
  GpuModel gpu;
  const mig::GpuInstanceProfile* profile = nullptr;
  plan::Share share;
};

std::optional<Place> place_of(const Pair& pair) {
  const mig::Product* const product = mig::find_product(pair.product);
  if (product == nullptr) return std::nullopt;
  const auto gpu = gpu_model(*product);
  const auto* const profile = product->geometry.find_name(pair.profile);
  if (!gpu || profile == nullptr) return std::nullopt;
  const auto share = share_on(*gpu, *profile);
  if (!share) return std::nullopt;
  return Place{*gpu, profile, *share};
}

// `predict`: from the reference's samples per second to the predicted ones and the naive ones.
template <typename Predict>
void add_points(std::span<const MlperfRow> rows, const Pair& pair, Predict predict,
                std::vector<Point>& into) {
  const auto place = place_of(pair);
  if (!place) return;
  for (const MlperfRow& row : rows) {
    const bool counts = row.organization == kOrganization && row.round == pair.round &&
                        row.system == pair.compared &&
                        !(row.model.ends_with(kRepeated) && !row.model.starts_with("bert"));
    const double reference = counts ? found(rows, pair.round, pair.reference, row.model) : 0.0;
    if (reference <= 0.0 || row.samples_per_second <= 0.0) continue;
    Point point;
    point.source =
        fmt::format("MLPerf Inference {}, {}, {}", pair.round, kOrganization, row.system);
    point.workload = row.model;
    point.configuration = fmt::format("{}, {}", pair.profile, pair.round);
    point.unit = "samples/s";
    point.measured = row.samples_per_second / pair.instances;
    point.calibrated_on = pair.reference;
    const auto [predicted, naive] = predict(*place, reference);
    point.predicted = predicted;
    point.naive = naive;
    into.push_back(std::move(point));
  }
}

// Offline keeps every SM of the whole GPU busy: all C.
std::pair<double, double> by_sm_share(const Place& place, double whole) {
  Work work;
  work.compute = 1.0 / whole;
  return {1.0 / seconds_on(work, place.share),
          whole * place.profile->slices / place.gpu.product->geometry.slices};
}

std::pair<double, double> by_residual(const Place& place, double alone) {
  return {alone / residual_slowdown(place.gpu, 1.0), alone};
}

Group offline_group(const char* id, const char* title, const char* how, ChosenOn chosen) {
  Group group;
  group.id = id;
  group.section = "MLPerf Inference, NVIDIA's audited logs, Offline";
  group.title = title;
  group.how = how;
  group.chosen_on = chosen;
  return group;
}

Group one_slice(std::span<const MlperfRow> rows) {
  Group group = offline_group("mlperf-one-slice", "whole GPU -> 1g", "times the share of SMs",
                              ChosenOn::kNothing);
  for (const Pair& pair : kOneSlice) add_points(rows, pair, by_sm_share, group.points);
  group.stated = {18, 0.073, 0.056, 0.164};
  group.note =
      "v0.7 and v1.1, A100 and A30; RNN-T on 1g is slower than its share, A30's BERT "
      "faster (one busy slice has the power of four)";
  return group;
}

Group one_slice_elsewhere(std::span<const MlperfRow> rows) {
  Group group = offline_group("mlperf-one-slice-later", "the same, v1.0, v2.0, v2.1",
                              "times the share of SMs", ChosenOn::kNothing);
  for (const Pair& pair : kOneSliceElsewhere) add_points(rows, pair, by_sm_share, group.points);
  group.note = "rounds that the survey did not count";
  return group;
}

Group busy(std::span<const MlperfRow> rows, std::span<const Pair> pairs, const char* id,
           const char* title) {
  Group group = offline_group(id, title, "residual of power", ChosenOn::kSameTable);
  for (const Pair& pair : pairs) add_points(rows, pair, by_residual, group.points);
  return group;
}

}  // namespace

std::vector<Group> mlperf_groups(std::span<const MlperfRow> rows) {
  std::vector<Group> groups;
  groups.push_back(one_slice(rows));
  groups.push_back(one_slice_elsewhere(rows));
  groups.push_back(busy(rows, kBusyA100, "mlperf-busy-a100", "1g, six others busy, A100"));
  groups.back().note = "DLRM loses 7 %, the others 0 to 2.4 %; the CPU is shared as well";
  groups.push_back(busy(rows, kBusyA30, "mlperf-busy-a30", "1g, three others busy, A30"));
  groups.push_back(busy(rows, kAllA100, "mlperf-all-a100", "56 x 1g on 8 A100, each"));
  groups.push_back(busy(rows, kAllA30, "mlperf-all-a30", "32 x 1g on 8 A30, each"));
  groups.back().note = "BERT loses 20 %: its power is what the others take";
  std::erase_if(groups, [](const Group& group) { return group.points.empty(); });
  return groups;
}

}  // namespace septet::lab::evidence
