#include "base/yaml.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <map>
#include <sstream>

#include "base/nearest.h"
#include "base/quoted.h"

namespace septet {

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::size_t kMostLevels = 64;
constexpr std::size_t kMostRepeated = 10'000;  // nodes that aliases may add to what is written

std::string place(const std::string& name, const YAML::Mark& mark) {
  if (mark.is_null()) return name;
  return name + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

struct Refused {  // thrown and caught inside this file only
  YAML::Mark mark;
  std::string complaint;
};

// Reads the events of one document before any node is built: how deep it goes, and how large it
// would be with every alias written out.
class Surveyor final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t anchor) override { leaf(anchor); }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t anchor,
                const std::string&) override {
    leaf(anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor);
  }
  void OnMapEnd() override { close(); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto shape = anchored_.find(anchor);
    if (shape == anchored_.end()) throw Refused{mark, "an alias inside what it names"};
    repeated_ += shape->second.nodes;
    if (repeated_ > kMostRepeated) {
      throw Refused{mark, "aliases repeat too much: more than " + std::to_string(kMostRepeated) +
                              " nodes when written out"};
    }
    if (open_.size() + shape->second.levels > kMostLevels) throw too_deep(mark);
    if (!open_.empty()) grow(shape->second);
  }

 private:
  struct Shape {
    std::size_t nodes = 1, levels = 0;
  };
  struct Open {
    YAML::anchor_t anchor;
    Shape shape;
  };
  static Refused too_deep(const YAML::Mark& mark) {
    return {mark, "nested more than " + std::to_string(kMostLevels) + " levels deep"};
  }
  void grow(const Shape& child) {
    Shape& parent = open_.back().shape;
    parent.nodes += child.nodes;
    parent.levels = std::max(parent.levels, child.levels + 1);
  }
  void leaf(YAML::anchor_t anchor) {
    if (anchor != 0) anchored_[anchor] = {};
    if (!open_.empty()) grow({});
  }
  void open(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() == kMostLevels) throw too_deep(mark);
    open_.push_back({anchor, {1, 1}});
  }
  void close() {
    const Open done = open_.back();
    open_.pop_back();
    if (done.anchor != 0) anchored_[done.anchor] = done.shape;
    if (!open_.empty()) grow(done.shape);
  }

  std::vector<Open> open_;
  std::map<YAML::anchor_t, Shape> anchored_;
  std::size_t repeated_ = 0;
};

// The parser stops without a word at some control bytes; what stood behind them would be lost.
Result<> check_bytes(const std::string& name, std::string_view text) {
  if (text.size() > kMostBytes) {
    return fail(Code::kInvalidArgument, name + ": larger than 1 MiB",
                "split it, or check the path");
  }
  std::size_t line = 1, column = 1;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool blank = c == '\t' || c == '\n' || c == '\r';
    if ((byte < 0x20 && !blank) || byte == 0x7f || byte >= 0xfe) {
      return fail(Code::kInvalidArgument,
                  name + ":" + std::to_string(line) + ":" + std::to_string(column) +
                      ": a control byte, so this is not UTF-8 text",
                  "save the file as plain UTF-8");
    }
    column = c == '\n' ? 1 : column + 1;
    line += c == '\n' ? 1 : 0;
  }
  return {};
}

YAML::Node load_checked(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Surveyor surveyor;
  if (!parser.HandleNextDocument(surveyor)) return YAML::Node();
  Surveyor ignored;
  if (parser.HandleNextDocument(ignored)) {
    throw Refused{YAML::Mark::null_mark(), "more than one document (a second \"---\")"};
  }
  return YAML::Load(text);
}

Result<std::string> read_all(std::FILE* file, const std::string& name) {
  std::string text;
  std::array<char, 16384> chunk;
  while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), file)) {
    text.append(chunk.data(), got);
    if (text.size() > kMostBytes) break;  // parse_yaml refuses it; /dev/zero never ends
  }
  if (std::ferror(file) != 0) {
    return fail(Code::kInvalidArgument, "read " + name + ": " + strerrordesc_np(errno),
                "name a readable file, or - for standard input");
  }
  return text;
}

const char* kind_of(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Undefined: return "nothing";
    case YAML::NodeType::Null: return "nothing";
    case YAML::NodeType::Scalar: return "a single value";
    case YAML::NodeType::Sequence: return "a list";
    case YAML::NodeType::Map: return "a mapping";
  }
  return "something else";
}

std::string got(const YAML::Node& node) {
  if (!node.IsDefined()) return "nothing";  // asking an absent node anything else throws
  return node.IsScalar() ? quoted(node.Scalar()) : kind_of(node);
}

