#include "lab/model/work.h"

#include <algorithm>
#include <cmath>

namespace septet::lab {

double overlapped(double a, double b, double c, double p) {
  if (p == 1.0) return a + b + c;
  if (p == 2.0) return std::sqrt(a * a + b * b + c * c);
  if (p == 1.5) {
    const double sum = a * std::sqrt(a) + b * std::sqrt(b) + c * std::sqrt(c);
    const double root = std::cbrt(sum);
    return root * root;
  }
  return std::pow(std::pow(a, p) + std::pow(b, p) + std::pow(c, p), 1.0 / p);
}

double seconds_on(const Work& work, plan::Share share) {
  const double compute = work.compute * work.most_sm / std::min(share.sm, work.most_sm);
  return overlapped(work.host, compute, work.bandwidth / share.memory, work.overlap);
}

double kernel_seconds_on(const Work& work, plan::Share share) {
  const double compute = work.compute * work.most_sm / std::min(share.sm, work.most_sm);
  return overlapped(0.0, compute, work.bandwidth / share.memory, work.overlap);
}

double sm_seconds_on(const Work& work, plan::Share share) {
  return kernel_seconds_on(work, share) * std::min(share.sm, work.most_sm);
}

Work scaled(const Work& work, double size) {
  Work result = work;
  result.compute *= size;
  result.bandwidth *= size;
  result.to_device_bytes *= size;
  result.from_device_bytes *= size;
  return result;
}

}  // namespace septet::lab
