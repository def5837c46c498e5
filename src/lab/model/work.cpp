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

namespace {

struct Sliced {
  double compute, bandwidth;
};

Sliced sliced(const Work& work, plan::Share share, double size) {
  return {work.compute * size * work.most_sm / std::min(share.sm, work.most_sm),
          work.bandwidth * size / share.memory};
}

}  // namespace

double seconds_on(const Work& work, plan::Share share, double size) {
  const Sliced on = sliced(work, share, size);
  return overlapped(work.host, on.compute, on.bandwidth, work.overlap);
}

double kernel_seconds_on(const Work& work, plan::Share share, double size) {
  const Sliced on = sliced(work, share, size);
  return overlapped(0.0, on.compute, on.bandwidth, work.overlap);
}

double sm_seconds_on(const Work& work, plan::Share share, double size) {
  return kernel_seconds_on(work, share, size) * std::min(share.sm, work.most_sm);
}

}  // namespace septet::lab
