#include "lab/model/memory_fit.h"

#include <algorithm>

namespace septet::lab {

double usable_mib(const mig::Product& product) { return kUsable * product.memory_total_mib.value; }

double usable_mib(const mig::Product& product, const mig::GpuInstanceProfile& profile) {
  const double nominal = static_cast<double>(product.memory_total_mib.value) * profile.size /
                         std::max<unsigned>(1, product.geometry.units);
  if (!profile.memory_mib.usable()) return kUsable * nominal;
  return std::min(kUsable * nominal, static_cast<double>(profile.memory_mib.value));
}

double resident_mib(const Work& work) { return work.memory_mib + kContextMib; }

}  // namespace septet::lab
