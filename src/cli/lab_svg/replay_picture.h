// cli/lab_svg/replay_picture.h — policies beside one another and a quantity over time, for
// `septet lab replay ... --svg DIR`.
//
// Plain values in, a whole SVG document out (svg/slide.h); the same values, the same characters.
#pragma once

#include <string>
#include <vector>

#include "cli/svg/chart.h"

namespace septet::cli::lab_pictures {

struct PolicyResult {
  std::string name;
  double mean = 0, half = 0;  // half of the 95 % interval, in the unit of the mean; 0: none
  bool ours = false;
};

struct Reference {
  std::string name;  // "unlimited repack"
  double value = 0;
};

// One plot of dots: a mix, or a load.
struct ReplayPanel {
  std::string name;  // may be empty if there is only one
  std::vector<PolicyResult> policies;
  std::vector<Reference> references;
};

struct ReplayWords {
  std::string title;     // the finding: "Ours places 1.4 points more than FGD at load 1.0"
  std::string subtitle;  // what was replayed
  std::string axis;      // "memory-weighted acceptance, %"
  std::string footer;    // seeds, source, re-implemented or not
  bool less_is_better = false;
};

// Rows are ordered by the mean of the first panel, best first; panels share the axis, which holds
// every dot with its interval and every reference. A policy that a panel lacks has no dot there.
std::string replay_picture(const ReplayWords& words, const std::vector<ReplayPanel>& panels);

struct TimeLine {
  std::string name;
  std::vector<svg::Point> points;  // seconds; value
  bool ours = false;
};

struct Waterline {
  std::string name;
  double value = 0;
};

// Values over time as steps: queue length, moves so far, GPUs in use. Lines are labeled at their
// end where there is room, and in a legend.
std::string over_time_picture(const ReplayWords& words, const std::vector<TimeLine>& lines,
                              const std::vector<Waterline>& references);

}  // namespace septet::cli::lab_pictures
