// fuzz/nvml_model.h — what libnvidia-ml.so.1 should answer for one GPU, worked out a second time.
//
// Independent of the simulated node: a list of what was created, and mig::Layout as the judge of
// what may stand beside it. No occupancy bits, no default-placement model: where the driver may
// choose, any legal choice is right.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mig/identity.h"
#include "mig/layout.h"
#include "mig/product.h"
#include "simnvml/abi/return_codes.h"

namespace septet::fuzz {

struct ModelCompute {
  std::uint32_t id = 0;
  const mig::ComputeInstanceProfile* profile = nullptr;
  mig::Placement at;
};

struct ModelInstance {
  std::uint32_t id = 0;
  mig::Instance what;
  std::vector<ModelCompute> compute;  // by id
};

class NvmlModel {
 public:
  NvmlModel(const mig::Product& product, const mig::Geometry& geometry, mig::ChipLayout chip)
      : product_(product), geometry_(geometry), chip_(chip) {}

  bool mig = false, pending = false;
  const std::vector<ModelInstance>& instances() const { return instances_; }  // by id
  ModelInstance* find(std::uint32_t id);

  // What the driver must answer; nothing changes yet.
  nvmlReturn_t may_create(std::uint32_t profile_id, std::optional<mig::Placement> at) const;
  nvmlReturn_t may_create_compute(const ModelInstance& in, std::uint32_t profile_id,
                                  std::optional<mig::Placement> at) const;
  static nvmlReturn_t may_destroy(const ModelInstance& instance);
  // Activation status of a mode change, and the change.
  nvmlReturn_t set_mode(bool on);
  // How many more of this profile can be created, by trying.
  unsigned capacity(const mig::GpuInstanceProfile& profile) const;
  unsigned compute_capacity(const ModelInstance& in,
                            const mig::ComputeInstanceProfile& profile) const;

  // What the driver says it did. False: that was not legal, or the id is not the rules'.
  bool created(std::uint32_t id, std::uint32_t profile_id, mig::Placement at);
  bool created_compute(std::uint32_t gi, std::uint32_t id, std::uint32_t profile_id,
                       mig::Placement at);
  void destroyed(std::uint32_t gi);
  void destroyed_compute(std::uint32_t gi, std::uint32_t id);

 private:
  bool legal_with(const mig::GpuInstanceProfile& profile, mig::Placement at) const;

  const mig::Product& product_;
  const mig::Geometry& geometry_;
  mig::ChipLayout chip_;
  std::vector<ModelInstance> instances_;
};

}  // namespace septet::fuzz
