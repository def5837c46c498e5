// lab/model/work.h — what one request or training step costs, and how long it takes on a share of
// a GPU.
//
//   t = ( L^p + (C / sm)^p + (M / memory)^p )^(1/p),   sm never above s_max: see below
//
// L is time no slice changes (host, launch gaps), C time bound by SMs, M time bound by memory
// bandwidth, each in seconds of the whole GPU. p says how much the three overlap: 1 they add up (a
// loop that waits after every step), 2 inference, 1.5 batches of 32 and more and training.
// `most_sm`: the share of the SMs beyond which more do not help; C is the time at that share.
// Source. reference/performance/model.md, section 1; the same form as plan/performance.h, whose
//         Share this is.
#pragma once

#include <string>

#include "plan/performance.h"

namespace septet::lab {

struct Work {
  double host = 0;        // L, seconds
  double compute = 0;     // C, seconds, on `most_sm` of the SMs
  double bandwidth = 0;   // M, seconds, at the whole bandwidth
  double overlap = 2;     // p, >= 1
  double most_sm = 1;     // (0, 1]
  double memory_mib = 0;  // weights and activations, without the context
  double to_device_bytes = 0, from_device_bytes = 0;  // over PCIe, per request or step
  // What each further MPS client adds. model.md, 2: 0.02, fitted with C and M of lone runs. Zero
  // where C and M were themselves fitted on MPS runs, which paid it: YOLOS in model.md, 4.
  double mps_overhead = 0.02;
  std::string source;  // where the numbers are from: "ParvaGPU, A100-80GB, fitted on 1g and 7g"
};

// Seconds alone on this share; PCIe not counted. `size` scales C and M, not L.
double seconds_on(const Work& work, plan::Share share, double size = 1.0);
// Of these, in which a kernel runs: t without L. DCGM counts an SM as active while its warps wait
// for memory, so M counts too. Never above seconds_on.
double kernel_seconds_on(const Work& work, plan::Share share, double size = 1.0);
// Seconds of all physical SMs that one request keeps active on this share.
double sm_seconds_on(const Work& work, plan::Share share, double size = 1.0);
// ( a^p + b^p + c^p )^(1/p), fast for the p in use. What is added is >= 0.
double overlapped(double a, double b, double c, double p);

}  // namespace septet::lab
