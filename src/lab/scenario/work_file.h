// lab/scenario/work_file.h — what one request or training step costs, as a scenario says it.
//
// Form.   one of
//           {library: resnet50-b8}                      # work_library.h
//           {host: 3.8ms, compute: 2.15ms, bandwidth: 1.7ms, overlap: 2, most-sm: 50%}
//           {measured: [{profile: 1g.10gb, time: 22.3ms}, {profile: 7g.80gb, time: 5ms}]}
//           {llm: {parameters: 8B, bytes-per-weight: 2, prompt: 400, output: 120}}
//         and beside times or measurements `mps-overhead: 6%`, what each further MPS client adds
//         (eps of `septet lab validate --fit`; 2% when left out), and `on: a100-80gb`, the product
//         the times are of; the scenario's when left out. Times of another product are carried over
//         by peak arithmetic and bandwidth, and the source says so.
// llm.    Prefill 2 x parameters x prompt / (0.7 x peak), decode weights x output / (0.77 x
//         bandwidth) with 1.5 ms of host time per token: model.md, 1 and 5. One request at a time:
//         no batching of requests.
// Errors. kInvalidArgument with FILE:LINE:COLUMN.
#pragma once

#include <optional>

#include "base/yaml.h"
#include "lab/model/gpu.h"
#include "lab/model/work.h"

namespace septet::lab {

// Of a language model, kept so that a trace of tokens can say how large each request is.
struct LanguageModel {
  double parameters = 0, bytes_per_weight = 2;
  double prompt = 0, output = 0;  // tokens; 0: as the trace has them on average
};
struct ReadWork {
  Work work;  // seconds of the scenario's GPU
  std::optional<LanguageModel> llm;
  bool trains = false;  // a step of the library's trainings
};
Result<ReadWork> read_work(const YamlDocument& document, const YAML::Node& node,
                           const GpuModel& gpu);

Work work_of(const LanguageModel& llm, const GpuModel& gpu);
// C and M of the same work on another GPU; L stays.
Result<Work> carried_over(const Work& work, const mig::Product& from, const GpuModel& to);

}  // namespace septet::lab
