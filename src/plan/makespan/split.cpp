#include "plan/makespan/split.h"

#include <algorithm>
#include <bit>

namespace septet::plan {

namespace {

// With call times, of two parts that are used the shorter waits for the other's first create.
template <bool kCalls>
Ticks side_by_side(Ticks left, Ticks right, Ticks create) {
  if (!kCalls) return std::max(left, right);
  if (left == 0 || right == 0) return left + right;
  return std::max(std::max(left, right), std::min(left, right) + create);
}

// both[X] = the best of all splits of X. Of parts that are alike, the left one gets the last job.
template <bool kCalls>
void join_parts(const std::vector<Ticks>& left, const std::vector<Ticks>& right, bool halves,
                Ticks create, std::vector<Ticks>& both) {
  for (std::uint32_t set = 0; set < both.size(); ++set) {
    const std::uint32_t fixed = halves && set != 0 ? std::bit_floor(set) : 0;
    const std::uint32_t rest = set ^ fixed;
    Ticks least = kNever;
    for (std::uint32_t some = rest;; some = (some - 1) & rest) {
      least = std::min(least, side_by_side<kCalls>(left[some | fixed], right[rest ^ some], create));
      if (some == 0) break;
    }
    both[set] = least;
  }
}

}  // namespace

SplitSearch::SplitSearch(const MakespanProblem& problem, const FreeJobs& free, CallRule rule)
    : problem_(problem),
      free_(free),
      rule_(rule),
      sets_(JobSet{1} << free.jobs.size()),
      tables_(problem.board.size()),
      same_(problem.board.size()) {
  SEPTET_ASSERT(free.jobs.size() <= kMostFreeJobs);
  for (auto place = static_cast<unsigned>(problem_.board.size()); place-- > 0;) fill(place);
}

Split SplitSearch::best() const {
  Split split;
  split.value = best(0)[sets_ - 1];
  if (rule_ == CallRule::kAnyOrder) {
    Ticks longest = 0;
    for (const CallTicks& call : problem_.calls) longest = std::max(longest, call.destroy);
    split.value -= longest;
  }
  split.places.assign(free_.jobs.size(), 0);
  trace(0, sets_ - 1, split);
  return split;
}

// A place of the same profile, with parts alike and nothing staying, has the same tables.
bool SplitSearch::alike(unsigned one, unsigned other) const {
  if (tables_[same_[one]].stays || tables_[same_[other]].stays) return false;
  if (problem_.board[one].profile != problem_.board[other].profile) return false;
  return std::ranges::equal(below(one), below(other),
                            [this](unsigned a, unsigned b) { return same_[a] == same_[b]; });
}

void SplitSearch::fill(unsigned place) {
  PlaceTables& tables = tables_[place];
  same_[place] = place;
  tables.stays = free_.staying[place] > 0;
  tables.first_create = place == 0 ? kNever : problem_.calls[place].create;
  for (const unsigned part : below(place)) {
    tables.stays = tables.stays || tables_[same_[part]].stays;
    tables.first_create = std::min(tables.first_create, tables_[same_[part]].first_create);
  }
  for (unsigned other = place + 1; other < problem_.board.size(); ++other) {
    if (!alike(place, other)) continue;
    same_[place] = same_[other];
    return;
  }
  fill_parts(place);
  if (place == 0) {
    tables.best = *under(0);
  } else {
    fill_here(place);
  }
}

const SplitSearch::SetTable& SplitSearch::first_parts(unsigned place, std::size_t k) const {
  return k == 1 ? best(below(place)[0]) : tables_[same_[place]].parts[k - 2];
}

const SplitSearch::SetTable* SplitSearch::under(unsigned place) const {
  const std::size_t parts = below(place).size();
  return parts == 0 ? nullptr : &first_parts(place, parts);
}

void SplitSearch::fill_parts(unsigned place) {
  const auto& parts = below(place);
  PlaceTables& tables = tables_[place];
  tables.parts.reserve(parts.size());
  for (std::size_t k = 1; k < parts.size(); ++k) {
    SetTable both(sets_);
    const bool halves = k == 1 && same_[parts[0]] == same_[parts[1]];
    const auto join = tables.first_create == 0 ? join_parts<false> : join_parts<true>;
    join(first_parts(place, k), best(parts[k]), halves, tables.first_create, both);
    tables.parts.push_back(std::move(both));
  }
}

void SplitSearch::fill_here(unsigned place) {
  PlaceTables& tables = tables_[place];
  const SetTable* const under_it = under(place);
  const Ticks create = problem_.calls[place].create;
  const Ticks destroy = problem_.calls[place].destroy;
  const Ticks staying = free_.staying[place];
  const bool always = rule_ == CallRule::kAnyOrder;
  tables.beyond.resize(sets_);
  tables.here.assign(sets_, kNever);
  tables.best.resize(sets_);
  for (JobSet set = 0; set < sets_; ++set) {
    const Ticks less = under_it != nullptr ? (*under_it)[set] : (set == 0 ? 0 : kNever);
    tables.beyond[set] = std::min(kNever, less + ((less > 0 || always) ? destroy : 0));
    for (JobSet left = set; left != 0; left &= left - 1) {
      const auto job = static_cast<std::size_t>(std::countr_zero(left));
      const JobSet others = set & ~(JobSet{1} << job);
      const Ticks rest = std::min(tables.beyond[others], tables.here[others]);
      tables.here[set] = std::min(tables.here[set], rest + takes(job, place));
    }
    const Ticks used =
        staying > 0 ? std::min(tables.beyond[set], tables.here[set]) : tables.here[set];
    tables.best[set] = std::min(kNever, used + create + staying);
    if (staying == 0) tables.best[set] = std::min(tables.best[set], less);
  }
}

void SplitSearch::trace(unsigned place, JobSet set, Split& split) const {
  if (set == 0) return;
  if (place != 0) {
    const PlaceTables& tables = tables_[same_[place]];
    const Ticks used = tables.here[set] + problem_.calls[place].create + free_.staying[place];
    if (used == tables.best[set]) set = trace_here(place, set, split);
  }
  const auto& parts = below(place);
  for (std::size_t k = parts.size(); k-- > 1 && set != 0;) {
    const JobSet some = left_share(place, k, set);
    trace(parts[k], set ^ some, split);
    set = some;
  }
  if (set != 0) trace(parts.at(0), set, split);
}

// Unwinds `here`; returns what is left for the places below.
SplitSearch::JobSet SplitSearch::trace_here(unsigned place, JobSet set, Split& split) const {
  const PlaceTables& tables = tables_[same_[place]];
  for (JobSet left = set; left != 0;) {
    const auto job = static_cast<std::size_t>(std::countr_zero(left));
    const JobSet others = set & ~(JobSet{1} << job);
    const Ticks rest = tables.here[set] - takes(job, place);
    left &= left - 1;
    if (rest != tables.beyond[others] && rest != tables.here[others]) continue;
    split.places[job] = place;
    if (rest == tables.beyond[others]) return others;
    left = set = others;
  }
  return set;
}

SplitSearch::JobSet SplitSearch::left_share(unsigned place, std::size_t k, JobSet set) const {
  const PlaceTables& tables = tables_[same_[place]];
  const SetTable& left = first_parts(place, k);
  const SetTable& right = best(below(place)[k]);
  for (JobSet some = set;; some = (some - 1) & set) {
    const Ticks value = side_by_side<true>(left[some], right[set ^ some], tables.first_create);
    if (value == tables.parts[k - 1][set] || some == 0) return some;
  }
}

// The walk of visit_below: places jobs from the top down, leaves what cannot stay below the limit.
class SplitVisit {
 public:
  SplitVisit(const SplitSearch& search, Ticks limit, std::size_t steps,
             const SplitSearch::Look& look)
      : search_(search),
        limit_(limit),
        steps_left_(steps),
        look_(look),
        loads_(search.free_.staying),
        places_(search.free_.jobs.size(), 0) {}