void emit(YAML::Emitter& out, const Json& value) {
  if (value.is_object()) {
    out << YAML::BeginMap;
    for (const auto& [key, inner] : value.items()) {
      out << YAML::Key << key << YAML::Value;
      emit(out, inner);
    }
    out << YAML::EndMap;
  } else if (value.is_array()) {
    out << YAML::BeginSeq;
    for (const Json& inner : value) emit(out, inner);
    out << YAML::EndSeq;
  } else if (value.is_string()) {
    out << YAML::DoubleQuoted << value.get<std::string>();
  } else {
    out << value.dump();
  }
}

}  // namespace

Result<YamlDocument> parse_yaml(std::string name, std::string_view text) {
  TRY(check_bytes(name, text));
  try {
    const std::string owned(text);
    const YAML::Node root = load_checked(owned);
    return YamlDocument{std::move(name), root};
  } catch (const Refused& refused) {
    return fail(Code::kInvalidArgument, place(name, refused.mark) + ": " + refused.complaint);
  } catch (const YAML::Exception& error) {
    return fail(Code::kInvalidArgument, place(name, error.mark) + ": " + error.msg);
  } catch (const std::exception& error) {
    return fail(Code::kInvalidArgument, name + ": not readable as YAML: " + error.what());
  }
}

Result<YamlDocument> read_yaml_file(const std::string& path) {
  if (path == "-") {
    auto text = TRY(read_all(stdin, "standard input"));
    return parse_yaml("-", text);
  }
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    const int why = errno;
    return fail(why == ENOENT ? Code::kNotFound : Code::kInvalidArgument,
                "open " + path + ": " + strerrordesc_np(why),
                "name a readable file, or - for standard input");
  }
  auto text = read_all(file, path);
  std::fclose(file);
  if (!text) return std::unexpected(std::move(text).error());
  return parse_yaml(path, *text);
}

std::string to_yaml(const Json& value) {
  YAML::Emitter out;
  emit(out, value);
  return std::string(out.c_str()) + "\n";
}

std::string where(const YamlDocument& document, const YAML::Node& node) {
  return node.IsDefined() ? place(document.name, node.Mark()) : document.name;
}

std::unexpected<Error> fail_at(const YamlDocument& document, const YAML::Node& node,
                               const std::string& complaint, std::string remedy) {
  return fail(Code::kInvalidArgument, where(document, node) + ": " + complaint, std::move(remedy));
}

Result<> check_keys(const YamlDocument& document, const YAML::Node& map,
                    const std::vector<std::string_view>& allowed) {
  if (!map.IsDefined() || !map.IsMap()) {
    return fail_at(document, map, "expected a mapping (key: value), got " + got(map));
  }
  std::map<std::string, YAML::Node> seen;
  for (const auto& entry : map) {
    const YAML::Node& key = entry.first;
    if (!key.IsScalar())
      return fail_at(document, key, "a key must be a single word, got " + got(key));
    const std::string& word = key.Scalar();
    if (std::ranges::find(allowed, word) == allowed.end()) {
      return fail_at(document, key, "unknown key " + quoted(word), did_you_mean(word, allowed));
    }
    if (const auto [first, fresh] = seen.emplace(word, key); !fresh) {
      return fail_at(document, key,
                     quoted(word) + " is written twice, first at " + where(document, first->second),
                     "keep one of them");
    }
  }
  return {};
}

Result<std::string> as_text(const YamlDocument& document, const YAML::Node& node,
                            std::string_view what) {
  if (!node.IsDefined() || !node.IsScalar()) {
    return fail_at(document, node, std::string(what) + " must be a text, got " + got(node));
  }
  return node.Scalar();
}

Result<std::uint64_t> as_count(const YamlDocument& document, const YAML::Node& node,
                               std::string_view what, std::uint64_t most) {
  const std::string text = node.IsDefined() && node.IsScalar() ? node.Scalar() : std::string();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > most) {
    return fail_at(document, node,
                   std::string(what) + " must be a whole number from 0 to " + std::to_string(most) +
                       ", got " + got(node));
  }
  return value;
}

Result<bool> as_bool(const YamlDocument& document, const YAML::Node& node, std::string_view what) {
  const std::string text = node.IsDefined() && node.IsScalar() ? node.Scalar() : std::string();
  for (const std::string_view yes : {"true", "yes", "on"}) {
    if (edit_distance(text, yes) == 0) return true;
  }
  for (const std::string_view no : {"false", "no", "off"}) {
    if (edit_distance(text, no) == 0) return false;
  }
  return fail_at(document, node, std::string(what) + " must be true or false, got " + got(node));
}

}  // namespace septet
