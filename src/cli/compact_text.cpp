#include "cli/compact_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/plan_text.h"

namespace septet::cli {

namespace {

using plan::Compaction;
using plan::Fleet;
using plan::ProductCompaction;

std::string list_text(const std::vector<mig::Instance>& instances) {
  std::string text;
  for (const mig::Instance& instance : instances)
    text += (text.empty() ? "" : " ") + mig::to_string(instance);
  return text;
}

std::string moved_text(const Compaction& answer) {
  if (answer.moved_units == 0) return "nothing";
  std::string text = fmt::format("{} units", answer.moved_units);
  if (answer.mib_known) text += fmt::format(", {} GiB", answer.moved_mib / 1024);
  return text;
}

std::string compact_summary(const Fleet& fleet, const std::vector<ProductCompaction>& answers) {
  std::string text = fmt::format("{:>8} {:>8} {:>8} {:>8} {:>22} {:>10}  {}\n", "GPUs", "in use",
                                 "after", "at least", "moved", "at least", "product");
  for (const ProductCompaction& one : answers) {
    const Compaction& answer = one.answer;
    text += fmt::format("{:>8} {:>8} {:>8} {:>8} {:>22} {:>10}  {}\n", answer.gpus,
                        answer.used_before, answer.used, answer.used_bound, moved_text(answer),
                        answer.moved_bound, fleet.products[one.product].id);
  }
  return text;
}

std::string row_text(const Fleet& fleet, const ProductCompaction& one,
                     const plan::CompactedGpus& row) {
  const plan::Pool& pool = fleet.pools[one.pools[row.group]];
  std::string text = pool.held.empty() ? "" : "holds " + list_text(pool.held);
  if (!pool.may_move.empty())
    text += (text.empty() ? "runs " : ", runs ") + list_text(pool.may_move);
  if (text.empty()) text = "empty";
  if (!row.leaves.empty()) text += ": out " + list_text(row.leaves);
  if (!row.arrives.empty())
    text += (row.leaves.empty() ? ": in " : ", in ") + list_text(row.arrives);
  if (!row.used && !row.leaves.empty()) text += ", then empty";
  return wrapped(fmt::format("  {:>8}x ", row.gpus), text);
}

std::string rows_text(const Fleet& fleet, const ProductCompaction& one) {
  std::string text;
  for (const plan::CompactedGpus& row : one.answer.rows) {
    if (!row.leaves.empty() || !row.arrives.empty()) text += row_text(fleet, one, row);
  }
  return text;
}

std::string waves_text(const Compaction& answer) {
  std::map<unsigned, std::map<std::string_view, std::uint64_t>> waves;
  for (const plan::InstanceMoves& move : answer.moves)
    waves[move.wave][move.profile->name] += move.instances;
  std::string text;
  for (const auto& [wave, profiles] : waves) {
    std::string list;
    for (const auto& [profile, instances] : profiles)
      list += fmt::format("{}{}x {}", list.empty() ? "" : ", ", instances, profile);
    const std::string where =
        wave == 1 ? "to places that are free: " : "to places that are free then: ";
    text += wrapped(fmt::format("  wave {}  ", wave), where + list);
  }
  if (answer.parked_instances > 0) {
    text += wrapped("  ", fmt::format("{} of them wait for each other in a circle: they step aside "
                                      "first, onto {} spare GPUs or whatever is free",
                                      answer.parked_instances, answer.parked_gpus));
  }
  return text;
}

std::string chain_text(const Compaction& answer) {
  if (answer.chain <= 1) return "no move waits for another";
  const std::string text = fmt::format("chains of at most {} moves", answer.chain);
  if (answer.chain == answer.chain_bound) return text + ", no order of these has shorter ones";
  return text + fmt::format(", not proven shortest (at least {})", answer.chain_bound);
}

std::string compact_proof(const ProductCompaction& one, const Fleet& fleet) {
  const Compaction& answer = one.answer;
  const std::string& id = fleet.products[one.product].id;
  std::string text = answer.fewest_proven()
                         ? fmt::format("{}: fewer GPUs cannot hold it", id)
                         : fmt::format("{}: not proven to be the fewest GPUs", id);
  if (answer.moved_units == 0) return text + "\n";
  if (answer.moved_units == answer.moved_bound) {
    text += "; moving less memory cannot get there";
  } else {
    const double ratio = static_cast<double>(answer.moved_units) /
                         static_cast<double>(std::max<std::uint64_t>(answer.moved_bound, 1));
    text += fmt::format("; memory moved is {:.4f} of the flow bound", ratio);
    if (answer.moved_searched_all) text += ", and branch and bound found nothing less";
  }
  return wrapped("", text + "; " + chain_text(answer));
}

Json instances_json(const std::vector<mig::Instance>& instances) {
  Json list = Json::array();
  for (const mig::Instance& instance : instances) list.push_back(mig::to_string(instance));
  return list;
}

Json rows_json(const ProductCompaction& one) {
  Json rows = Json::array();
  for (const plan::CompactedGpus& row : one.answer.rows) {
    rows.push_back({{"pool", one.pools[row.group]},
                    {"gpus", row.gpus},
                    {"leaves", instances_json(row.leaves)},
                    {"arrives", instances_json(row.arrives)},
                    {"used_afterwards", row.used}});
  }
  return rows;
}

Json moves_json(const Compaction& answer) {
  Json moves = Json::array();
  for (const plan::InstanceMoves& move : answer.moves) {
    moves.push_back({{"wave", move.wave},
                     {"instances", move.instances},
                     {"profile", move.profile->name},
                     {"from", {{"row", move.from}, {"start", move.from_at.start}}},
                     {"to", {{"row", move.to}, {"start", move.to_at.start}}},
                     {"parked_since_wave", move.parked == 0 ? Json(nullptr) : Json(move.parked)}});
  }
  return moves;
}

}  // namespace

std::string compact_text(const Fleet& fleet, const std::vector<ProductCompaction>& answers) {
  std::string text = compact_summary(fleet, answers);
  for (const ProductCompaction& one : answers) {
    if (one.answer.moves.empty()) continue;
    text += fmt::format("{}\n", fleet.products[one.product].id);
    text += rows_text(fleet, one) + waves_text(one.answer);
  }
  for (const ProductCompaction& one : answers) text += compact_proof(one, fleet);
  return text;
}

Json compact_json(const Fleet& fleet, const std::vector<ProductCompaction>& answers) {
  Json list = Json::array();
  for (const ProductCompaction& one : answers) {
    const Compaction& answer = one.answer;
    list.push_back({{"product", fleet.products[one.product].id},
                    {"gpus", answer.gpus},
                    {"used_before", answer.used_before},
                    {"used", answer.used},
                    {"used_at_least", answer.used_bound},
                    {"fewest_proven", answer.fewest_proven()},
                    {"moved_units", answer.moved_units},
                    {"moved_units_at_least", answer.moved_bound},
                    {"branch_and_bound_found_nothing_less", answer.moved_searched_all},
                    {"moved_mib", answer.mib_known ? Json(answer.moved_mib) : Json(nullptr)},
                    {"moved_instances", answer.moved_instances},
                    {"parked_instances", answer.parked_instances},
                    {"spare_gpus_for_parking", answer.parked_gpus},
                    {"longest_chain", answer.chain},
                    {"longest_chain_at_least", answer.chain_bound},
                    {"rows", rows_json(one)},
                    {"moves", moves_json(answer)}});
  }
  Json json;
  json["compaction"] = list;
  return json;
}

}  // namespace septet::cli
