// plan/online/move_budget.h — how many moves may still be made, and what one must bring to be made.
//
// A share of a move is earned by every accepted request and a whole one spent by every move, so
// that moves never exceed that share of accepted, at any time. What is scarce has a price: it rises
// while less than `reserve` is left and falls while there is more, so that the budget goes to the
// moves that gain most and is neither hoarded nor gone when a better use comes along.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/result.h"

namespace septet::plan::online {

class MoveBudget {
 public:
  static constexpr double kReserve = 20, kHoard = 200;  // moves

  explicit MoveBudget(double share, double step = 0.002) : share_(share), step_(step) {}

  // After each request, accepted or not: prices follow what is asked for.
  void request(bool accepted) {
    if (accepted) left_ = std::min(left_ + share_, kHoard);
    price_ = std::max(0.0, price_ + step_ * (kReserve - left_) / kReserve);
  }
  unsigned left() const { return static_cast<unsigned>(left_); }
  double price() const { return price_; }  // in the currency of the gains
  std::uint64_t spent() const { return spent_; }
  void spend(std::size_t moves) {
    SEPTET_ASSERT(moves <= left());
    left_ -= static_cast<double>(moves);
    spent_ += moves;
  }

 private:
  double share_, step_;
  double left_ = 0, price_ = 0;
  std::uint64_t spent_ = 0;
};

}  // namespace septet::plan::online
