// cli/top/screen.h — the terminal: draws frames, reads keys, and is given back as it was.
//
// The only place that sees ncurses. Colors, where the terminal has them and NO_COLOR is not set;
// else attributes alone. Characters beyond ASCII only where the locale is UTF-8.
// The terminal is put back by the destructor, and by the handler of signals that kill a program
// from inside (SIGSEGV, SIGABRT ...).
// Errors. kInvalidArgument: no terminal, or TERM names none that is known; the remedy says what to
//         do instead.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "cli/top/frame.h"

namespace septet::cli::top {

class Screen {
 public:
  // One at a time.
  static Result<std::unique_ptr<Screen>> open();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  Size size() const;
  bool utf8() const { return utf8_; }
  void resize();   // asks the terminal how large it is now
  void repaint();  // all of it at the next draw: something else wrote over it
  void draw(const Frame& frame);
  std::optional<Key> read_key();  // nullopt: none is waiting

 private:
  Screen() = default;
  bool utf8_ = false, colors_ = false;
};

// Is the locale's character set UTF-8? Sets LC_CTYPE from the environment.
bool locale_is_utf8();

}  // namespace septet::cli::top
