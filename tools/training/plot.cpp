#include "inflow/tools/training/plot.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include "inflow/ops/error.hpp"

namespace inflow::tools {
namespace {

// A file that gnuplot writes to, gone when this is.
class TemporaryFile {
 public:
  TemporaryFile() {
    std::string name = (std::filesystem::temp_directory_path() / "inflow-plot-XXXXXX").string();
    const int file = mkstemp(name.data());
    if (file < 0) throw RuntimeError("cannot make a temporary file: " + name);
    close(file);
    path_ = name;
  }
  ~TemporaryFile() {
    std::error_code ignored;  // a left-over in the temporary folder harms nobody
    std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }

 private:
  std::filesystem::path path_;
};

// In gnuplot's quotes that leave all letters but themselves as they are.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char letter : text) out.append(letter == '\'' ? 2 : 1, letter);
  return out + "'";
}

}  // namespace

std::optional<std::string> plot_svg(const std::string& title, const std::string& x_label,
                                    std::span<const Line> lines) {
  const TemporaryFile svg;
  std::string program = fmt::format(
      "set terminal svg size 640,320 dynamic background rgb 'white' font 'sans-serif,12'\n"
      "set output {}\nset title {} noenhanced\nset xlabel {}\nset grid\n{}\n",
      quoted(svg.path().string()), quoted(title), quoted(x_label),
      lines.size() > 1 ? "set key outside right noenhanced" : "unset key");
  std::string plot;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    program += fmt::format("$line{} << END\n", at);
    for (const auto& [x, y] : lines[at].points) program += fmt::format("{} {}\n", x, y);
    program += "END\n";
    // Few colors can be told apart: after eight they come again, dashed.
    plot += fmt::format("{} $line{} with lines linewidth 1 linecolor {} dashtype {} title {}",
                        at == 0 ? "plot" : ",", at, at % 8 + 1, at / 8 + 1, quoted(lines[at].name));
  }
  program += plot + '\n';

  std::FILE* const gnuplot = popen("gnuplot 2>/dev/null", "w");
  if (gnuplot == nullptr) return std::nullopt;
  const bool sent = std::fwrite(program.data(), 1, program.size(), gnuplot) == program.size();
  const bool drawn = pclose(gnuplot) == 0;
  if (!sent || !drawn) return std::nullopt;
  const std::string text = svg.content();
  const std::size_t element =
      text.find("<svg");  // without the XML declaration, which a page cannot hold
  if (element == std::string::npos) return std::nullopt;
  return text.substr(element);
}

}  // namespace inflow::tools
