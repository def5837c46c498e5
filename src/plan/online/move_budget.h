// plan/online/move_budget.h — how many moves may still be made, and what one must bring to be made.
//
// A share of a move is earned by every accepted request and a whole one spent by every move, so
// that moves never exceed that share of accepted, at any time. What is scarce has a price. It
// answers at once to what is left, and its level follows slowly: a level alone, which sums up a
// balance that is itself a sum, swings between dear times and times when nothing is left (100 GPUs,
// 5 %: that cost 0.1 points).
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/result.h"

namespace septet::plan::online {

class MoveBudget {
 public:
  // Moves. The reserve is what is left when the price is right: enough that a busy hour does not
  // use it up, and the more the more moves an hour is good for.
  static constexpr double kLeastReserve = 12, kReservePerShare = 860, kHoard = 200;

  explicit MoveBudget(double share)
      : share_(share), reserve_(kLeastReserve + kReservePerShare * std::min(share, kMuch)) {}

  // After each request, accepted or not: prices follow what is asked for.
  void request(bool accepted) {
    if (accepted) left_ = std::min(left_ + share_, hoard());
    ++requests_;
    // Quick at first, as nothing is known; then a step of 0.0005.
    const double step = 0.0005 * (1 + 6 / (1 + static_cast<double>(requests_) / 1000));
    level_ = std::max(0.0, level_ + step * missing());
  }
  unsigned left() const { return static_cast<unsigned>(left_); }
  // In the currency of the gains.
  double price() const { return std::max(0.0, level_ + kPull * missing()); }
  std::uint64_t spent() const { return spent_; }
  double share() const { return share_; }
  void spend(std::size_t moves) {
    SEPTET_ASSERT(moves <= left());
    left_ -= static_cast<double>(moves);
    spent_ += moves;
  }
  // Never more than this is left: quiet hours pay for busy ones, but not for the day after.
  double hoard() const { return std::max(kHoard, 4 * reserve_); }

 private:
  static constexpr double kPull = 2, kMuch = 0.2;
  double missing() const { return (reserve_ - left_) / reserve_; }

  double share_, reserve_;
  double left_ = 0, level_ = 0;
  std::uint64_t spent_ = 0, requests_ = 0;
};

}  // namespace septet::plan::online
