// lab/scenario/work_library.h — works whose L, C and M follow from published measurements, by name.
//
// Units.  Milliseconds of the whole GPU they were measured on, per batch; MiB; bytes over PCIe.
// Source. Fits of t^p = L^p + (C/sm)^p + (M/memory)^p to ParvaGPU's table (SC'24, A100-80GB, all
//         sizes, one process) and MISO's logs (SoCC'22, A100-40GB); model.md, 5, and for batches
//         of 1 and 64 fitted the same way here. YOLOS: nebuly's nos demo (A100-80GB PCIe).
// Limits. Memory was not published: what is here is assumed, and agrees with what ran in which
//         slice. Old stacks (PyTorch 21.11, CUDA 11.4): with CUDA graphs L is smaller.
#pragma once

#include <span>
#include <string_view>

#include "lab/model/work.h"

namespace septet::lab {

struct LibraryWork {
  std::string_view name;     // "resnet50-b8"
  std::string_view product;  // measured on
  bool training = false;
  double host_ms = 0, compute_ms = 0, bandwidth_ms = 0, overlap = 2;
  double memory_mib = 0;
  double to_device_bytes = 0, from_device_bytes = 0;
  double mps_overhead = 0.02;
  std::string_view source;
};
std::span<const LibraryWork> work_library();
const LibraryWork* find_library_work(std::string_view name);
Work work_of(const LibraryWork& entry);  // in seconds of the GPU it was measured on

}  // namespace septet::lab
