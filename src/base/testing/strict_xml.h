// base/testing/strict_xml.h — for tests: an XML document read as strictly as the form allows.
//
// Less than XML 1.0: no comments, CDATA, document types or processing instructions besides the
// declaration, for our documents have none; entities are the five, and decimal ones.
// Errors. std::runtime_error with the byte at which it went wrong.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace septet::strict_xml {

struct Element {
  std::string name, text;  // text: of this element alone, entities resolved
  std::map<std::string, std::string> attributes;
  std::vector<Element> children;

  bool has(const std::string& attribute) const { return attributes.contains(attribute); }
  double number(const std::string& attribute) const { return std::stod(attributes.at(attribute)); }
  // Of the first child of that name; empty without one.
  std::string text_of(std::string_view child) const {
    for (const Element& one : children) {
      if (one.name == child) return one.text;
    }
    return {};
  }
  // Calls `visit` with this element and all below it, parents first.
  template <typename Visit>
  void walk(const Visit& visit) const {
    visit(*this);
    for (const Element& one : children) one.walk(visit);
  }
};

class StrictXml {
 public:
  explicit StrictXml(std::string_view text) : text_(text) {}

  Element document() {
    check_bytes();
    expect("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    Element root = element();
    while (at_ < text_.size() && text_[at_] == '\n') ++at_;
    if (at_ != text_.size()) fail("something after the root");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(what + " at byte " + std::to_string(at_));
  }

  void check_bytes() {
    for (at_ = 0; at_ < text_.size(); ++at_) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if ((c < 0x20 && c != '\n') || c == 0x7f) fail("a control character");
      if (c < 0x80) continue;
      const std::size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
      if (c < 0xc2 || c > 0xf4 || at_ + more >= text_.size()) fail("not UTF-8");
      for (std::size_t i = 1; i <= more; ++i) {
        if ((static_cast<unsigned char>(text_[at_ + i]) & 0xc0) != 0x80) fail("not UTF-8");
      }
      const std::string_view whole = text_.substr(at_, more + 1);
      if (whole == "\xef\xbf\xbe" || whole == "\xef\xbf\xbf") fail("no character");
      at_ += more;
    }
    at_ = 0;
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool follows(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  void expect(std::string_view what) {
    if (!follows(what)) fail("expected " + std::string(what));
    at_ += what.size();
  }

  std::string name() {
    const std::size_t begin = at_;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    while (letter(peek()) || (at_ > begin && (peek() == '-' || (peek() >= '0' && peek() <= '9'))))
      ++at_;
    if (at_ == begin) fail("expected a name");
    return std::string(text_.substr(begin, at_ - begin));
  }

  // Up to `end`, which stays.
  std::string characters(char end) {
    std::string out;
    while (peek() != end) {
      if (at_ >= text_.size()) fail("the document ends");
      if (peek() == '<' || peek() == '>' || (end == '"' && peek() == '\n'))
        fail("a bare character");
      if (peek() == '&') {
        out += entity();
      } else {
        out += text_[at_++];
      }
    }
    return out;
  }

  char entity() {
    static const std::map<std::string_view, char> known = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    for (const auto& [spelled, meant] : known) {
      if (!follows(spelled)) continue;
      at_ += spelled.size();
      return meant;
    }
    fail("an unknown entity");
  }

  Element element() {
    Element out;
    expect("<");
    out.name = name();
    while (peek() == ' ') {
      ++at_;
      if (peek() == '/' || peek() == '>') break;
      std::string attribute = name();
      expect("=\"");
      if (!out.attributes.emplace(attribute, characters('"')).second)
        fail("twice the attribute " + attribute);
      expect("\"");
    }
    if (follows("/>")) {
      at_ += 2;
      return out;
    }
    expect(">");
    while (true) {
      out.text += characters('<');
      if (follows("</")) break;
      out.children.push_back(element());
    }
    expect("</" + out.name + ">");
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

inline Element read_xml(std::string_view text) { return StrictXml(text).document(); }

}  // namespace septet::strict_xml
