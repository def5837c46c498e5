#include "agent/told.h"

namespace septet::agent {

web::Told told_of(const watch::Faults& faults, const std::optional<mig::Node>& node,
                  const std::optional<std::vector<kube::HeldDevice>>& held, const Choice& choice) {
  web::Told told;
  if (node) told.ill = watch::ill_devices(faults, *node);
  if (held) {
    for (const kube::HeldDevice& one : *held)
      told.held.push_back({one.id, one.name_space, one.pod, one.container});
  }
  if (choice.request) told.governed_by = choice.request->title();
  return told;
}

}  // namespace septet::agent
