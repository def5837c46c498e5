#include "lab/scenario/work_library.h"

#include <string>

namespace septet::lab {

namespace {

constexpr std::string_view kParva = "ParvaGPU, A100-80GB, fitted on 1g to 7g";
constexpr std::string_view kMiso = "MISO, A100-40GB, step times fitted on 1g to 7g";
constexpr std::string_view kNos = "nebuly nos, A100-80GB PCIe, 1 and 7 pods under MPS";
constexpr std::string_view k80 = "a100-80gb", k40 = "a100-40gb";

// One picture of 224 x 224 x 3 floats, of 299 x 299 x 3, the thousand classes of an answer; a text
// of 128 token ids and what comes back of it.
constexpr double kPicture = 224.0 * 224 * 3 * 4, kLargePicture = 299.0 * 299 * 3 * 4;
constexpr double kClasses = 4000.0, kTokens = 128.0 * 4, kPooled = 1024.0 * 4;
constexpr double kScene = 512.0 * 864 * 3 * 4, kBoxes = 100.0 * 96 * 4;

constexpr LibraryWork kLibrary[] = {
    {"resnet50-b8", k80, false, 3.80, 2.15, 1.70, 2, 1500, 8 * kPicture, 8 * kClasses, .02, kParva},
    {"resnet50-b32", k80, false, 8.25, 7.41, 6.71, 2, 2500, 32 * kPicture, 32 * kClasses, .02,
     kParva},
    {"resnet50-b64", k80, false, 15.42, 14.21, 13.63, 2, 4000, 64 * kPicture, 64 * kClasses, .02,
     kParva},
    {"bert-b8", k80, false, 35.7, 9.44, 0, 2, 2500, 8 * kTokens, 8 * kPooled, .02, kParva},
    {"mobilenetv2-b8", k80, false, 4.62, .19, 1.07, 2, 1200, 8 * kPicture, 8 * kClasses, .02,
     kParva},
    {"vgg16-b1", k80, false, 1.01, .88, .51, 2, 1800, kPicture, kClasses, .02, kParva},
    {"vgg16-b8", k80, false, 2.92, 3.71, 2.25, 2, 2500, 8 * kPicture, 8 * kClasses, .02, kParva},
    {"vgg16-b64", k80, false, 18.11, 25.97, 17.21, 2, 6000, 64 * kPicture, 64 * kClasses, .02,
     kParva},
    {"inceptionv3-b8", k80, false, 8.7, 0, 1.66, 2, 1500, 8 * kLargePicture, 8 * kClasses, .02,
     kParva},
    {"densenet121-b8", k80, false, 11.2, 0, 2.77, 2, 1500, 8 * kPicture, 8 * kClasses, .02, kParva},
    // A loop that waits after every step; C was itself measured under MPS.
    {"yolos-small", k80, false, 49.3, 38.6, 0, 1, 1400, kScene, kBoxes, 0, kNos},
    {"train-resnet-b256", k40, true, 24.5, 3.62, 9.27, 1.5, 3500, 256 * 32.0 * 32 * 3 * 4, 0, .02,
     kMiso},
    {"train-embedding-b256", k40, true, 3.13, .92, .88, 1.5, 2500, 256.0 * 1024, 0, .02, kMiso},
    {"train-gnn-b128", k40, true, 14.3, 5.83, 3.18, 1.5, 3000, 128.0 * 4096, 0, .02, kMiso},
    {"train-transformer-b16", k40, true, 11.0, 8.46, 9.82, 1.5, 3500, 16.0 * 2048, 0, .02, kMiso},
    {"train-mobilenet-b128", k40, true, 19.7, .36, 1.99, 1.5, 3000, 128 * 32.0 * 32 * 3 * 4, 0, .02,
     kMiso},
    {"train-cyclegan-b1", k40, true, 102, 28, 57, 1.5, 4000, 2 * 256.0 * 256 * 3 * 4, 0, .02,
     kMiso},
    // Out of memory on 1g.5gb and 2g.10gb in MISO's logs.
    {"train-bert-b4", k40, true, 33, 26, 39, 1.5, 11000, 4 * kTokens, 0, .02, kMiso},
};

}  // namespace

std::span<const LibraryWork> work_library() { return kLibrary; }

const LibraryWork* find_library_work(std::string_view name) {
  for (const LibraryWork& entry : kLibrary)
    if (entry.name == name) return &entry;
  return nullptr;
}

Work work_of(const LibraryWork& entry) {
  Work work;
  work.host = entry.host_ms * 1e-3;
  work.compute = entry.compute_ms * 1e-3;
  work.bandwidth = entry.bandwidth_ms * 1e-3;
  work.overlap = entry.overlap;
  work.memory_mib = entry.memory_mib;
  work.to_device_bytes = entry.to_device_bytes;
  work.from_device_bytes = entry.from_device_bytes;
  work.mps_overhead = entry.mps_overhead;
  work.source = std::string(entry.source);
  return work;
}

}  // namespace septet::lab
