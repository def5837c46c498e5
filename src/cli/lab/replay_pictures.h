// cli/lab/replay_pictures.h — what `septet lab replay {mig,queue,pods} --svg DIR` draws.
//
// Pictures are values, a file name and its text; the same answer, the same characters.
#pragma once

#include <string>
#include <vector>

#include "cli/lab/mig_told.h"
#include "cli/lab/pods_text.h"
#include "cli/lab/queue_text.h"
#include "cli/lab_svg/pictures.h"
#include "cli/verb.h"

namespace septet::cli::lab_verbs {

// accepted.svg: what each policy accepts, by memory and by count, with the lines of reference.
std::vector<lab_pictures::Picture> pictures_of(const ToldMig& told);
// completion.svg: mean time from arrival to end; waiting.svg: jobs that wait, of the first draw.
std::vector<lab_pictures::Picture> pictures_of(const lab::queue::MisoComparison& comparison,
                                               const lab::queue::MisoOptions& options);
// waits.svg: mean wait of every discipline with every policy; waiting.svg as above.
std::vector<lab_pictures::Picture> pictures_of(const std::vector<lab::queue::SliceRow>& rows,
                                               const SliceSubject& subject);
// allocated-TRACE.svg, one per trace: the allocated share of all GPUs by the load that has come.
std::vector<lab_pictures::Picture> pictures_of(const ToldPods& told);

// Writes the pictures into `directory`, unless it is empty, and prints the answer with their paths.
Result<int> tell(const Globals& globals, Json json, const std::string& text,
                 const std::string& directory, const std::vector<lab_pictures::Picture>& pictures);

}  // namespace septet::cli::lab_verbs