  bool run() {
    open_.push_back({0, search_.sets_ - 1, 0});
    follow();
    return steps_left_ > 0;
  }

 private:
  using JobSet = SplitSearch::JobSet;
  // A set of jobs for a place and what is below it, which begins at `from`.
  struct OpenShare {
    unsigned place = 0;
    JobSet set = 0;
    Ticks from = 0;
  };

  bool step() {
    if (steps_left_ > 0) --steps_left_;
    return steps_left_ > 0;
  }

  void follow() {
    const Ticks least = look_(loads_, places_, open_.empty());
    if (open_.empty()) limit_ = std::min(limit_, least);
    if (open_.empty() || least >= limit_) return;
    const OpenShare share = open_.back();
    open_.pop_back();
    if (share.place == 0) {
      divide(0, search_.below(0).size(), share.set, share.from);
    } else {
      use(share);
    }
    open_.push_back(share);
  }

  // All sets of jobs that may run at the place itself.
  void use(const OpenShare& share) {
    const auto* const under = search_.under(share.place);
    const CallTicks& calls = search_.problem_.calls[share.place];
    for (JobSet some = share.set; step(); some = (some - 1) & share.set) {
      const JobSet rest = share.set ^ some;
      const Ticks take = load(share.place, some);
      const Ticks calling = some == 0 ? 0 : calls.create + (rest == 0 ? 0 : calls.destroy);
      const Ticks from = share.from + take + calling;
      const Ticks less = rest == 0 ? 0 : (under != nullptr ? (*under)[rest] : kNever);
      if (from + less < limit_) {
        put(share.place, some);
        loads_[share.place] += take;
        divide(share.place, search_.below(share.place).size(), rest, from);
        loads_[share.place] -= take;
      }
      if (some == 0) break;
    }
  }

