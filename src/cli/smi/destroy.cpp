// -dci and -dgi. A GPU instance that still holds compute instances is in use: the driver refuses
// it.
#include <algorithm>

#include "cli/smi/session.h"

namespace septet::cli::smi {

int destroy_compute_instances(const Session& session, const Gpus& gpus) {
  bool any = false;
  for (const mig::Gpu* gpu : gpus) {
    for (const mig::GpuInstance* instance : selected_instances(session, *gpu)) {
      for (const mig::ComputeInstance& compute : instance->compute) {
        const auto& wanted = session.command.compute_instances;
        if (wanted && std::ranges::find(*wanted, compute.id) == wanted->end()) continue;
        any = true;
        const auto done =
            session.driver.destroy_compute_instance({gpu->index, instance->id}, compute.id);
        if (!done) {
          const std::string why = status_words(done.error());
          session.line(
              "Unable to destroy compute instance ID {:>2} from GPU {:>2} GPU instance ID {:>2}: "
              "{}",
              compute.id, gpu->index, instance->id, why);
          session.line("Failed to destroy compute instances: {}", why);
          return status_of(done.error());
        }
        session.line(
            "Successfully destroyed compute instance ID {:>2} from GPU {:>2} GPU instance ID {:>2}",
            compute.id, gpu->index, instance->id);
      }
    }
  }
  if (any) return kDone;
  session.line("No compute instances found: Not Found");
  return kNotFound;
}

int destroy_gpu_instances(const Session& session, const Gpus& gpus) {
  bool any = false;
  for (const mig::Gpu* gpu : gpus) {
    for (const mig::GpuInstance* instance : selected_instances(session, *gpu)) {
      any = true;
      const auto done = session.driver.destroy_gpu_instance({gpu->index, instance->id});
      if (!done) {
        const std::string why = status_words(done.error());
        session.line("Unable to destroy GPU instance ID {:>2} from GPU {:>2}: {}", instance->id,
                     gpu->index, why);
        session.line("Failed to destroy GPU instances: {}", why);
        return status_of(done.error());
      }
      session.line("Successfully destroyed GPU instance ID {:>2} from GPU {:>2}", instance->id,
                   gpu->index);
    }
  }
  if (any) return kDone;
  session.line("No GPU instances found: Not Found");
  return kNotFound;
}

}  // namespace septet::cli::smi
