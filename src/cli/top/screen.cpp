#include "cli/top/screen.h"

#include <fmt/format.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

// As functions: ncurses' macros are named as half of the world is (move, erase, timeout).
#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <curses.h>

namespace septet::cli::top {

namespace {

constexpr int kEscapeDelayMs = 50;  // an Escape alone, or the first byte of an arrow key
constexpr std::array kDeadly = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

SCREEN* terminal = nullptr;

// ---- what a handler can reach

struct Saved {
  termios mode{};
  std::array<char, 256> bytes{};  // that leave the full screen
  std::size_t length = 0;
};
Saved saved;
std::array<struct sigaction, kDeadly.size()> before_deadly;

void on_deadly_signal(int number) {
  tcsetattr(STDIN_FILENO, TCSANOW, &saved.mode);
  (void)!write(STDOUT_FILENO, saved.bytes.data(), saved.length);
  for (std::size_t i = 0; i < kDeadly.size(); ++i) {
    if (kDeadly[i] == number) sigaction(number, &before_deadly[i], nullptr);
  }
  raise(number);  // delivered when this handler returns
}

void append(const char* capability) {
  // tigetstr: nullptr, or -1 for what is no string.
  const char* const text = tigetstr(capability);
  if (text == nullptr || text == reinterpret_cast<char*>(-1)) return;
  // Delays ("$<5>") are of terminals that need them; after a crash nobody waits.
  for (const char* c = text; *c != '\0' && saved.length < saved.bytes.size(); ++c) {
    if (c[0] == '$' && c[1] == '<') {
      const char* const end = std::strchr(c, '>');
      if (end != nullptr) {
        c = end;
        continue;
      }
    }
    saved.bytes[saved.length++] = *c;
  }
}

void catch_deadly_signals() {
  saved.length = 0;
  for (const char* capability : {"sgr0", "rmcup", "rmkx", "cnorm"}) append(capability);
  struct sigaction action {};
  action.sa_handler = on_deadly_signal;
  for (std::size_t i = 0; i < kDeadly.size(); ++i) {
    sigaction(kDeadly[i], &action, &before_deadly[i]);
  }
}

void release_deadly_signals() {
  for (std::size_t i = 0; i < kDeadly.size(); ++i) {
    sigaction(kDeadly[i], &before_deadly[i], nullptr);
  }
}

// ---- colors

struct Look {
  attr_t attributes;
  short color = -1;  // COLOR_*; -1: the terminal's own
};

Look look_of(Style style) {
  switch (style) {
    case Style::kPlain: return {A_NORMAL};
    case Style::kStrong: return {A_BOLD};
    case Style::kFaint: return {A_DIM};
    case Style::kTitle: return {A_REVERSE};
    case Style::kSortedBy: return {A_REVERSE | A_BOLD | A_UNDERLINE};
    case Style::kSelected: return {A_REVERSE};
    case Style::kLoud: return {A_REVERSE | A_BOLD, COLOR_YELLOW};
    case Style::kGood: return {A_NORMAL, COLOR_GREEN};
    case Style::kSuspect: return {A_BOLD, COLOR_YELLOW};
    case Style::kBad: return {A_BOLD, COLOR_RED};
    case Style::kFree: return {A_NORMAL};
    case Style::kStranded: return {A_BOLD, COLOR_RED};
    case Style::kInstanceA: return {A_REVERSE, COLOR_CYAN};
    case Style::kInstanceB: return {A_REVERSE, COLOR_GREEN};
    case Style::kInstanceC: return {A_REVERSE, COLOR_YELLOW};
    case Style::kInstanceD: return {A_REVERSE, COLOR_MAGENTA};
    case Style::kInstanceE: return {A_REVERSE, COLOR_BLUE};
  }
  return {A_NORMAL};
}

void use_style(Style style, bool with_colors) {
  const Look look = look_of(style);
  const bool colored = with_colors && look.color >= 0;
  wattr_set(stdscr, look.attributes, colored ? static_cast<short>(look.color + 1) : short{0},
            nullptr);
}

bool start_colors() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment while this runs
  if (std::getenv("NO_COLOR") != nullptr || !has_colors() || start_color() == ERR) return false;
  const short background = use_default_colors() == OK ? short{-1} : short{COLOR_BLACK};
  for (short color = COLOR_BLACK; color <= COLOR_WHITE; ++color) {
    init_pair(static_cast<short>(color + 1), color, background);
  }
  return true;
}

// ---- keys

KeyKind kind_of(wint_t code) {
  constexpr std::array<std::pair<int, KeyKind>, 13> kKinds = {{
      {KEY_UP, KeyKind::kUp},
      {KEY_DOWN, KeyKind::kDown},
      {KEY_LEFT, KeyKind::kLeft},
      {KEY_RIGHT, KeyKind::kRight},
      {KEY_PPAGE, KeyKind::kPageUp},
      {KEY_NPAGE, KeyKind::kPageDown},
      {KEY_HOME, KeyKind::kHome},
      {KEY_END, KeyKind::kEnd},
      {KEY_ENTER, KeyKind::kEnter},
      {KEY_BACKSPACE, KeyKind::kBackspace},
      {KEY_F(1), KeyKind::kHelp},
      {KEY_A1, KeyKind::kHome},
      {KEY_C1, KeyKind::kEnd},
  }};
  for (const auto& [known, kind] : kKinds) {
    if (static_cast<wint_t>(known) == code) return kind;
  }
  return KeyKind::kOther;
}

Key character_key(wint_t c) {
  if (c == L'\r' || c == L'\n') return {KeyKind::kEnter, ""};
  if (c == 0x1b) return {KeyKind::kEscape, ""};
  if (c == 0x7f || c == 0x08) return {KeyKind::kBackspace, ""};
  std::array<char, 16> bytes{};
  mbstate_t state{};
  // NOLINTNEXTLINE(concurrency-mt-unsafe): with a state of its own it is safe
  const std::size_t length = wcrtomb(bytes.data(), static_cast<wchar_t>(c), &state);
  if (length == 0 || length > bytes.size()) return {KeyKind::kOther, ""};
  return {KeyKind::kCharacter, std::string(bytes.data(), length)};
}

// NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment while this runs
std::string terminal_name() { return std::getenv("TERM") == nullptr ? "" : std::getenv("TERM"); }

}  // namespace