  // All ways to split the set over the first k parts of the place.
  void divide(unsigned place, std::size_t k, JobSet set, Ticks from) {
    if (set == 0) {
      follow();
      return;
    }
    const auto& parts = search_.below(place);
    if (k == 1) {
      open(parts[0], set, from, [this] { follow(); });
      return;
    }
    const auto& left = search_.first_parts(place, k - 1);
    const auto& right = search_.best(parts[k - 1]);
    const bool halves = k == 2 && search_.same_[parts[0]] == search_.same_[parts[1]];
    const JobSet fixed = halves ? std::bit_floor(set) : 0;
    const JobSet free = set ^ fixed;
    const Ticks create = search_.tables_[search_.same_[place]].first_create;
    for (JobSet some = free; step(); some = (some - 1) & free) {
      const JobSet other = free ^ some;
      if (from + side_by_side<true>(left[some | fixed], right[other], create) < limit_) {
        open(parts[k - 1], other, from, [&, some] { divide(place, k - 1, some | fixed, from); });
      }
      if (some == 0) break;
    }
  }

  template <typename Then>
  void open(unsigned place, JobSet set, Ticks from, Then&& then) {
    if (set == 0) {
      then();
      return;
    }
    open_.push_back({place, set, from});
    then();
    open_.pop_back();
  }

  Ticks load(unsigned place, JobSet set) const {
    Ticks sum = 0;
    for (JobSet left = set; left != 0; left &= left - 1)
      sum += search_.takes(static_cast<std::size_t>(std::countr_zero(left)), place);
    return std::min(sum, kNever);
  }

  void put(unsigned place, JobSet set) {
    for (JobSet left = set; left != 0; left &= left - 1)
      places_[static_cast<std::size_t>(std::countr_zero(left))] = place;
  }

  const SplitSearch& search_;
  Ticks limit_;
  std::size_t steps_left_;
  const SplitSearch::Look& look_;
  std::vector<Ticks> loads_;
  std::vector<unsigned> places_;
  std::vector<OpenShare> open_;
};

bool SplitSearch::visit_below(Ticks limit, std::size_t steps, const Look& look) const {
  return SplitVisit(*this, limit, steps, look).run();
}

}  // namespace septet::plan
