// plan/testing/brute_compaction.h — compaction of a few GPUs by trying everything, and a check of
// an answer that trusts nothing in it.
//
// Shares nothing with plan/compact but the domain: every tuple of legal layouts that holds what the
// GPUs hold is looked at.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "plan/compact/compact.h"

namespace septet::plan::testing {

struct BruteAnswer {
  std::uint64_t used = 0, moved = 0;
  friend auto operator<=>(const BruteAnswer&, const BruteAnswer&) = default;
};

// One GPU of a fleet.
struct BruteGpu {
  std::vector<mig::Instance> stays, may_move;
};

class BruteCompaction {
 public:
  using Counts = std::vector<int>;  // by row of the geometry

  BruteCompaction(const mig::Geometry& geometry, const mig::ProfileFilter& use)
      : geometry_(geometry), layouts_(mig::layouts(geometry, use, false)) {
    for (const mig::Layout& layout : layouts_) by_counts_[counts(layout.instances())].push_back(&layout);
  }

  const std::vector<mig::Layout>& layouts() const { return layouts_; }

  BruteAnswer least(const std::vector<BruteGpu>& fleet) {
    Counts all(geometry_.profiles.size(), 0);
    for (const BruteGpu& gpu : fleet) {
      for (const auto* part : {&gpu.stays, &gpu.may_move}) add(all, counts(*part), 1);
    }
    best_.reset();
    tables_.clear();
    for (const BruteGpu& gpu : fleet) tables_.push_back(&table(gpu));
    from(0, all, {});
    return *best_;
  }

  Counts counts(const std::vector<mig::Instance>& instances) const {
    Counts found(geometry_.profiles.size(), 0);
    for (const mig::Instance& instance : instances)
      ++found[static_cast<std::size_t>(instance.profile - geometry_.profiles.data())];
    return found;
  }

 private:
  using Table = std::map<Counts, std::uint64_t>;  // what the GPU then holds: least memory moved

  static void add(Counts& sum, const Counts& more, int sign) {
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += sign * more[c];
  }

  static bool holds(const mig::Layout& layout, const mig::Instance& instance) {
    return std::ranges::find(layout.instances(), instance) != layout.instances().end();
  }

  const Table& table(const BruteGpu& gpu) {
    std::vector<std::tuple<std::uint32_t, unsigned, bool>> key;
    for (const mig::Instance& one : gpu.stays) key.emplace_back(one.profile->id, one.at.start, true);
    for (const mig::Instance& one : gpu.may_move)
      key.emplace_back(one.profile->id, one.at.start, false);
    const auto [slot, added] = known_.try_emplace(key);
    if (!added) return slot->second;
    for (const auto& [counted, layouts] : by_counts_) {
      for (const mig::Layout* const layout : layouts) {
        const auto kept = [&](const mig::Instance& one) { return holds(*layout, one); };
        if (!std::ranges::all_of(gpu.stays, kept)) continue;
        std::uint64_t moved = 0;
        for (const mig::Instance& one : gpu.may_move) moved += kept(one) ? 0 : one.at.size;
        const auto [least, first] = slot->second.try_emplace(counted, moved);
        if (!first) least->second = std::min(least->second, moved);
      }
    }
    return slot->second;
  }

  void from(std::size_t gpu, const Counts& left, BruteAnswer so_far) {
    if (gpu + 1 == tables_.size()) {
      const auto last = tables_[gpu]->find(left);
      if (last != tables_[gpu]->end()) finish(so_far, left, last->second);
      return;
    }
    for (const auto& [counted, moved] : *tables_[gpu]) {
      Counts rest = left;
      add(rest, counted, -1);
      if (std::ranges::any_of(rest, [](int count) { return count < 0; })) continue;
      BruteAnswer with = so_far;
      with.used += empty(counted) ? 0 : 1;
      with.moved += moved;
      from(gpu + 1, rest, with);
    }
  }

  void finish(BruteAnswer answer, const Counts& last, std::uint64_t moved) {
    answer.used += empty(last) ? 0 : 1;
    answer.moved += moved;
    if (!best_ || answer < *best_) best_ = answer;
  }

