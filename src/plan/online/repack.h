// plan/online/repack.h — would everything accepted so far, and this request, still fit if all of it
// could be moved at once, for nothing?
//
// The reference line of online placement: accept exactly when the accepted set still fits. Exact:
// OneProduct's counting bounds say so for whole multisets (plan/fleet/one_product.h), and a bound's
// weight is kept as a running sum, so that an event costs one addition and one comparison per bound
// (7 on a board without media classes), whatever the size of the fleet.
// It is no upper bound: by refusing a large request, someone may accept more small ones. What
// nobody can pass is fluid_bound.h.
// Limits. Fleets of one product; kNotSupported otherwise (several products have no closed form).
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "plan/online/fleet_state.h"

namespace septet::plan::online {

class Repack {
 public:
  // Some milliseconds. Of `pools` nothing is kept.
  static Result<Repack> of(const std::vector<Pool>& pools);

  bool fits(unsigned request) const;
  // Counts the request when it fits; false, and nothing changes, when it does not.
  bool accept(unsigned request);
  // One that was accepted has left (a bug otherwise).
  void release(unsigned request);

 private:
  std::vector<std::int64_t> weight_;  // by request class, then bound; kNever: not served
  std::vector<std::int64_t> left_;    // by bound
  std::vector<std::uint64_t> running_;
};

}  // namespace septet::plan::online
