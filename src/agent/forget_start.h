// agent/forget_start.h — what only the start needed is not held in memory for as long as we run.
#pragma once

namespace septet::agent {

// Gives back to the kernel the freed heap and the pages of programs and libraries that are mapped
// but read-only; those that are needed again come from the page cache, a minor fault each. Reading
// files and options, opening the journal and asking everything of every GPU is most of the code
// that an agent ever touches, and it is touched once. Costs under a millisecond.
void forget_start();

}  // namespace septet::agent