  static bool empty(const Counts& counted) {
    return std::ranges::all_of(counted, [](int count) { return count == 0; });
  }

  const mig::Geometry& geometry_;
  const std::vector<mig::Layout> layouts_;
  std::map<Counts, std::vector<const mig::Layout*>> by_counts_;
  std::map<std::vector<std::tuple<std::uint32_t, unsigned, bool>>, Table> known_;
  std::vector<const Table*> tables_;
  std::optional<BruteAnswer> best_;
};

// "" when the answer is a true account of a legal change; else what is wrong with it.
inline std::string wrong_with(const mig::Geometry& geometry, const std::vector<OccupiedGpus>& groups,
                              const Compaction& answer) {
  std::vector<std::uint64_t> gpus(groups.size(), 0);
  std::uint64_t used = 0, units = 0, moved = 0;
  std::map<const mig::GpuInstanceProfile*, std::int64_t> balance;
  for (const CompactedGpus& row : answer.rows) {
    const OccupiedGpus& group = groups[row.group];
    gpus[row.group] += row.gpus;
    std::vector<mig::Instance> after = group.stays;
    for (const mig::Instance& one : group.may_move) {
      const bool leaves = std::ranges::find(row.leaves, one) != row.leaves.end();
      if (!leaves) after.push_back(one);
      if (leaves) units += one.at.size * row.gpus;
    }
    std::uint64_t left = 0;
    for (const mig::Instance& one : row.leaves)
      left += std::ranges::find(group.may_move, one) != group.may_move.end() ? 1 : 0;
    if (left != row.leaves.size()) return "something leaves that may not";
    after.insert(after.end(), row.arrives.begin(), row.arrives.end());
    if (row.used != !after.empty()) return "a GPU is called used or not, wrongly";
    used += row.used ? row.gpus : 0;
    if (!mig::Layout::make(geometry, after)) return "a layout is not legal";
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (gpus[g] != groups[g].gpus) return "GPUs are missing";
  }
  if (used != answer.used) return "used GPUs are miscounted";
  if (units != answer.moved_units) return "moved memory is miscounted";
  // Every place that is left or taken, by row: how often, and when.
  using Seat = std::tuple<std::size_t, std::uint8_t, std::uint8_t>;
  std::map<Seat, std::pair<std::uint64_t, unsigned>> out, in;  // latest departure, earliest arrival
  for (const InstanceMoves& move : answer.moves) {
    moved += move.instances;
    auto& leaving = out[{move.from, move.from_at.start, move.from_at.size}];
    leaving.first += move.instances;
    leaving.second = std::max(leaving.second, move.parked > 0 ? move.parked : move.wave);
    auto [arriving, first] =
        in.try_emplace({move.to, move.to_at.start, move.to_at.size}, std::uint64_t{0}, move.wave);
    arriving->second.first += move.instances;
    arriving->second.second = std::min(arriving->second.second, move.wave);
    if (move.wave == 0 || move.wave > answer.chain || move.parked >= move.wave)
      return "a move has an impossible wave";
    if (!move.profile->allows(move.to_at)) return "an instance arrives where its profile may not";
  }
  if (moved != answer.moved_instances) return "moves are miscounted";
  for (std::size_t r = 0; r < answer.rows.size(); ++r) {
    const CompactedGpus& row = answer.rows[r];
    for (const mig::Instance& one : row.leaves) {
      if (out[{r, one.at.start, one.at.size}].first != row.gpus) return "not all leave";
    }
    for (const mig::Instance& one : row.arrives) {
      const auto& arrival = in[{r, one.at.start, one.at.size}];
      if (arrival.first != row.gpus) return "not all arrive";
      mig::Occupancy still;
      for (const mig::Instance& other : row.leaves) {
        if (out[{r, other.at.start, other.at.size}].second >= arrival.second)
          still.add(*other.profile, other.at);
      }
      if (mig::may_add(geometry, still, *one.profile, one.at) != mig::Refusal::kNone)
        return "somebody arrives before the place is free";
    }
  }
  return {};
}

}  // namespace septet::plan::testing
