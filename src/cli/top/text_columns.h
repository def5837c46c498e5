// cli/top/text_columns.h — how many columns of a terminal a text takes, and what of it may be
// shown.
//
// Names come from processes, drivers and hosts, and may hold anything: what is not a printable
// character (control characters, escape sequences, broken UTF-8, characters that turn the writing
// around) becomes '?', so that nothing of it reaches the terminal.
// Source. Widths are the C library's (wcwidth in C.UTF-8), whatever the locale of the process is.
#pragma once

#include <string>
#include <string_view>

namespace septet::cli::top {

struct Fitted {
  std::string text;
  unsigned columns = 0;
};

// As much of `text` as stands in `columns`; when that is not all of it, its last column is "…"
// ('$' in ASCII). With `ascii` every other character is '?'.
Fitted fit(std::string_view text, unsigned columns, bool ascii);

}  // namespace septet::cli::top
