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
using Json = nlohmann::ordered_json;

struct ReplayArguments {
  fs::path lines;
  std::vector<std::string> assignments;
  std::size_t row = 0;  // from 1; 0: all
  fs::path out;
  bool overwrite = false;
};

// A row that the file tells of, numbered from 1.
struct Row {
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

// What a line tells of: one row, or the pictures of a file that `inflow augment` wrote.
std::vector<Provenance> rows_of(const std::string& line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("pictures"))
    return {provenance_from_json(line, catalog())};
  std::vector<Provenance> rows;
  for (const Json& picture : json["pictures"]) {
    if (!picture.is_object() || !picture.contains("provenance")) {
      throw UsageError(
          "manifest tells nothing of how its pictures were made: expected one of a "
          "job with output.provenance: true");
    }
    rows.push_back(provenance_from_json(picture["provenance"].dump(), catalog()));
  }
  return rows;
}

std::vector<Row> read_rows(const ReplayArguments& arguments) {
  std::istringstream file(read_file(arguments.lines));
  std::vector<Row> rows;
  std::size_t number = 0;
  std::string text;
  for (std::size_t line = 1; std::getline(file, text); ++line) {
    try {
      for (Provenance& row : rows_of(text)) {
        ++number;
        if (arguments.row == 0 || arguments.row == number) rows.push_back({number, std::move(row)});
      }
    } catch (const UsageError& error) {
      throw InputError(arguments.lines.string() + ":" + std::to_string(line) + ": " + error.what());
    }
  }
  if (!rows.empty()) return rows;
  throw InputError(number == 0
                       ? "file tells of no rows: " + arguments.lines.string()
                       : "file tells of " + std::to_string(number) + " rows, not of row " +
                             std::to_string(arguments.row) + ": " + arguments.lines.string());
}

// Sources of rows, made once where rows of one source follow each other.
class Sources {
 public:
  explicit Sources(const std::vector<std::string>& assignments) : assignments_(assignments) {}

  const Source& of(const Row& row) {
    SourceSettings settings{row.provenance.source};
    read_settings({.assignments = assignments_}, describe(settings));
    if (settings.source.type.empty()) {
      throw UsageError("row " + std::to_string(row.number) +
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

ExitCode replay_rows(const ReplayArguments& arguments, const Program& program) {
  const std::vector<Row> rows = read_rows(arguments);
  const bool draws = !arguments.out.empty();
  if (draws && rows.size() > 1) {
    throw UsageError("--out is for one row, which --row must name: the file tells of " +
                     std::to_string(rows.size()));
  }
  if (draws) check_output_file(arguments.out, arguments.overwrite);
  Sources sources(arguments.assignments);
  std::vector<std::size_t> different;
  for (const Row& row : rows) {
    const Source& source = sources.of(row);
    const std::vector<std::byte> bytes = replay(row.provenance, source, catalog());
    if (checksum_of(std::span<const std::byte>(bytes)).digits() != row.provenance.checksum) {
      different.push_back(row.number);
      std::cerr << "row " << row.number
                << ": other pixels than when it was written: " << row.provenance.sample << '\n';
    }
    if (draws) write_png(arguments.out, picture_of(row.provenance, source));
  }
  if (program.json) {
    std::cout << Json{{"rows", rows.size()}, {"different", different}}.dump() << '\n';
  } else {
    std::cout << rows.size() << (rows.size() == 1 ? " row" : " rows") << " made again, "
              << rows.size() - different.size() << " with the same pixels\n";
  }
  return different.empty() ? ExitCode::done : ExitCode::mismatch;
}

}  // namespace

void add_replay(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "replay", "Make rows again from the lines of their provenance, and compare their pixels");
  const auto arguments = std::make_shared<ReplayArguments>();
  command
      ->add_option("LINES", arguments->lines,
                   "What `inflow preview --provenance` wrote, or the manifest of `inflow augment` "
                   "with output.provenance: true")
      ->required();
  command
      ->add_option("--set", arguments->assignments,
                   "Changes the source of the rows: --set source.path=DIR (repeatable)")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  command->add_option("--row", arguments->row, "Only this one, counted from 1")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}));
  command->add_option("--out,-o", arguments->out, "The row as a picture, a PNG file");
  command->add_flag("--overwrite", arguments->overwrite, "Replace an existing file");
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return replay_rows(*arguments, told); };
  });
}

}  // namespace inflow::tools
