// lab/model/gpu.h — what the model knows of a GPU beyond what it can be cut into.
//
// Geometry and SMs of profiles are mig::Product's. Here are peak arithmetic, memory bandwidth, PCIe
// and the terms of the power model, each with its evidence and source.
// Errors. kNotSupported: a product of which these are not known.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "mig/product.h"
#include "plan/performance.h"

namespace septet::lab {

// kMeasured: somebody measured it on this kind of GPU and published it. kPublished: the vendor's
// data sheet, or who quotes it: the source says which. kAssumed: nobody measured it here.
enum class Evidence : std::uint8_t { kMeasured, kPublished, kAssumed };
std::string_view to_string(Evidence evidence);

struct Constant {
  double value = 0;
  Evidence evidence = Evidence::kAssumed;
  std::string_view source;  // "MLPerf v1.1, HeteroMultiUse"; never empty
};

struct GpuModel {
  const mig::Product* product = nullptr;
  Constant sms;                // physical
  Constant bf16_tflops;        // dense
  Constant bandwidth_gb_s;     // HBM, 10^9 bytes
  Constant pcie_gb_s;          // effective, one way, of the whole GPU
  Constant idle_w, context_w;  // context_w: on top while any CUDA context lives
  Constant limit_w;
  Constant peak_w;    // that all SMs and the whole bandwidth would draw without the limit
  Constant residual;  // r: slowdown of a slice when all others are busy
  // Per-slice times of workloads were measured on this GPU and published.
  bool validated = false;
  std::string_view validation;  // on what: "ParvaGPU, MLPerf, ..."; or why not
};

Result<GpuModel> gpu_model(const mig::Product& product);

// The part of the whole GPU that an instance of this profile is. kNotSupported: SMs unknown.
Result<plan::Share> share_on(const GpuModel& gpu, const mig::GpuInstanceProfile& profile);

}  // namespace septet::lab
