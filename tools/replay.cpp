#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <nlohmann/json.hpp>

#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/provenance.hpp"
#include "inflow/pipeline/settings.hpp"
#include "inflow/pipeline/sheet.hpp"
#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

namespace fs = std::filesystem;

struct ReplayArguments {
  fs::path lines;
  std::vector<std::string> assignments;
  std::size_t line = 0;  // from 1; 0: all
  fs::path out;
  bool overwrite = false;
};

// One line of the file, numbered from 1.
struct Line {
  std::size_t number = 0;
  Provenance provenance;
};

// What --set may change of a line: the set may lie elsewhere by now.
struct SourceSettings {
  PartOptions source;

  void describe(auto& visitor) {
    visitor("source", source, sources().choices(), "Where samples come from");
  }
};

std::vector<Line> read_lines(const ReplayArguments& arguments) {
  std::istringstream file(read_file(arguments.lines));
  std::vector<Line> lines;
  std::string text;
  for (std::size_t number = 1; std::getline(file, text); ++number) {
    if (arguments.line != 0 && arguments.line != number) continue;
    try {
      lines.push_back({number, provenance_from_json(text, catalog())});
    } catch (const UsageError& error) {
      throw InputError(arguments.lines.string() + ":" + std::to_string(number) + ": " +
                       error.what());
    }
  }
  if (!lines.empty()) return lines;
  throw InputError(arguments.line == 0 ? "file holds no lines: " + arguments.lines.string()
                                       : "file has no line " + std::to_string(arguments.line) +
                                             ": " + arguments.lines.string());
}

// Sources of lines, made once where lines of one source follow each other.
class Sources {
 public:
  explicit Sources(const std::vector<std::string>& assignments) : assignments_(assignments) {}

  const Source& of(const Line& line) {
    SourceSettings settings{line.provenance.source};
    read_settings({.assignments = assignments_}, describe(settings));
    if (settings.source.type.empty()) {
      throw UsageError("line " + std::to_string(line.number) +
                       " is of a source of the caller's own: name one with --set source.type=...");
    }
    std::string text = to_json(describe(settings));
    if (text != text_) {
      source_ = sources().make(settings.source);
      text_ = std::move(text);
    }
    return *source_;
  }

 private:
  const std::vector<std::string>& assignments_;
  std::string text_;
  std::shared_ptr<const Source> source_;
};

// The row as a picture: in 8 bits and RGB, whatever the batch held.
Image picture_of(Provenance provenance, const Source& source) {
  Finish& finish = provenance.view.finish;
  finish.channels = 3;
  finish.dtype = Dtype::uint8;
  finish.layout = Layout::nhwc;
  std::vector<std::byte> row = replay(provenance, source, catalog());
  const Size size = provenance.view.base.size;
  return Image(size.height, size.width, reinterpret_cast<cv::Vec3b*>(row.data())).clone();
}

ExitCode replay_lines(const ReplayArguments& arguments, const Program& program) {
  const std::vector<Line> lines = read_lines(arguments);
  const bool draws = !arguments.out.empty();
  if (draws && lines.size() > 1) {
    throw UsageError("--out is for one line, which --line must name: the file has " +
                     std::to_string(lines.size()));
  }
  if (draws) refuse_existing(arguments.out, arguments.overwrite);
  Sources sources(arguments.assignments);
  std::vector<std::size_t> different;
  for (const Line& line : lines) {
    const Source& source = sources.of(line);
    const std::vector<std::byte> row = replay(line.provenance, source, catalog());
    if (checksum_of(std::span<const std::byte>(row)).digits() != line.provenance.checksum) {
      different.push_back(line.number);
      std::cerr << "line " << line.number
                << ": other pixels than when it was written: " << line.provenance.sample << '\n';
    }
    if (draws) write_png(arguments.out, picture_of(line.provenance, source));
  }
  if (program.json) {
    std::cout << nlohmann::ordered_json{{"rows", lines.size()}, {"different", different}}.dump()
              << '\n';
  } else {
    std::cout << lines.size() << (lines.size() == 1 ? " row" : " rows") << " made again, "
              << lines.size() - different.size() << " with the same pixels\n";
  }
  return different.empty() ? ExitCode::done : ExitCode::mismatch;
}

}  // namespace

void add_replay(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "replay", "Make rows again from the lines of their provenance, and compare their pixels");
  const auto arguments = std::make_shared<ReplayArguments>();
  command->add_option("LINES", arguments->lines, "A file that --provenance wrote")->required();
  command
      ->add_option("--set", arguments->assignments,
                   "Changes the source of the lines: --set source.path=DIR (repeatable)")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  command->add_option("--line", arguments->line, "Only this one, counted from 1")
      ->check(CLI::PositiveNumber);
  command->add_option("--out,-o", arguments->out, "The row as a picture, a PNG file");
  command->add_flag("--overwrite", arguments->overwrite, "Replace an existing file");
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return replay_lines(*arguments, told); };
  });
}

}  // namespace inflow::tools
