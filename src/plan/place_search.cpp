#include "plan/place_search.h"

#include <algorithm>
#include <bit>

#include "plan/place.h"

namespace septet::plan {

namespace {

class PlaceSearch {
 public:
  PlaceSearch(const mig::Geometry& geometry, std::vector<Group> groups,
              const std::vector<Fixture>& fixtures)
      : geometry_(geometry), groups_(std::move(groups)), fixtures_(fixtures) {
    for (const Group& group : groups_) {
      left_ += group.count;
      left_units_ += group.count * group.profile->size;
    }
    mig::Occupancy taken;
    for (const Fixture& fixture : fixtures_) {
      taken.add(*fixture.instance.profile, fixture.instance.at);
    }
    from(0, taken, {});
  }

  std::optional<Places> best() && { return std::move(best_); }

 private:
  const Fixture* fixture_at(unsigned start) const {
    for (const Fixture& fixture : fixtures_) {
      if (fixture.instance.at.start == start) return &fixture;
    }
    return nullptr;
  }

  void from(unsigned start, const mig::Occupancy& taken, Gain gain) {
    // Fixtures further on still add to the gain when nothing is left to place.
    if (left_ == 0 && fixtures_.empty()) return settle(taken, gain);
    if (start >= geometry_.units || start >= 16) {
      if (left_ == 0) settle(taken, gain);
      return;
    }
    if (fixtures_.empty() && left_units_ > geometry_.units - start) return;
    const Fixture* const fixture = fixture_at(start);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      Group& group = groups_[g];
      if (group.count == 0 || ((group.starts >> start) & 1u) == 0) continue;
      const mig::Placement at{static_cast<std::uint8_t>(start), group.profile->size};
      mig::Occupancy with = taken;
      if (fixture != nullptr) {
        if (fixture->instance != mig::Instance{group.profile, at}) continue;
      } else {
        if (mig::may_add(geometry_, taken, *group.profile, at) != mig::Refusal::kNone) continue;
        with.add(*group.profile, at);
      }
      --group.count;
      --left_;
      left_units_ -= at.size;
      chosen_.push_back({at, g});
      from(start + at.size, with, gain + (group.gain.empty() ? Gain{} : group.gain[start]));
      chosen_.pop_back();
      left_units_ += at.size;
      ++left_;
      ++group.count;
    }
    if (fixture == nullptr) return from(start + 1, taken, gain);
    from(start + fixture->instance.at.size, taken, gain + fixture->gain);
  }

  void settle(const mig::Occupancy& taken, const Gain& gain) {
    if (best_ && gain < best_->gain) return;
    const unsigned room = room_left(geometry_, taken);
    if (best_ && gain == best_->gain && room <= best_->room) return;
    best_ = Places{chosen_, gain, room};
  }

  const mig::Geometry& geometry_;
  std::vector<Group> groups_;
  const std::vector<Fixture>& fixtures_;
  unsigned left_ = 0, left_units_ = 0;
  std::vector<Chosen> chosen_;
  std::optional<Places> best_;
};

}  // namespace

std::optional<Places> search_places(const mig::Geometry& geometry, std::vector<Group> groups,
                                    const std::vector<Fixture>& fixtures) {
  return PlaceSearch(geometry, std::move(groups), fixtures).best();
}

}  // namespace septet::plan
