// cli/run/descendants.h — ends what a program left running.
#pragma once

namespace septet::cli {

// Everything below this process: asked to end (SIGTERM), killed `grace_ms` later, buried. The
// caller is a subreaper (prctl), so that whoever loses its parent becomes its child. Returns when
// nobody is left. SIGCHLD is blocked or not, both will do.
void end_descendants(int grace_ms);

}  // namespace septet::cli
