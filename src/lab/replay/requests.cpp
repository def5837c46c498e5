#include "lab/replay/requests.h"

#include <cmath>

namespace septet::lab::replay {

std::string_view to_string(Life life) {
  switch (life) {
    case Life::kExponential: return "exponential";
    case Life::kConstant: return "constant";
    case Life::kLognormal: return "lognormal";
    case Life::kPareto: return "pareto";
    case Life::kTwoKinds: return "two-kinds";
  }
  return "unknown";
}

Requests::Requests(const Stream& stream)
    : life_(stream.life),
      mean_life_(stream.mean_life),
      gap_(1 / stream.rate),
      arrivals_(Random(stream.seed).split(1)),
      classes_(Random(stream.seed).split(2)),
      lives_(Random(stream.seed).split(3)) {
  double sum = 0;
  for (const double share : stream.share) below_.push_back(sum += share);
  for (double& bound : below_) bound /= sum;
}

double Requests::draw_life() {
  constexpr double kSigma = 1.5;
  constexpr double kShape = 1.8;
  constexpr double kLongShare = 0.1;
  constexpr double kLongFactor = 30;
  switch (life_) {
    case Life::kExponential: return lives_.exponential(mean_life_);
    case Life::kConstant: return mean_life_;
    case Life::kLognormal:
      return mean_life_ * std::exp(kSigma * lives_.normal() - kSigma * kSigma / 2);
    case Life::kPareto:
      return mean_life_ * (kShape - 1) / kShape * std::pow(1 - lives_.uniform(), -1 / kShape);
    case Life::kTwoKinds: {
      const bool is_long = lives_.uniform() < kLongShare;
      const double short_mean = mean_life_ / (1 - kLongShare + kLongShare * kLongFactor);
      return lives_.exponential(is_long ? short_mean * kLongFactor : short_mean);
    }
  }
  return mean_life_;
}

Request Requests::next() {
  now_ += arrivals_.exponential(gap_);
  const double at = classes_.uniform();
  unsigned cls = 0;
  while (cls + 1 < below_.size() && at >= below_[cls]) ++cls;
  return {now_, draw_life(), cls};
}

}  // namespace septet::lab::replay
