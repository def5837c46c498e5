// fuzz/nvml_session.h — one NVML client of GPU 0: makes the calls that fuzz input names, and holds
// every answer against NvmlModel. A wrong answer aborts.
#pragma once

#include "fuzz/byte_reader.h"
#include "fuzz/nvml_model.h"
#include "simnvml/abi/handles.h"

namespace septet::fuzz {

class NvmlSession {
 public:
  NvmlSession(const mig::Geometry& geometry, NvmlModel& model);  // nvmlInit
  ~NvmlSession();                                                // nvmlShutdown
  NvmlSession(const NvmlSession&) = delete;
  NvmlSession& operator=(const NvmlSession&) = delete;

  void call(ByteReader& in);
  // Everything the library lists is what the model holds, in order.
  void compare() const;

 private:
  std::uint32_t a_profile(ByteReader& in) const;
  ModelInstance* an_instance(ByteReader& in) const;
  nvmlGpuInstance_t handle(const ModelInstance& instance) const;

  std::uint32_t check_instance(nvmlGpuInstance_t handle, std::uint32_t profile_id) const;
  void compare_devices() const;

  void create(ByteReader& in);
  void destroy(ByteReader& in);
  void create_compute(ByteReader& in);
  void destroy_compute(ByteReader& in);
  void set_mode(bool on);
  void ask_capacity(ByteReader& in) const;

  const mig::Geometry& geometry_;
  NvmlModel& model_;
  nvmlDevice_t gpu_ = nullptr;
};

}  // namespace septet::fuzz
