// cli/lab_svg/timeline_window.h — which stretch of the run the timeline shows.
#pragma once

#include "lab/sharing/outcome.h"

namespace septet::cli::lab_pictures::timeline {

struct Window {
  double from = 0, length = 1;  // seconds of the run
};

// So short that turns are seen, and there where most is to be seen, in all modes taken together.
Window window_of(const lab::Comparison& comparison);

}  // namespace septet::cli::lab_pictures::timeline
