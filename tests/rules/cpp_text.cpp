#include "rules/cpp_text.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "rules/patterns.h"

namespace septet::rules {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Where the comment or literal that starts at `i` ends (one past), or nullopt: code starts here.
std::optional<std::size_t> end_of_inert(std::string_view text, std::size_t i) {
  const auto until = [&](std::string_view mark, std::size_t from) {
    const auto found = text.find(mark, from);
    return found == std::string_view::npos ? text.size() : found + mark.size();
  };
  if (text.substr(i, 2) == "//") return std::min(text.find('\n', i), text.size());
  if (text.substr(i, 2) == "/*") return until("*/", i + 2);
  if (text.substr(i, 2) == "R\"" && (i == 0 || !is_word(text[i - 1]))) {
    const auto open = text.find('(', i);
    if (open == std::string_view::npos) return text.size();
    return until(")" + std::string(text.substr(i + 2, open - i - 2)) + "\"", open);
  }
  if (text[i] != '"' && text[i] != '\'') return std::nullopt;
  if (text[i] == '\'' && i > 0 && is_word(text[i - 1])) return std::nullopt;  // 1'000
  std::size_t end = i + 1;
  while (end < text.size() && text[end] != text[i] && text[end] != '\n') {
    end += text[end] == '\\' ? 2 : 1;
  }
  return std::min(end + 1, text.size());
}

std::size_t line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, offset), '\n'));
}

// One pass over the braces of a file: which of them open a function?
class BraceWalk {
 public:
  explicit BraceWalk(std::string_view code) : code_(code) {}

  std::vector<FunctionSpan> run() {
    for (std::size_t i = 0; i < code_.size(); ++i) {
      const char c = code_[i];
      if (c == '{') open(i);
      if (c == '}') close(i);
      // A colon ends "public:", but not the "::" of a name nor the ":" before a base or
      // initializer.
      const bool label =
          c == ':' && parentheses_ == 0 && in_scope() && matches_whole(head(i), kLabel);
      if ((c == ';' && parentheses_ == 0) || label) head_ = i + 1;
      if (c == '(') ++parentheses_;
      if (c == ')') --parentheses_;
    }
    return std::move(found_);
  }

 private:
  enum class Kind { kScope, kFunction, kOther };
  struct Open {
    Kind kind;
    std::size_t head;
    int parentheses;
  };

  static constexpr const char* kLabel = R"(\s*(public|private|protected)\s*)";
  static constexpr const char* kScope =
      R"((^|[\s>])(namespace|class|struct|union|extern)\b[^()]*(alignas\([^)]*\)[^()]*)?$)";

  std::string_view head(std::size_t end) const { return code_.substr(head_, end - head_); }

  Kind kind_of(std::string_view text) const {
    if (!in_scope()) return Kind::kOther;
    if (contains_match(text, kScope)) return Kind::kScope;
    const auto last = text.find_last_not_of(" \n");
    if (last == std::string_view::npos || text[last] == '=') return Kind::kOther;
    return text.contains('(') ? Kind::kFunction : Kind::kOther;
  }

  bool in_scope() const { return open_.empty() || open_.back().kind == Kind::kScope; }

  void open(std::size_t i) {
    open_.push_back({kind_of(head(i)), head_, parentheses_});
    parentheses_ = 0;
    head_ = i + 1;
  }

  void close(std::size_t i) {
    if (open_.empty()) return;
    const Open opened = open_.back();
    open_.pop_back();
    parentheses_ = opened.parentheses;
    const auto next = std::min(code_.find_first_not_of(" \n", i + 1), code_.size() - 1);
    // "Foo(int a) : a_{a}, b_{2} {": those braces belong to the head of the function that follows.
    const bool initializer = code_[next] == ',' || code_[next] == '{';
    head_ = initializer || opened.parentheses > 0 ? opened.head : i + 1;
    if (opened.kind == Kind::kFunction && !initializer) report(opened.head, i);
  }

  void report(std::size_t head, std::size_t end) {
    head = code_.find_first_not_of(" \n", head);
    std::string text(code_.substr(head, code_.find('{', head) - head));
    std::ranges::replace(text, '\n', ' ');
    const std::size_t first = line_at(code_, head);
    found_.push_back({std::move(text), first, line_at(code_, end) - first + 1});
  }

  std::string_view code_;
  std::vector<Open> open_;
  std::size_t head_ = 0;
  int parentheses_ = 0;
  std::vector<FunctionSpan> found_;
};

// One past the brace that closes the one at `open`.
std::size_t closing(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '{') ++depth;
    if (code[i] == '}' && --depth == 0) return i + 1;
  }
  return code.size();
}

}  // namespace

std::string without_comments_and_literals(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < text.size();) {
    const auto end = end_of_inert(text, i);
    if (!end) {
      ++i;
      continue;
    }
    for (; i < *end; ++i) {
      if (out[i] != '\n') out[i] = ' ';
    }
  }
  return out;
}

std::string code_only(std::string_view text) {
  std::string out = without_comments_and_literals(text);
  bool directive = false, line_start = true;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '\n') {
      directive = directive && i > 0 && text[i - 1] == '\\';
      line_start = true;
      continue;
    }
    if (line_start && out[i] == '#') directive = true;
    if (out[i] != ' ') line_start = false;
    if (directive) out[i] = ' ';
  }
  return out;
}

std::vector<FunctionSpan> functions_of(std::string_view text) {
  const std::string code = code_only(text);
  return BraceWalk(code).run();
}

std::vector<std::size_t> defaults_over_enums(std::string_view text) {
  static constexpr const char* kEnumerator = R"(\bcase\s+([A-Za-z_]\w*::)+k[A-Z]\w*\s*:)";
  const std::string code = code_only(text);
  std::vector<std::size_t> lines;
  for (const Match& at : find_all(code, R"(\bswitch\s*\()")) {
    const auto open = code.find('{', at.offset);
    if (open == std::string::npos) continue;
    const std::string body = code.substr(open, closing(code, open) - open);
    if (!contains_match(body, kEnumerator)) continue;
    for (const Match& found : find_all(body, R"(\bdefault\s*:)")) {
      lines.push_back(line_at(code, open + found.offset));
    }
  }
  return lines;
}

}  // namespace septet::rules
