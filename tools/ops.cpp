#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include "inflow/ops/op.hpp"
#include "inflow/pipeline/picture.hpp"
#include "inflow/pipeline/sheet.hpp"
#include "inflow/tools/program.hpp"
#include "inflow/tools/transforms.hpp"

namespace inflow::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kProfiles = "pil fast";

struct ApplyArguments {
  std::string spec;
  std::filesystem::path in;
  std::filesystem::path out;
  std::string profile = "pil";
  bool overwrite = false;
};

std::string interval(double low, double high) { return fmt::format("[{}, {}]", low, high); }

std::string domain_of(const Op& op) {
  if (!op.has_magnitude) return "-";
  return interval(static_cast<double>(op.domain.low), static_cast<double>(op.domain.high));
}

std::string range_of(const Op& op) {
  if (!op.has_magnitude) return "-";
  return fmt::format("{} .. {}", op.range.at_zero, op.range.at_one);
}

// The level at which MADAug's range has the magnitude that changes nothing.
std::string neutral_level_of(const Op& op) {
  if (!op.has_magnitude || !op.neutral) return "-";
  const float level = (*op.neutral - op.range.at_zero) / (op.range.at_one - op.range.at_zero);
  return fmt::format("{}", level);
}

Json json_of(std::size_t number, const Op& op) {
  Json entry{{"number", number},
             {"name", op.name},
             {"family", name_of(op.family)},
             {"summary", op.summary},
             {"takes_magnitude", op.has_magnitude},
             {"profiles", {"pil", "fast"}}};
  if (op.has_magnitude) {
    entry["domain"] = {op.domain.low, op.domain.high};
    entry["range"] = {op.range.at_zero, op.range.at_one};
    entry["either_sign"] = op.range.either_sign;
  }
  if (op.neutral) entry["neutral"] = *op.neutral;
  return entry;
}

ExitCode list(const Program& program) {
  if (program.json) {
    Json all = Json::array();
    for (std::size_t i = 0; i < catalog().size(); ++i) all.push_back(json_of(i, catalog()[i]));
    for (const auto& transform : transforms().entries())
      all.push_back({{"name", transform.name},
                     {"summary", transform.summary},
                     {"profiles", {"pil", "fast"}}});
    std::cout << all.dump() << '\n';
    return ExitCode::done;
  }
  constexpr std::string_view kRow = "{:>2}  {:<14} {:<14} {:<14} {:<8} {:<9} {}\n";
  std::cout << fmt::format(fmt::runtime(kRow), "", "name", "domain", "range", "neutral", "profiles",
                           "summary");
  for (std::size_t i = 0; i < catalog().size(); ++i) {
    const Op& op = catalog()[i];
    std::cout << fmt::format(fmt::runtime(kRow), i, op.name, domain_of(op), range_of(op),
                             neutral_level_of(op), kProfiles, op.summary);
  }
  for (const auto& transform : transforms().entries()) {
    std::cout << fmt::format(fmt::runtime(kRow), "", transform.name, "", "", "", kProfiles,
                             transform.summary);
  }
  std::cout
      << "\nDomain: magnitudes an op takes. Range: those of MADAug's levels 0 .. 1; neutral is "
         "the level\nthat changes nothing. Without a number: steps of views, which policies do "
         "not choose.\n";
  return ExitCode::done;
}

ExitCode describe_transform(const std::string& name, const Program& program) {
  AnyOptions defaults = transforms().at(name).defaults;
  if (program.json) {
    std::cout << schema_json(name, defaults.describe()) << '\n';
    return ExitCode::done;
  }
  std::cout << name << ": " << transforms().at(name).summary << '\n';
  for (const Option& option : defaults.describe())
    std::cout << fmt::format("  {:<10} {}\n", option.name, option.sentence);
  std::cout << "defaults: " << to_json(defaults.describe()) << '\n';
  return ExitCode::done;
}

ExitCode describe_op(const std::string& name, const Program& program) {
  if (is_transform(name)) return describe_transform(name, program);
  const std::uint16_t number = numbered_op(name);
  const Op& op = catalog()[number];
  if (program.json) {
    std::cout << json_of(number, op).dump() << '\n';
    return ExitCode::done;
  }
  std::cout << op.name << ": " << op.summary << "\n  number     " << number << "\n  family     "
            << name_of(op.family) << "\n  magnitude  ";
  if (!op.has_magnitude) {
    std::cout << "makes no difference\n";
    return ExitCode::done;
  }
  std::cout << domain_of(op) << (op.neutral ? fmt::format(", {} changes nothing", *op.neutral) : "")
            << "\n  levels     0 .. 1 of MADAug are " << range_of(op)
            << (op.range.either_sign ? ", either sign" : "") << '\n';
  return ExitCode::done;
}

ExitCode apply_op(const ApplyArguments& arguments, const Program& program) {
  check_output_file(arguments.out, arguments.overwrite);
  Image in;
  if (const SampleError error = read_picture(arguments.in.string(), in);
      error.fault != Fault::none) {
    throw InputError(error.message());
  }
  const DrawnView view = view_of(arguments.spec, size_of(in));
  Image out(view.base.size.height, view.base.size.width);
  RenderScratch scratch;
  const Profile profile = arguments.profile == "fast" ? Profile::fast : Profile::pil;
  render(profile, catalog(), in, view,
         std::as_writable_bytes(std::span(out.ptr(), 3 * out.total())), scratch);
  write_png(arguments.out, out);
  const std::string path = arguments.out.string();
  std::cout << (program.json ? Json{{"out", path}}.dump() : path) << '\n';
  return ExitCode::done;
}

}  // namespace

void add_ops(CLI::App& app, Program& program) {
  CLI::App* ops = app.add_subcommand("ops", "List, describe or apply ops and steps of views");
  ops->require_subcommand(1);

  ops->add_subcommand("list", "Print every op: number, name, magnitudes, profiles")
      ->callback([&program] { program.chosen = list; });

  const auto name = std::make_shared<std::string>();
  CLI::App* describe = ops->add_subcommand("describe", "Print what one op does and takes");
  describe->add_option("NAME", *name, "Its name")->required();
  describe->callback([name, &program] {
    program.chosen = [name](const Program& told) { return describe_op(*name, told); };
  });

  const auto arguments = std::make_shared<ApplyArguments>();
  CLI::App* apply = ops->add_subcommand("apply", "Apply one op to a picture");
  apply
      ->add_option(
          "OP", arguments->spec,
          "solarize:magnitude=128, hue:shift=-0.1, grayscale, gaussian_blur:kernel=5,sigma=1.3, "
          "resized_crop:top=0,left=3,height=20,width=17,size=32")
      ->required();
  apply->add_option("IN", arguments->in, "A picture")->required();
  apply->add_option("OUT", arguments->out, "The PNG file to write")->required();
  apply->add_option("--profile", arguments->profile, "Pixel contract: pil or fast")
      ->check(CLI::IsMember({"pil", "fast"}));
  apply->add_flag("--overwrite", arguments->overwrite, "Replace an existing file");
  apply->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return apply_op(*arguments, told); };
  });
}

}  // namespace inflow::tools
