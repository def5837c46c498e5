#include "plan/compact/waves.h"

#include <algorithm>
#include <limits>

namespace septet::plan {

namespace {

using PerPlace = std::array<std::uint16_t, 64>;

PlaceSet bit_of(std::size_t place) { return PlaceSet{1} << place; }

// GPUs that have been alike in every wave so far.
struct AlikeGpus {
  ChangedGpus row;
  PlaceSet gone = 0;    // blockers that have somewhere to go
  PlaceSet parked = 0;  // those of them that stepped aside
  PlaceSet open = 0;    // arriving places that are free
  PerPlace gone_in{}, open_in{};
};

class ClearingWaves {
 public:
  ClearingWaves(const PlaceTable& places, const std::vector<ChangedGpus>& changed)
      : places_(places), free_(places.classes().size(), 0) {
    for (const ChangedGpus& row : changed) {
      if (row.gpus > 0) parts_.push_back({row, 0, 0, 0, {}, {}});
    }
  }

  std::vector<AlikeGpus> run() {
    open_free_places(1);
    for (unsigned wave = 1; !all_open(); ++wave) {
      if (!clear(wave)) park(wave);
      open_free_places(wave + 1);
    }
    return std::move(parts_);
  }

 private:
  PlaceSet blockers(const AlikeGpus& part, std::size_t place) const {
    return places_.clashing(place) & part.row.leaving & ~part.gone;
  }

  void open_free_places(unsigned wave) {
    for (AlikeGpus& part : parts_) {
      for (PlaceSet shut = part.row.arriving & ~part.open; shut != 0; shut = without_first(shut)) {
        const std::size_t place = first_place(shut);
        if (blockers(part, place) != 0) continue;
        part.open |= bit_of(place);
        part.open_in[place] = static_cast<std::uint16_t>(wave);
        free_[places_.class_at(place)] += part.row.gpus;
      }
    }
  }

  bool all_open() const {
    return std::ranges::all_of(
        parts_, [](const AlikeGpus& part) { return part.open == part.row.arriving; });
  }

  // Those with the fewest blockers first. Whether anybody found a place.
  bool clear(unsigned wave) {
    bool any = false;
    for (int blocking = 1; blocking <= 16; ++blocking) {
      for (std::size_t p = 0; p < parts_.size(); ++p) {
        PlaceSet shut = parts_[p].row.arriving & ~parts_[p].open;
        for (; shut != 0; shut = without_first(shut)) {
          const PlaceSet going = blockers(parts_[p], first_place(shut));
          if (going != 0 && std::popcount(going) == blocking) any |= let_go(p, going, wave);
        }
      }
    }
    return any;
  }

  // As many GPUs of the part as there are free places for what must go.
  bool let_go(std::size_t p, PlaceSet going, unsigned wave) {
    const ClassCount needed = places_.count(going);
    std::uint64_t gpus = parts_[p].row.gpus;
    for (std::size_t c = 0; c < needed.size(); ++c) {
      if (needed[c] > 0) gpus = std::min(gpus, free_[c] / needed[c]);
    }
    if (gpus == 0) return false;
    keep_apart(p, gpus);
    for (std::size_t c = 0; c < needed.size(); ++c) free_[c] -= needed[c] * gpus;
    leave(parts_[p], going, wave);
    return true;
  }

  void keep_apart(std::size_t p, std::uint64_t gpus) {
    if (gpus == parts_[p].row.gpus) return;
    AlikeGpus rest = parts_[p];
    rest.row.gpus -= gpus;
    parts_[p].row.gpus = gpus;
    parts_.push_back(rest);
  }

  static void leave(AlikeGpus& part, PlaceSet going, unsigned wave) {
    part.gone |= going;
    for (; going != 0; going = without_first(going))
      part.gone_in[first_place(going)] = static_cast<std::uint16_t>(wave);
  }

  // On one GPU, where the least memory stands in the way.
  void park(unsigned wave) {
    std::size_t part = 0;
    PlaceSet least = 0;
    unsigned least_units = std::numeric_limits<unsigned>::max();
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      PlaceSet shut = parts_[p].row.arriving & ~parts_[p].open;
      for (; shut != 0; shut = without_first(shut)) {
        const PlaceSet going = blockers(parts_[p], first_place(shut));
        if (places_.units(going) >= least_units) continue;
        least_units = places_.units(going);
        least = going;
        part = p;
      }
    }
    SEPTET_ASSERT(least != 0);
    keep_apart(part, 1);
    parts_[part].parked |= least;
    leave(parts_[part], least, wave);
  }

  const PlaceTable& places_;
  std::vector<AlikeGpus> parts_;
  std::vector<std::uint64_t> free_;  // open and not promised, by class
};

// Who moves where: the earlier somebody must go, the earlier a place is free that it gets.
class WhoMovesWhere {
 public:
  WhoMovesWhere(const PlaceTable& places, const std::vector<AlikeGpus>& parts)
      : places_(places), parts_(parts) {}

  std::vector<MoveOfPlaces> run() {
    for (std::size_t c = 0; c < places_.classes().size(); ++c) pair(c);
    return std::move(moves_);
  }

