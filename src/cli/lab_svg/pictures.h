// cli/lab_svg/pictures.h — a comparison of sharing modes as five slides.
//
// Each is a whole SVG document (svg/slide.h); the same values give the same characters. A mode that
// cannot run the scenario keeps its place, with the reason in it.
// Errors. write_pictures: of the file system, naming the file; the directory is made if there is
//         none (its parent must exist).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "lab/scenario/scenario.h"
#include "lab/sharing/outcome.h"

namespace septet::cli::lab_pictures {

// Per mode the distribution of every tenant's latencies on one logarithmic axis, with its p99 and
// its objective.
std::string latency_picture(const lab::Scenario& scenario, const lab::Comparison& comparison);
// Per mode engine-active, SM-active, memory bandwidth and watts over the run, with their means.
std::string utilization_picture(const lab::Scenario& scenario, const lab::Comparison& comparison);
// Per mode who runs where in a short window of the run: lanes as high as their SMs under MIG, what
// no instance can use hatched.
std::string timeline_picture(const lab::Scenario& scenario, const lab::Comparison& comparison);
// One row of bars per mode, and what beats MIG where.
std::string summary_picture(const lab::Scenario& scenario, const lab::Comparison& comparison);
// Mode by fault: who goes down, and for how long. Empty without faults.
std::string faults_picture(const lab::Scenario& scenario, const lab::Comparison& comparison);

struct Picture {
  std::string name;  // of its file: "summary.svg"
  std::string svg;
};
// Gives the paths.
Result<std::vector<std::string>> write_pictures(const std::vector<Picture>& pictures,
                                                const std::string& directory);

// Writes summary.svg, latency.svg, utilization.svg, timeline.svg and, where there are faults,
// faults.svg into `directory`. Gives the paths.
Result<std::vector<std::string>> write_pictures(const lab::Scenario& scenario,
                                                const lab::Comparison& comparison,
                                                const std::string& directory);

}  // namespace septet::cli::lab_pictures
