// plan/makespan/job_picker.h — random choices that are the same in every run.
#pragma once

#include <cstddef>
#include <cstdint>

namespace septet::plan {

// xorshift64*. Source: Vigna, "An experimental exploration of Marsaglia's xorshift generators".
class JobPicker {
 public:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(draw() >> 33) % bound; }
  double share() { return static_cast<double>(draw() >> 11) * 0x1p-53; }  // in [0, 1)

 private:
  std::uint64_t draw() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 2685821657736338717ull;
  }
  std::uint64_t state_ = 0x9e3779b97f4a7c15ull;
};

}  // namespace septet::plan
