#include "cli/svg/document.h"

#include <fmt/format.h>

#include <cmath>

namespace septet::cli::svg {

namespace {

constexpr std::string_view kFonts =
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', "
    "sans-serif";

// ASCII, and the signs that we write ourselves: ellipsis, times, minus, plus-minus, dot.
bool width_is_known(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) < 0x80) continue;
    const std::string_view left = text.substr(at);
    bool ours = false;
    for (const std::string_view sign :
         {"\xe2\x80\xa6", "\xc3\x97", "\xe2\x88\x92", "\xc2\xb1", "\xe2\x97\x8f"}) {
      if (!left.starts_with(sign)) continue;
      at += sign.size() - 1;
      ours = true;
      break;
    }
    if (!ours) return false;
  }
  return true;
}

std::string plain_text(double x, double y, std::string_view content, TextLook look) {
  std::string attributes = fmt::format("x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"", number(x),
                                       number(y), number(look.font.size), look.fill);
  if (look.font.bold) attributes += " font-weight=\"bold\"";
  if (look.anchor != "start") attributes += fmt::format(" text-anchor=\"{}\"", look.anchor);
  return fmt::format("<text {}>{}</text>\n", attributes, escaped(content));
}

// A viewport of its own cuts off what is wider than it was estimated to be.
std::string clipped(double x, double y, std::string_view content, double width, TextLook look) {
  const double left = look.anchor == "end"      ? x - width
                      : look.anchor == "middle" ? x - width / 2
                                                : x;
  const double rise = look.font.size;
  return fmt::format("<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\">\n{}</svg>\n", number(left),
                     number(y - rise), number(width), number(1.4 * rise),
                     plain_text(x - left, rise, content, look));
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string rect(Box box, std::string_view attributes) {
  return fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>\n", number(box.x),
                     number(box.y), number(box.width), number(box.height), attributes);
}

std::string line(double x1, double y1, double x2, double y2, std::string_view attributes) {
  return fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {}/>\n", number(x1), number(y1),
                     number(x2), number(y2), attributes);
}

std::string text(double x, double y, std::string_view content, double width, TextLook look) {
  const std::string shown = fitted(content, width, look.font);
  if (shown.empty()) return {};
  const std::string element =
      width_is_known(shown) ? plain_text(x, y, shown, look) : clipped(x, y, shown, width, look);
  return shown == printable(content) ? element : group("", content, element);
}

std::string group(std::string_view attributes, std::string_view title, std::string_view content) {
  return fmt::format("<g{}{}>\n{}{}</g>\n", attributes.empty() ? "" : " ", attributes,
                     title.empty() ? "" : fmt::format("<title>{}</title>\n", escaped(title)),
                     content);
}

std::string document(const Page& page) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" font-family=\"{2}\">\n"
      "<title>{3}</title>\n<desc>{4}</desc>\n",
      number(std::ceil(page.width)), number(std::ceil(page.height)), kFonts, escaped(page.title),
      escaped(page.description));
  if (!page.definitions.empty()) out += "<defs>\n" + page.definitions + "</defs>\n";
  const Box whole{0.5, 0.5, std::ceil(page.width) - 1, std::ceil(page.height) - 1};
  return out + rect(whole, "rx=\"6\" fill=\"#ffffff\" stroke=\"#c4c9cf\"") + page.body + "</svg>\n";
}

}  // namespace septet::cli::svg
