#include "plan/keep_compute.h"

#include <algorithm>
#include <tuple>

#include "mig/default_placement.h"

namespace septet::plan {

namespace {

struct Item {
  const ComputeCut* cut = nullptr;
  const mig::ComputeInstanceProfile* row = nullptr;

  auto order() const {  // fixed places first, then the widest: the order of creation
    return std::tuple(!cut->at, -int{row->size}, row->id, cut->at ? cut->at->start : 0);
  }
  bool same(const Item& other) const { return row == other.row && cut->at == other.cut->at; }
};

class Search {
 public:
  Search(const std::vector<Item>& items, const std::vector<HeldCompute>& held)
      : items_(items), held_(held), starts_(items.size(), 0) {}

  bool run() {
    from(0, 0, 0, 0);
    return found_;
  }
  std::pair<unsigned, unsigned> score() const { return {best_busy_, best_kept_}; }
  std::uint8_t start(std::size_t item) const { return best_[item]; }

 private:
  void from(std::size_t item, unsigned taken, unsigned busy, unsigned kept) {
    if (item == items_.size()) return settle(busy, kept);
    const Item& one = items_[item];
    // Two of a kind in one order only.
    const bool twin = item > 0 && one.same(items_[item - 1]);
    for (std::uint8_t start = twin ? starts_[item - 1] : 0; start < 16; ++start) {
      if (((one.row->starts >> start) & 1u) == 0) continue;
      if (one.cut->at && one.cut->at->start != start) continue;
      const mig::Placement at{start, one.row->size};
      if ((taken & at.mask()) != 0) continue;
      starts_[item] = start;
      const auto there = std::ranges::find_if(held_, [&](const HeldCompute& have) {
        return have.profile_id == one.row->id && have.at == at;
      });
      const bool stays = there != held_.end();
      from(item + 1, taken | at.mask(), busy + (stays && there->busy ? 1 : 0),
           kept + (stays ? 1 : 0));
    }
  }

  void settle(unsigned busy, unsigned kept) {
    if (found_ && std::pair(busy, kept) <= score()) return;
    found_ = true;
    best_busy_ = busy;
    best_kept_ = kept;
    best_ = starts_;
  }

  const std::vector<Item>& items_;
  const std::vector<HeldCompute>& held_;
  std::vector<std::uint8_t> starts_, best_;
  bool found_ = false;
  unsigned best_busy_ = 0, best_kept_ = 0;
};

// What diff() would keep when the open places stay open; nullopt: the driver's own choices do not
// lead to room for all.
std::optional<std::pair<unsigned, unsigned>> left_open(const mig::GpuInstanceProfile& profile,
                                                       mig::Architecture architecture,
                                                       const std::vector<HeldCompute>& held,
                                                       const std::vector<Item>& items) {
  std::vector<bool> kept(held.size(), false);
  std::vector<const Item*> missing;
  unsigned busy = 0, count = 0, taken = 0;
  for (const Item& item : items) {
    std::optional<std::size_t> chosen;
    for (std::size_t h = 0; h < held.size(); ++h) {
      const HeldCompute& have = held[h];
      if (kept[h] || have.profile_id != item.row->id) continue;
      if (item.cut->at && item.cut->at->start != have.at.start) continue;
      if (!chosen || (have.busy && !held[*chosen].busy)) chosen = h;
    }
    if (!chosen) {
      missing.push_back(&item);
      continue;
    }
    kept[*chosen] = true;
    taken |= held[*chosen].at.mask();
    busy += held[*chosen].busy ? 1 : 0;
    ++count;
  }
  // A driver that tells no placements: slices are all there is to go by.
  if (std::ranges::any_of(items, [](const Item& item) { return item.row->starts == 0; })) {
    unsigned slices = 0;
    for (const Item& item : items) slices += item.row->slices;
    return slices <= profile.slices ? std::optional(std::pair(busy, count)) : std::nullopt;
  }
  for (const Item* const item : missing) {
    std::optional<mig::Placement> at = item->cut->at;
    if (!at) {
      at = mig::default_compute_placement(architecture, profile, static_cast<std::uint16_t>(taken),
                                          *item->row);
    }
    const bool allowed = at && ((item->row->starts >> at->start) & 1u) != 0;
    if (!allowed || (taken & at->mask()) != 0) return std::nullopt;
    taken |= at->mask();
  }
  return std::pair(busy, count);
}

}  // namespace

std::optional<ComputeKeep> keep_compute(const mig::GpuInstanceProfile& profile,
                                        mig::Architecture architecture,
                                        const std::vector<HeldCompute>& held,
                                        const std::vector<ComputeCut>& wanted) {
  std::vector<Item> items;
  for (const ComputeCut& cut : wanted) {
    const auto* const row = profile.find_compute(cut.profile_id);
    if (row == nullptr) return std::nullopt;
    items.push_back({&cut, row});
  }
  std::ranges::stable_sort(items, {}, &Item::order);
  const auto simple = left_open(profile, architecture, held, items);
  Search search(items, held);
  const bool known = search.run();
  if (!known && !simple) return std::nullopt;
  const bool open = simple && (!known || *simple == search.score());
  ComputeKeep keep;
  std::tie(keep.busy, keep.kept) = open ? *simple : search.score();
  for (std::size_t i = 0; i < items.size(); ++i) {
    ComputeCut cut = *items[i].cut;
    cut.uuid.clear();
    if (!open) cut.at = mig::Placement{search.start(i), items[i].row->size};
    keep.cuts.push_back(std::move(cut));
  }
  return keep;
}

}  // namespace septet::plan
