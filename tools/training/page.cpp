#include "inflow/tools/training/page.hpp"

#include <algorithm>
#include <cstdint>

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <spdlog/fmt/fmt.h>

#include "inflow/pipeline/sheet.hpp"

namespace inflow::tools {
namespace {

constexpr std::string_view kStyle =
    "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "pre{background:#f4f4f4;padding:1rem;overflow:auto}img{image-rendering:pixelated}svg{max-width:"
    "100%}table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.3rem "
    ".8rem;border-bottom:1px solid #ddd}";

std::string base64(const std::vector<std::uint8_t>& bytes) {
  using namespace boost::archive::iterators;
  using Encode =
      base64_from_binary<transform_width<std::vector<std::uint8_t>::const_iterator, 6, 8>>;
  std::string text(Encode(bytes.begin()), Encode(bytes.end()));
  return text.append((3 - bytes.size() % 3) % 3, '=');
}

std::string figure(const Curve& curve) {
  if (std::ranges::all_of(curve.lines, [](const Line& line) { return line.points.empty(); }))
    return "";
  const auto svg = plot_svg(curve.title, curve.x_label, curve.lines);
  return svg ? *svg : fmt::format("<p>{}: not drawn, gnuplot could not be run</p>", curve.title);
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string page_of(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta "
      "charset=\"utf-8\"><title>{0}</title><style>{1}</style></head>\n"
      "<body><h1>{0}</h1>\n{2}</body></html>\n",
      escaped(title), kStyle, body);
}

std::string section(std::string_view title, std::string_view body) {
  return body.empty() ? "" : fmt::format("<h2>{}</h2>\n{}\n", title, body);
}

std::string preformatted(std::string_view text) {
  return text.empty() ? "" : fmt::format("<pre>{}</pre>", escaped(text));
}

std::string picture(const Image& image, std::string_view what, int magnification) {
  return fmt::format("<img alt=\"{}\" width=\"{}\" src=\"data:image/png;base64,{}\">", what,
                     image.cols * magnification, base64(encode_png(image)));
}

std::string figures(const std::vector<Curve>& curves) {
  std::string body;
  for (const Curve& curve : curves) body += figure(curve);
  return body;
}

}  // namespace inflow::tools
