// lab/replay/requests.h — requests that arrive and leave: Poisson arrivals, lives of several kinds.
//
// Every request has its life drawn with it, accepted or not, from a stream that no policy touches:
// all policies see the same requests, so their results can be compared pair by pair.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace septet::lab::replay {

// All with the mean asked for. kLognormal: sigma 1.5 (a few long, many short). kPareto: shape 1.8,
// so the variance is infinite. kTwoKinds: nine in ten short, one in ten 30 times as long.
enum class Life : std::uint8_t { kExponential, kConstant, kLognormal, kPareto, kTwoKinds };
std::string_view to_string(Life life);

struct Stream {
  std::vector<double> share;  // of each request class; sums to 1
  double rate = 1;            // arrivals per unit of time
  Life life = Life::kExponential;
  double mean_life = 1000;
  std::uint64_t seed = 1;
};

struct Request {
  double time = 0;
  double life = 0;
  unsigned cls = 0;
};

class Requests {
 public:
  explicit Requests(const Stream& stream);
  Request next();

 private:
  double draw_life();
  Life life_;
  double mean_life_, gap_;
  double now_ = 0;
  Random arrivals_, classes_, lives_;
  std::vector<double> below_;  // cumulative shares
};

}  // namespace septet::lab::replay
