#include "cli/lab/validate_claim.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/plan_text.h"

namespace septet::cli::validating {

namespace {

using lab::evidence::ClaimRow;
using lab::evidence::ClaimVerdict;

// Rows that the short table leaves out: larger batches say the same again.
bool telling(const ClaimRow& row) { return row.batch == 1 || row.batch == 4 || row.batch == 32; }

std::string row_text(const ClaimRow& row) {
  return fmt::format("{:<11}{:>6}{:>6.0f} %{:>7.0f} %{:>7.0f} %{:>9.2f} ->{:>7.2f}{:>5.1f}x {}\n",
                     row.workload, row.batch, 100 * row.whole, 100 * row.whole_at_most,
                     100 * row.sliced, row.whole_seconds * 1e3, row.slice_seconds * 1e3,
                     row.throughput, lab::evidence::to_string(row.verdict));
}

std::size_t count_of(std::span<const ClaimRow> rows, ClaimVerdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(rows, verdict, &ClaimRow::verdict));
}

constexpr const char* kDefinition =
    "Utilization here is SM activity (DCGM 1002) under saturation, over the physical SMs, so that "
    "the 10 of 108 that seven 1g strand count as idle. One batch takes so many seconds of an "
    "instance's SMs as the best rate that any number of MPS processes reached in it allows. "
    "\"whole\": what one process on 7g gets done, times what its batch takes of 1g's SMs. "
    "\"at most\": the same with 7g's own best rate, which holds even if kernels do not scale. "
    "\"7 x 1g\": seven processes, one per 1g, taken to be independent. From ParvaGPU's table "
    "(SC'24, A100-80GB); nothing in it is modelled.";

std::string example(std::span<const ClaimRow> rows, std::string_view workload, unsigned batch,
                    const char* words) {
  for (const ClaimRow& row : rows) {
    if (row.workload != workload || row.batch != batch) continue;
    return wrapped("  ", fmt::format(fmt::runtime(words), fmt::arg("factor", row.throughput),
                                     fmt::arg("slower", row.slice_seconds / row.whole_seconds),
                                     fmt::arg("sliced", 100 * row.sliced)));
  }
  return "";
}

std::string verdict_text(std::span<const ClaimRow> rows) {
  const std::size_t yes = count_of(rows, ClaimVerdict::kTrue);
  const auto even_at_most = std::ranges::count_if(rows, [](const ClaimRow& row) {
    return row.verdict == ClaimVerdict::kTrue && row.whole_at_most < lab::evidence::kClaimBelow;
  });
  std::string text = wrapped(
      "", fmt::format("True for {} of {} workloads and batch sizes ({} of them even by the upper "
                      "bound): small batches that leave a whole GPU waiting for the host. Nearly "
                      "for {}; {} leave 1g idle as well; {} keep a whole GPU busy already.",
                      yes, rows.size(), even_at_most, count_of(rows, ClaimVerdict::kNearly),
                      count_of(rows, ClaimVerdict::kStillIdle),
                      count_of(rows, ClaimVerdict::kAlreadyBusy)));
  text += wrapped(
      "", fmt::format("In {} rows the busiest run on 1g had the most processes that were measured: "
                      "more might have done more, and all three figures are then too high.",
                      std::ranges::count(rows, false, &ClaimRow::saturated_in_slice)));
  text += "Against it:\n";
  text +=
      example(rows, "vgg16", 1,
              "vgg16, batch 1: seven slices do {factor:.1f} times the work of one GPU, and each "
              "answer takes {slower:.1f} times as long");
  text += example(rows, "densenet121", 1,
                  "densenet121, batch 1: {sliced:.0f} % even on 1g; only several processes in each "
                  "slice (MIG and MPS) fill it");
  text += example(rows, "mobilenetv2", 1, "mobilenetv2, batch 1: {sliced:.0f} % on 1g, likewise");
  text += wrapped("  ",
                  "requests that arrive at random, not back to back: above 70 % busy, the queue "
                  "decides the latency (septet lab compare)");
  text += wrapped("  ", "H100, H200, B200: nobody published the table this is made of");
  return text;
}

}  // namespace

std::string claim_text(std::span<const ClaimRow> rows, bool all) {
  std::string text = "\"Below 30 % busy on whole GPUs, above 70 % with MIG\"\n\n" +
                     wrapped("", kDefinition) + "\n";
  text += fmt::format("{:<11}{:>6}{:>8}{:>9}{:>9}{:>19}{:>6} {}\n", "", "batch", "whole", "at most",
                      "7 x 1g", "latency, ms", "work", "the claim");
  std::size_t left_out = 0;
  for (const ClaimRow& row : rows) {
    if (all || telling(row)) {
      text += row_text(row);
    } else {
      ++left_out;
    }
  }
  if (left_out > 0) text += fmt::format("{} more rows: --points\n", left_out);
  return text + "\n" + verdict_text(rows);
}

Json claim_json(std::span<const ClaimRow> rows) {
  Json json = {{"definition", kDefinition},
               {"below", lab::evidence::kClaimBelow},
               {"above", lab::evidence::kClaimAbove}};
  json["rows"] = Json::array();
  for (const ClaimRow& row : rows) {
    json["rows"].push_back({{"workload", row.workload},
                            {"batch", row.batch},
                            {"whole", row.whole},
                            {"whole_at_most", row.whole_at_most},
                            {"seven_slices", row.sliced},
                            {"whole_ms", row.whole_seconds * 1e3},
                            {"slice_ms", row.slice_seconds * 1e3},
                            {"throughput_factor", row.throughput},
                            {"saturated_in_slice", row.saturated_in_slice},
                            {"saturated_in_whole", row.saturated_in_whole},
                            {"verdict", lab::evidence::to_string(row.verdict)}});
  }
  return json;
}

}  // namespace septet::cli::validating
