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
    for (const mig::Layout& layout : layouts_)
      by_counts_[counts(layout.instances())].push_back(&layout);
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
    for (const mig::Instance& one : gpu.stays)
      key.emplace_back(one.profile->id, one.at.start, true);
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
      if (best_ && with >= *best_) continue;  // neither number shrinks on the way
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

// Whether an answer is a true account of a legal change.
class CompactionCheck {
 public:
  CompactionCheck(const mig::Geometry& geometry, const std::vector<OccupiedGpus>& groups,
                  const Compaction& answer)
      : geometry_(geometry), groups_(groups), answer_(answer) {}

  // "" when it is; else what is wrong with it.
  std::string run() {
    if (std::string wrong = wrong_rows(); !wrong.empty()) return wrong;
    if (std::string wrong = wrong_moves(); !wrong.empty()) return wrong;
    for (std::size_t r = 0; r < answer_.rows.size(); ++r) {
      if (std::string wrong = wrong_times(r); !wrong.empty()) return wrong;
    }
    return {};
  }

 private:
  std::string wrong_rows() const {
    std::vector<std::uint64_t> gpus(groups_.size(), 0);
    std::uint64_t used = 0, units = 0;
    for (const CompactedGpus& row : answer_.rows) {
      const std::vector<mig::Instance>& there = groups_[row.group].may_move;
      gpus[row.group] += row.gpus;
      std::vector<mig::Instance> after = groups_[row.group].stays;
      for (const mig::Instance& one : there) {
        const bool leaves = std::ranges::find(row.leaves, one) != row.leaves.end();
        if (leaves) units += one.at.size * row.gpus;
        if (!leaves) after.push_back(one);
      }
      const auto may_leave = [&there](const mig::Instance& one) {
        return std::ranges::find(there, one) != there.end();
      };
      if (!std::ranges::all_of(row.leaves, may_leave)) return "something leaves that may not";
      after.insert(after.end(), row.arrives.begin(), row.arrives.end());
      if (row.used == after.empty()) return "a GPU is wrongly called used or not";
      used += row.used ? row.gpus : 0;
      if (!mig::Layout::make(geometry_, after)) return "a layout is not legal";
    }
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (gpus[g] != groups_[g].gpus) return "GPUs are missing";
    }
    if (used != answer_.used) return "used GPUs are miscounted";
    return units == answer_.moved_units ? "" : "moved memory is miscounted";
  }

  std::string wrong_moves() {
    std::uint64_t moved = 0;
    for (const InstanceMoves& move : answer_.moves) {
      if (move.wave == 0 || move.wave > answer_.chain || move.parked >= move.wave)
        return "a move has an impossible wave";
      if (!move.profile->allows(move.to_at)) return "an instance arrives where its profile may not";
      moved += move.instances;
      Passage& out = out_[seat(move.from, move.from_at)];
      out.instances += move.instances;
      out.last = std::max(out.last, move.parked > 0 ? move.parked : move.wave);
      Passage& in = in_[seat(move.to, move.to_at)];
      in.instances += move.instances;
      in.first = in.first == 0 ? move.wave : std::min(in.first, move.wave);
    }
    return moved == answer_.moved_instances ? "" : "moves are miscounted";
  }

  // Everything that must leave has left before somebody arrives in its place.
  std::string wrong_times(std::size_t r) {
    const CompactedGpus& row = answer_.rows[r];
    for (const mig::Instance& one : row.leaves) {
      if (out_[seat(r, one.at)].instances != row.gpus) return "not all leave";
    }
    for (const mig::Instance& one : row.arrives) {
      const Passage& arrival = in_[seat(r, one.at)];
      if (arrival.instances != row.gpus) return "not all arrive";
      mig::Occupancy still;
      for (const mig::Instance& other : row.leaves) {
        if (out_[seat(r, other.at)].last >= arrival.first) still.add(*other.profile, other.at);
      }
      if (mig::may_add(geometry_, still, *one.profile, one.at) != mig::Refusal::kNone)
        return "somebody arrives before the place is free";
    }
    return {};
  }

  struct Passage {
    std::uint64_t instances = 0;
    unsigned first = 0, last = 0;  // waves
  };
  using Seat = std::tuple<std::size_t, mig::Placement>;  // row and place
  static Seat seat(std::size_t row, mig::Placement at) { return {row, at}; }

  const mig::Geometry& geometry_;
  const std::vector<OccupiedGpus>& groups_;
  const Compaction& answer_;
  std::map<Seat, Passage> out_, in_;
};

inline std::string wrong_with(const mig::Geometry& geometry,
                              const std::vector<OccupiedGpus>& groups, const Compaction& answer) {
  return CompactionCheck(geometry, groups, answer).run();
}

}  // namespace septet::plan::testing
