// cli/lab/queue_text.h — the queueing lab's tables as text and as data.
#pragma once

#include <string>

#include "base/json.h"
#include "lab/queue/miso_comparison.h"
#include "lab/queue/slice_comparison.h"

namespace septet::cli::lab_verbs {

std::string_view title_of_miso(std::string_view name);  // "whole" is "whole GPUs"

std::string miso_text(const lab::queue::MisoComparison& comparison,
                      const lab::queue::MisoOptions& options);
Json to_json(const lab::queue::MisoComparison& comparison, const lab::queue::MisoOptions& options);

struct SliceSubject {
  std::string what;  // "MIGBench's workload, 20 draws"
  const plan::online::Shape* shape = nullptr;
  std::string product;
  unsigned gpus = 0;
  std::size_t jobs = 0;
  bool published = false;  // show what MIGBench published beside it
};
std::string slices_text(const std::vector<lab::queue::SliceRow>& rows, const SliceSubject& subject);
Json to_json(const std::vector<lab::queue::SliceRow>& rows, const SliceSubject& subject);

}  // namespace septet::cli::lab_verbs