bool locale_is_utf8() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread exists yet
  setlocale(LC_CTYPE, "");
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread exists yet
  return std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

Result<std::unique_ptr<Screen>> Screen::open() {
  const bool utf8 = locale_is_utf8();
  if (tcgetattr(STDIN_FILENO, &saved.mode) != 0) {
    return fail(Code::kInvalidArgument, "septet top reads keys, and standard input is no terminal",
                "septet status, or septet top --once");
  }
  // newterm, for initscr ends the program where it does not know the terminal.
  terminal = newterm(nullptr, stdout, stdin);
  if (terminal == nullptr) {
    return fail(Code::kInvalidArgument,
                fmt::format("no terminal is known by the name '{}' (TERM)", terminal_name()),
                "TERM=xterm septet top, or septet top --once");
  }
  std::unique_ptr<Screen> screen(new Screen);
  screen->utf8_ = utf8;
  catch_deadly_signals();
  cbreak();
  noecho();
  nonl();
  curs_set(0);
  keypad(stdscr, true);
  nodelay(stdscr, true);
  set_escdelay(kEscapeDelayMs);
  screen->colors_ = start_colors();
  return screen;
}

Screen::~Screen() {
  endwin();
  delscreen(terminal);
  terminal = nullptr;
  release_deadly_signals();
}

Size Screen::size() const {
  return {static_cast<unsigned>(getmaxx(stdscr)), static_cast<unsigned>(getmaxy(stdscr))};
}

void Screen::resize() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return;
  resizeterm(size.ws_row, size.ws_col);
  clearok(stdscr, true);
}

void Screen::repaint() { clearok(stdscr, true); }

void Screen::draw(const Frame& frame) {
  werase(stdscr);
  int y = 0;
  for (const Line& line : frame.lines) {
    wmove(stdscr, y++, 0);
    for (const Span& span : line.spans()) {
      use_style(span.style, colors_);
      waddnstr(stdscr, span.text.data(), static_cast<int>(span.text.size()));
    }
  }
  use_style(Style::kPlain, colors_);
  wnoutrefresh(stdscr);
  doupdate();
}

std::optional<Key> Screen::read_key() {
  wint_t code = 0;
  const int kind = wget_wch(stdscr, &code);
  if (kind == ERR) return std::nullopt;
  if (kind == KEY_CODE_YES) return Key{kind_of(code), ""};
  return character_key(code);
}

}  // namespace septet::cli::top
