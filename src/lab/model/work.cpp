#include "lab/model/work.h"

#include <algorithm>
#include <cmath>

namespace septet::lab {

double seconds_on(const Work& work, plan::Share share) {
  const double compute = work.compute * work.most_sm / std::min(share.sm, work.most_sm);
  const double bandwidth = work.bandwidth / share.memory;
  return std::pow(std::pow(work.host, work.overlap) + std::pow(compute, work.overlap) +
                      std::pow(bandwidth, work.overlap),
                  1.0 / work.overlap);
}

}  // namespace septet::lab
