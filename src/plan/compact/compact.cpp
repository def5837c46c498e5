#include "plan/compact/compact.h"

#include <algorithm>

#include "plan/compact/choose.h"
#include "plan/compact/reshape_groups.h"

namespace septet::plan {

namespace {

using SlotsByClass = std::vector<std::uint64_t>;  // by class

struct FewestUsed {
  std::uint64_t gpus = 0, bound = 0;
};

SlotsByClass asked_of(const PlaceTable& places, const std::vector<HeldGpus>& groups) {
  SlotsByClass asked(places.classes().size(), 0);
  for (const HeldGpus& group : groups) {
    const ClassCount slots = places.count(group.holding.may_move);
    for (std::size_t c = 0; c < asked.size(); ++c) asked[c] += slots[c] * group.gpus;
  }
  return asked;
}

std::uint64_t used_of(const std::vector<HeldGpus>& groups) {
  std::uint64_t used = 0;
  for (const HeldGpus& group : groups) {
    if ((group.holding.stays | group.holding.may_move) != 0) used += group.gpus;
  }
  return used;
}

bool anything_stays(const std::vector<HeldGpus>& groups) {
  return std::ranges::any_of(
      groups, [](const HeldGpus& group) { return group.gpus > 0 && group.holding.stays != 0; });
}

// As if everything that may move were in a box beside the GPUs.
FewestUsed fewest_beside_what_stays(const std::vector<HeldGpus>& groups, const SlotsByClass& asked,
                                    const ReshapeGroups::Find& find) {
  std::vector<HeldGpus> emptied;
  for (const HeldGpus& group : groups) emptied.push_back({{group.holding.stays, 0}, group.gpus});
  const ReshapeGroups sources(emptied, find);
  const ReshapeChoice choice =
      choose_reshapes({sources.sources(), asked, ReshapeGoal::kFewestUsed, std::nullopt});
  return {choice.found ? choice.cost : used_of(groups), choice.bound};
}

// From places and rows of bits to instances.
class ToldCompaction {
 public:
  ToldCompaction(const PlaceTable& places, const std::vector<OccupiedGpus>& groups,
                 const std::vector<HeldGpus>& held, Compaction& result)
      : places_(places), groups_(groups), held_(held), result_(result) {}

  // How many of each class are parked.
  SlotsByClass tell(const Waves& waves) {
    result_.chain = waves.waves;
    result_.chain_bound = waves.fewest;
    for (const ChangedGpus& row : waves.rows) add_row(row);
    for (const MoveOfPlaces& move : waves.moves) add_moves(waves.rows, move);
    std::ranges::stable_sort(result_.moves, {}, &InstanceMoves::wave);
    return parked(waves);
  }

 private:
  void add_row(const ChangedGpus& row) {
    const Holding& held = held_[row.group].holding;
    const bool used = (held.stays | (held.may_move & ~row.leaving) | row.arriving) != 0;
    result_.rows.push_back({row.group, {}, places_.instances(row.arriving), row.gpus, used});
    for (const mig::Instance& instance : groups_[row.group].may_move) {
      if ((places_.set_of({instance}) & row.leaving) != 0)
        result_.rows.back().leaves.push_back(instance);
    }
    if (used) result_.used += row.gpus;
    result_.moved_units += places_.units(row.leaving) * row.gpus;
  }

  void add_moves(const std::vector<ChangedGpus>& rows, const MoveOfPlaces& move) {
    const PlaceSet from = PlaceSet{1} << move.from_place;
    const auto& there = groups_[rows[move.from].group].may_move;
    const auto instance = std::ranges::find_if(
        there, [&](const mig::Instance& one) { return places_.set_of({one}) == from; });
    SEPTET_ASSERT(instance != there.end());
    const mig::GpuInstanceProfile* const profile = instance->profile;
    result_.moves.push_back({profile, move.from, move.to, instance->at,
                             places_.placement(move.to_place), move.instances, move.wave,
                             move.parked});
    result_.moved_instances += move.instances;
    result_.mib_known = result_.mib_known && profile->memory_mib.usable();
    result_.moved_mib += move.instances * profile->memory_mib.value;
  }

  SlotsByClass parked(const Waves& waves) {
    SlotsByClass parked(places_.classes().size(), 0);
    for (const MoveOfPlaces& move : waves.moves) {
      if (move.parked == 0) continue;
      parked[places_.class_at(move.from_place)] += move.instances;
      result_.parked_instances += move.instances;
    }
    return parked;
  }

  const PlaceTable& places_;
  const std::vector<OccupiedGpus>& groups_;
  const std::vector<HeldGpus>& held_;
  Compaction& result_;
};

std::vector<ChangedGpus> nothing_changes(const std::vector<HeldGpus>& groups) {
  std::vector<ChangedGpus> rows;
  for (std::size_t group = 0; group < groups.size(); ++group)
    rows.push_back({group, 0, 0, groups[group].gpus});
  return rows;
}

}  // namespace

Compactor::Compactor(const mig::Geometry& geometry) : product_(geometry), places_(geometry) {}

const std::vector<Reshape>& Compactor::reshapes(const Holding& holding) {
  const auto [slot, added] = reshapes_.try_emplace(holding);
  if (added) slot->second = reshapes_of(places_, holding);
  return slot->second;
}

Compaction Compactor::compact(const std::vector<OccupiedGpus>& groups) {
  std::vector<HeldGpus> held;
  Compaction result;
  for (const OccupiedGpus& group : groups) {
    held.push_back({{places_.set_of(group.stays), places_.set_of(group.may_move)}, group.gpus});
    result.gpus += group.gpus;
  }
  const ReshapeGroups::Find find = [this](const Holding& holding) -> const std::vector<Reshape>& {
    return reshapes(holding);
  };
  const SlotsByClass asked = asked_of(places_, held);
  const FewestUsed fewest =
      anything_stays(held) ? fewest_beside_what_stays(held, asked, find)
                           : FewestUsed{product_.pack(asked).gpus, product_.fewest_gpus(asked)};
  result.used_before = used_of(held);
  result.used_bound = fewest.bound;
  std::vector<ChangedGpus> changes = nothing_changes(held);
  result.found = result.used_before <= fewest.gpus;
  if (!result.found) {
    const ReshapeGroups sources(held, find);
    const ReshapeChoice choice =
        choose_reshapes({sources.sources(), asked, ReshapeGoal::kLeastMoved, fewest.gpus});
    result.found = choice.found;
    result.moved_bound = choice.bound;
    result.moved_searched_all = choice.searched_all;
    if (choice.found) changes = sources.changes(places_, choice, asked);
  }
  const SlotsByClass parked =
      ToldCompaction(places_, groups, held, result).tell(waves_of(places_, changes));
  result.parked_gpus = product_.fewest_gpus(parked);
  return result;
}

}  // namespace septet::plan