 private:
  struct Seat {
    std::size_t part = 0, place = 0;
    std::uint64_t left = 0;
    unsigned wave = 0;  // of a place: when it is free; of an instance: when it must go
    bool parked = false;
  };

  void pair(std::size_t c) {
    std::vector<Seat> leaving, arriving;
    for (std::size_t p = 0; p < parts_.size(); ++p) collect(p, c, leaving, arriving);
    std::ranges::stable_sort(leaving, {}, &Seat::wave);
    std::ranges::stable_sort(arriving, {}, &Seat::wave);
    std::size_t to = 0;
    for (Seat& from : leaving) {
      while (from.left > 0) {
        while (to < arriving.size() && arriving[to].left == 0) ++to;
        SEPTET_ASSERT(to < arriving.size());
        move(from, arriving[to]);
      }
    }
  }

  // An instance that stands in nobody's way, or is parked, goes last.
  void collect(std::size_t p, std::size_t c, std::vector<Seat>& leaving,
               std::vector<Seat>& arriving) const {
    const AlikeGpus& part = parts_[p];
    for (PlaceSet set = part.row.leaving; set != 0; set = without_first(set)) {
      const std::size_t place = first_place(set);
      if (places_.class_at(place) != c) continue;
      const bool early = (part.gone & ~part.parked & bit_of(place)) != 0;
      leaving.push_back({p, place, part.row.gpus,
                         early ? part.gone_in[place] : std::numeric_limits<unsigned>::max(),
                         (part.parked & bit_of(place)) != 0});
    }
    for (PlaceSet set = part.row.arriving; set != 0; set = without_first(set)) {
      const std::size_t place = first_place(set);
      if (places_.class_at(place) == c)
        arriving.push_back({p, place, part.row.gpus, part.open_in[place], false});
    }
  }

  void move(Seat& from, Seat& to) {
    const std::uint64_t instances = std::min(from.left, to.left);
    MoveOfPlaces made{from.part, from.place, to.part, to.place, instances, to.wave, 0};
    if (from.parked) {
      made.parked = parts_[from.part].gone_in[from.place];
      made.wave = std::max(made.wave, made.parked + 1);
    }
    moves_.push_back(made);
    from.left -= instances;
    to.left -= instances;
  }

  const PlaceTable& places_;
  const std::vector<AlikeGpus>& parts_;
  std::vector<MoveOfPlaces> moves_;
};

// The fewest waves, counting neither GPUs nor places: somebody of a class can leave as soon as any
// place of the class is free, and a place is free a wave after everybody in it could leave.
class FewestWaves {
 public:
  FewestWaves(const PlaceTable& places, const std::vector<ChangedGpus>& changed)
      : places_(places), changed_(changed), leaves_(places.classes().size(), kNever) {}

  unsigned find() {
    for (unsigned before = settled() + 1; before != settled();) {
      before = settled();
      for (const ChangedGpus& row : changed_) visit(row);
    }
    return fewest();
  }

 private:
  static constexpr unsigned kNever = std::numeric_limits<unsigned>::max();

  // Falls with every change until none is left.
  unsigned settled() const {
    unsigned sum = 0;
    for (const unsigned wave : leaves_) sum += std::min(wave, 64u);
    return sum;
  }

  unsigned free_in(const ChangedGpus& row, std::size_t place) const {
    unsigned wave = 1;
    PlaceSet blocking = places_.clashing(place) & row.leaving;
    for (; blocking != 0; blocking = without_first(blocking)) {
      const unsigned leaves = leaves_[places_.class_at(first_place(blocking))];
      wave = leaves == kNever ? kNever : std::max(wave, leaves + 1);
      if (wave == kNever) break;
    }
    return wave;
  }

  void visit(const ChangedGpus& row) {
    for (PlaceSet set = row.arriving; set != 0; set = without_first(set)) {
      const std::size_t place = first_place(set);
      unsigned& leaves = leaves_[places_.class_at(place)];
      leaves = std::min(leaves, free_in(row, place));
    }
  }

  unsigned fewest() const {
    unsigned waves = 0;
    for (const ChangedGpus& row : changed_) {
      for (PlaceSet set = row.arriving; set != 0; set = without_first(set))
        waves = std::max(waves, free_in(row, first_place(set)));
    }
    return waves;
  }

  const PlaceTable& places_;
  const std::vector<ChangedGpus>& changed_;
  std::vector<unsigned> leaves_;  // by class: the first wave in which somebody can
};

}  // namespace

Waves waves_of(const PlaceTable& places, const std::vector<ChangedGpus>& changed) {
  const std::vector<AlikeGpus> parts = ClearingWaves(places, changed).run();
  Waves waves;
  for (const AlikeGpus& part : parts) waves.rows.push_back(part.row);
  waves.moves = WhoMovesWhere(places, parts).run();
  for (const MoveOfPlaces& move : waves.moves) waves.waves = std::max(waves.waves, move.wave);
  const bool parks =
      std::ranges::any_of(waves.moves, [](const MoveOfPlaces& move) { return move.parked != 0; });
  waves.fewest = parks ? 1 : FewestWaves(places, waves.rows).find();
  return waves;
}

}  // namespace septet::plan
