// cli/lab/request_mix.h — which profiles are asked for, and how often: "uniform", "bimodal" or
// "1g.10gb=.5,3g.40gb=.5".
//
// Source. The four named mixes are those of the online benchmark (Zambianco and others'
//         distributions as this project's reference states them).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "plan/online/shape.h"

namespace septet::cli {

struct RequestMix {
  std::string name;
  std::vector<double> share;  // by class of the shape; sums to 1
};
// Named mixes other than uniform have six classes: kInvalidArgument on other products.
Result<RequestMix> request_mix(const std::string& text, const plan::online::Shape& shape);

}  // namespace septet::cli
