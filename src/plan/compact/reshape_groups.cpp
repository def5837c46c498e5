#include "plan/compact/reshape_groups.h"

#include <algorithm>
#include <map>

namespace septet::plan {

namespace {

// Takes slots out that nobody asked for.
class SurplusTrim {
 public:
  SurplusTrim(const PlaceTable& places, std::vector<ChangedGpus> rows,
              std::vector<std::uint64_t> surplus)
      : places_(places), rows_(std::move(rows)), surplus_(std::move(surplus)) {}

  std::vector<ChangedGpus> run() {
    for (const bool waiting_only : {true, false}) {
      for (std::size_t row = 0; row < rows_.size(); ++row) trim(row, waiting_only);
    }
    return std::move(rows_);
  }

 private:
  void trim(std::size_t row, bool waiting_only) {
    for (PlaceSet set = rows_[row].arriving; set != 0; set = without_first(set)) {
      const std::size_t place = first_place(set);
      std::uint64_t& surplus = surplus_[places_.class_at(place)];
      if (surplus == 0) continue;
      if (waiting_only && (places_.clashing(place) & rows_[row].leaving) == 0) continue;
      const std::uint64_t gpus = std::min(surplus, rows_[row].gpus);
      if (gpus < rows_[row].gpus) {
        ChangedGpus rest = rows_[row];
        rest.gpus -= gpus;
        rows_[row].gpus = gpus;
        rows_.push_back(rest);
      }
      rows_[row].arriving &= ~(PlaceSet{1} << place);
      surplus -= gpus;
    }
  }

  const PlaceTable& places_;
  std::vector<ChangedGpus> rows_;
  std::vector<std::uint64_t> surplus_;
};

}  // namespace

ReshapeGroups::ReshapeGroups(const std::vector<HeldGpus>& groups, const Find& find)
    : groups_(groups) {
  const auto less = [](const std::vector<Reshape>* a, const std::vector<Reshape>* b) {
    return worth_less(*a, *b);
  };
  std::map<const std::vector<Reshape>*, std::size_t, decltype(less)> by_worth(less);
  std::map<Holding, std::size_t> by_holding;  // most groups of a large fleet hold what another does
  for (std::size_t group = 0; group < groups.size(); ++group) {
    reshapes_.push_back(&find(groups[group].holding));
    const auto [slot, unseen] = by_holding.try_emplace(groups[group].holding, 0);
    if (unseen) {
      const auto [source, added] = by_worth.try_emplace(reshapes_.back(), sources_.size());
      if (added) sources_.push_back({reshapes_.back(), {}});
      slot->second = source->second;
    }
    sources_[slot->second].groups.push_back(group);
  }
}

std::vector<ReshapeSource> ReshapeGroups::sources() const {
  std::vector<ReshapeSource> sources;
  for (const Source& source : sources_) {
    std::uint64_t gpus = 0;
    for (const std::size_t group : source.groups) gpus += groups_[group].gpus;
    sources.push_back({gpus, *source.reshapes});
  }
  return sources;
}

std::vector<ChangedGpus> ReshapeGroups::hand_out(const ReshapeChoice& choice) const {
  std::vector<ChangedGpus> rows;
  for (std::size_t s = 0; s < sources_.size(); ++s) {
    std::vector<std::uint64_t> left = choice.gpus[s];
    std::size_t reshape = 0;
    for (const std::size_t group : sources_[s].groups) {
      std::uint64_t open = groups_[group].gpus;
      while (open > 0) {
        while (left[reshape] == 0) ++reshape;
        const std::uint64_t gpus = std::min(open, left[reshape]);
        const PlaceSet target = (*reshapes_[group])[reshape].target;
        const Holding& held = groups_[group].holding;
        rows.push_back(
            {group, held.may_move & ~target, target & ~(held.stays | held.may_move), gpus});
        open -= gpus;
        left[reshape] -= gpus;
      }
    }
  }
  return rows;
}

std::vector<ChangedGpus> ReshapeGroups::changes(const PlaceTable& places,
                                                const ReshapeChoice& choice,
                                                const std::vector<std::uint64_t>& asked) const {
  std::vector<ChangedGpus> rows = hand_out(choice);
  std::vector<std::uint64_t> offered(asked.size(), 0);
  for (const ChangedGpus& row : rows) {
    const PlaceSet kept = groups_[row.group].holding.may_move & ~row.leaving;
    const ClassCount slots = places.count(kept | row.arriving);
    for (std::size_t c = 0; c < offered.size(); ++c) offered[c] += slots[c] * row.gpus;
  }
  for (std::size_t c = 0; c < offered.size(); ++c) offered[c] -= asked[c];
  return SurplusTrim(places, std::move(rows), std::move(offered)).run();
}

}  // namespace septet::plan
