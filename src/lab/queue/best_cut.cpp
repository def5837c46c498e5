#include "lab/queue/best_cut.h"

namespace septet::lab::queue {

namespace {

// What placing a candidate adds to leaving it out.
double added(const Places& places, const Candidate& candidate, int place) {
  const double worth = place == candidate.place
                           ? candidate.kept
                           : candidate.value[places.all[static_cast<std::size_t>(place)].profile];
  return worth - candidate.left_out;
}

struct Step {
  double value = 0;
  std::int8_t place = kNowhere, candidate = 0;
};

class Walk {
 public:
  Walk(const Places& places, std::span<const Candidate> candidates)
      : places_(places),
        candidates_(candidates),
        sets_(std::size_t{1} << candidates.size()),
        best_((places.units + 1) * sets_) {
    gains_.resize(places.all.size() * candidates.size());
    for (std::size_t p = 0; p < places.all.size(); ++p) {
      for (std::size_t c = 0; c < candidates.size(); ++c)
        gains_[p * candidates.size() + c] = added(places, candidates[c], static_cast<int>(p));
    }
  }

  Cut run() {
    std::size_t last = places_.all.size();
    for (unsigned unit = places_.units; unit-- > 0;) {
      std::size_t first = last;
      while (first > 0 && places_.all[first - 1].at.start == unit) --first;
      for (std::size_t set = 0; set < sets_; ++set) at(unit, set) = choose(unit, set, first, last);
      last = first;
    }
    return read();
  }

 private:
  Step& at(unsigned unit, std::size_t set) { return best_[unit * sets_ + set]; }

  Step choose(unsigned unit, std::size_t set, std::size_t first, std::size_t last) {
    Step best{at(unit + 1, set).value, kNowhere, 0};
    for (std::size_t p = first; p < last; ++p) {
      const unsigned next = unit + places_.all[p].at.size;
      for (std::size_t c = 0; c < candidates_.size(); ++c) {
        const double gain = gains_[p * candidates_.size() + c];
        if (gain <= 0 || ((set >> c) & 1u) != 0) continue;
        const double value = gain + at(next, set | (std::size_t{1} << c)).value;
        if (value > best.value)
          best = {value, static_cast<std::int8_t>(p), static_cast<std::int8_t>(c)};
      }
    }
    return best;
  }

  Cut read() {
    Cut cut{at(0, 0).value, std::vector<int>(candidates_.size(), kNowhere)};
    for (const Candidate& candidate : candidates_) cut.value += candidate.left_out;
    std::size_t set = 0;
    for (unsigned unit = 0; unit < places_.units;) {
      const Step& choice = at(unit, set);
      if (choice.place == kNowhere) {
        ++unit;
        continue;
      }
      const auto candidate = static_cast<std::size_t>(choice.candidate);
      cut.place[candidate] = choice.place;
      set |= std::size_t{1} << candidate;
      unit += places_.all[static_cast<std::size_t>(choice.place)].at.size;
    }
    return cut;
  }

  const Places& places_;
  std::span<const Candidate> candidates_;
  std::size_t sets_;
  std::vector<Step> best_;
  std::vector<double> gains_;
};

}  // namespace

Cut best_cut(const Places& places, std::span<const Candidate> candidates) {
  SEPTET_ASSERT(candidates.size() <= kMostCandidates);
  return Walk(places, candidates).run();
}

}  // namespace septet::lab::queue
